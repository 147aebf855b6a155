// Runs one function on the Node that this is: `node on-node.cjs FILE CONTEXT`, and tells file descriptor 3 what happens, a JSON array a
// line: ["event", level, message], ["result", JSON] or ["error", stack]. Levels are those that Hookbox gives the methods of `console`.
'use strict';
const { writeSync } = require('node:fs');
const { pathToFileURL } = require('node:url');

const [file, context] = process.argv.slice(2);
process.argv.splice(2);

const { stringify, parse } = JSON;
const { now } = Date;
const tell = (...what) => {
  const line = `${stringify(what)}\n`;
  // A pipe that is full takes no more for a moment.
  for (let at = 0, bytes = Buffer.from(line), until = now() + 10_000; at < bytes.length;) {
    try {
      at += writeSync(3, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN' || now() > until) throw error;
    }
  }
};

const LEVELS = { debug: 'DEBUG', warn: 'WARN', assert: 'WARN', error: 'ERROR', trace: 'TRACE' };
let level;
let pending = '';
for (const [name, method] of Object.entries(console)) {
  if (typeof method !== 'function' || name === 'Console') continue;
  const leveled = function (...args) {
    const before = level;
    level ??= LEVELS[name] ?? 'INFO';
    try {
      return Reflect.apply(method, console, args);
    } finally {
      level = before;
    }
  };
  for (const property of ['name', 'length']) Object.defineProperty(leveled, property, Object.getOwnPropertyDescriptor(method, property));
  console[name] = leveled;
}

for (const [stream, usual] of [[process.stdout, 'INFO'], [process.stderr, 'ERROR']]) {
  stream.write = (chunk, encoding, callback) => {
    pending += Buffer.isBuffer(chunk) || chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : chunk;
    if (pending.endsWith('\n')) {
      tell('event', level ?? usual, pending.slice(0, -1));
      pending = '';
    }
    for (const done of [encoding, callback]) if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}

const plain = (value) => {
  const text = stringify(value);
  return text === undefined ? 'null' : text;
};
const failed = (error) => {
  const isError = error !== null && typeof error === 'object' && typeof error.stack === 'string';
  tell('error', isError ? error.stack : `Uncaught ${typeof error === 'object' ? stringify(error) : String(error)}`);
  process.exit(1);
};
// A function that listens for it goes on.
process.on('uncaughtExceptionMonitor', (error) => { if (process.listenerCount('uncaughtException') === 0) failed(error); });
// Nothing is left to wait for, and the function is not done.
process.on('beforeExit', () => tell('error', 'never_settled'));
process.on('exit', () => tell('error', 'exit'));

const called = (exports) => {
  const handler = exports.handler ?? exports.default?.handler ?? exports.default;
  // Not from within a promise's job, which would put ticks behind jobs.
  setImmediate(() => {
    let returned;
    try {
      returned = handler(parse(context));
    } catch (error) {
      failed(error);
    }
    Promise.resolve(returned).then((value) => {
      if (pending !== '') tell('event', 'INFO', pending);
      tell('result', plain(value));
      process.exit(0);
    }, failed);
  });
};

if (file.endsWith('.mjs')) {
  import(pathToFileURL(file)).then(called, failed);
} else {
  let loaded;
  try {
    loaded = require(file);
  } catch (error) {
    failed(error);
  }
  called(loaded);
}
