// `console`, on Node's own formatting. Strings and plain data, which are the most frequent arguments, never come here: the engine
// prints them itself.
import { formatWithOptions, inspect } from './inspect.js';
import { table } from './table.js';

const [TRACE, DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3, 4];
const counts = new Map();
const started = new Map();
let indent = '';

function write(level, text) {
  hb.log(level, indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`));
}

function print(level, args) {
  const lone = args.length === 1 && typeof args[0] === 'string';
  write(level, lone ? args[0] : formatWithOptions({}, ...args));
}

const printer = (name, level) => hb.printer(name, level, (...args) => print(level, args));

function indentBy(text) {
  indent = text;
  hb.grouped(indent !== '');
}

function elapsed(label, verb) {
  if (started.has(label)) return hb.monotonic() - started.get(label);
  print(WARN, [`Warning: No such label '${label}' for console.${verb}()`]);
  return undefined;
}

function duration(us) {
  if (us >= 60e6) return `${Math.floor(us / 60e6)}:${((us % 60e6) / 1e6).toFixed(3).padStart(6, '0')} (m:ss.mmm)`;
  if (us >= 1e6) return `${(us / 1e6).toFixed(3)}s`;
  return `${Number((us / 1000).toFixed(3))}ms`;
}

export const console = {
  log: printer('log', INFO),
  info: printer('info', INFO),
  debug: printer('debug', DEBUG),
  warn: printer('warn', WARN),
  error: printer('error', ERROR),
  trace(...args) {
    const here = new Error(formatWithOptions({}, ...args));
    here.name = 'Trace';
    write(TRACE, here.stack);
  },
  dir(value, options) { write(INFO, inspect(value, { customInspect: false, ...options })); },
  dirxml(...args) { print(INFO, args); },
  table(data, columns) { print(INFO, [table(data, columns, inspect) ?? data]); },
  assert(condition, ...args) {
    if (condition) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift(args.length > 0 ? 'Assertion failed:' : 'Assertion failed');
    print(WARN, args);
  },
  count(label = 'default') {
    counts.set(`${label}`, (counts.get(`${label}`) ?? 0) + 1);
    print(INFO, [`${label}: ${counts.get(`${label}`)}`]);
  },
  countReset(label = 'default') {
    if (!counts.delete(`${label}`)) print(WARN, [`Warning: Count for '${label}' does not exist`]);
  },
  time(label = 'default') {
    if (started.has(`${label}`)) print(WARN, [`Warning: Label '${label}' already exists for console.time()`]);
    else started.set(`${label}`, hb.monotonic());
  },
  timeLog(label = 'default', ...args) {
    const us = elapsed(`${label}`, 'timeLog');
    if (us !== undefined) print(INFO, [`${label}: ${duration(us)}`, ...args]);
  },
  timeEnd(label = 'default') {
    const us = elapsed(`${label}`, 'timeEnd');
    if (us === undefined) return;
    print(INFO, [`${label}: ${duration(us)}`]);
    started.delete(`${label}`);
  },
  group(...args) {
    if (args.length > 0) print(INFO, args);
    indentBy(`${indent}  `);
  },
  groupCollapsed(...args) { console.group(...args); },
  groupEnd() { indentBy(indent.slice(2)); },
  profile() {},
  profileEnd() {},
  timeStamp() {},
};
Object.defineProperty(console, Symbol.toStringTag, { value: 'console', configurable: true });
console.Console = class Console {
  constructor() { return console; }
};
