// `console`, on Node's own formatting. Strings and plain data, which are the most frequent arguments, never come here: the engine
// prints them itself. A console on other streams has the same methods.
import { coded, validateArray, validateInteger, validateObject, validateOneOf } from './errors.js';
import { formatWithOptions, inspect } from './inspect.js';
import { process } from './process.js';
import { table } from './table.js';

const [TRACE, DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3, 4];
const IS_CONSOLE = Symbol('kIsConsole');

function two(number) { return String(number).padStart(2, '0'); }

function duration(ms) {
  if (ms < 1000) return `${Number(ms.toFixed(3))}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(3)}s`;
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')];
  return hours > 0 ? `${hours}:${two(minutes)}:${seconds} (h:mm:ss.mmm)` : `${minutes}:${seconds} (m:ss.mmm)`;
}

// The methods of a console that writes to `sink`: `write(level, text)`, `indented(text)` when a group changes what lines begin with, and
// `options` of inspection.
function methodsOf(sink) {
  const counts = new Map();
  const started = new Map();
  let indent = '';
  const write = (level, text) => sink.write(level, indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`));
  const print = (level, args) => {
    const lone = args.length === 1 && typeof args[0] === 'string';
    write(level, lone ? args[0] : formatWithOptions(sink.options(level), ...args));
  };
  const move = (text) => {
    indent = text;
    sink.indented?.(indent);
  };
  const elapsed = (label, name) => {
    const since = started.get(label);
    if (since === undefined) process.emitWarning(`No such label '${label}' for console.${name}()`);
    return since === undefined ? undefined : duration((hb.monotonic() - since) / 1000);
  };
  const methods = {
    log(...args) { print(INFO, args); },
    warn(...args) { print(WARN, args); },
    dir(object, options) { write(INFO, inspect(object, { customInspect: false, ...sink.options(INFO), ...options })); },
    time(label = 'default') {
      label = `${label}`;
      if (started.has(label)) process.emitWarning(`Label '${label}' already exists for console.time()`);
      else started.set(label, hb.monotonic());
    },
    timeEnd(label = 'default') {
      label = `${label}`;
      const time = elapsed(label, 'timeEnd');
      if (time === undefined) return;
      methods.log('%s: %s', label, time);
      started.delete(label);
    },
    timeLog(label = 'default', ...data) {
      label = `${label}`;
      const time = elapsed(label, 'timeLog');
      if (time !== undefined) methods.log('%s: %s', label, time, ...data);
    },
    trace(...args) {
      const here = { name: 'Trace', message: formatWithOptions(sink.options(TRACE), ...args) };
      Error.captureStackTrace(here, this?.trace ?? methods.trace);
      const frames = /\n {4}at [\s\S]*$/.exec(here.stack)?.[0] ?? '';
      write(TRACE, (here.message === '' ? 'Trace' : `Trace: ${here.message}`) + frames);
    },
    assert(expression, ...args) {
      if (expression) return;
      if (args.length > 0) args[0] = `Assertion failed: ${args[0]}`;
      else args.push('Assertion failed');
      print(WARN, args);
    },
    clear() {},
    count(label = 'default') {
      label = `${label}`;
      counts.set(label, (counts.get(label) ?? 0) + 1);
      methods.log(`${label}: ${counts.get(label)}`);
    },
    countReset(label = 'default') {
      if (!counts.delete(`${label}`)) process.emitWarning(`Count for '${label}' does not exist`);
    },
    group(...data) {
      if (data.length > 0) print(INFO, data);
      move(`${indent}${' '.repeat(sink.width ?? 2)}`);
    },
    groupEnd() { move(indent.slice(0, Math.max(indent.length - (sink.width ?? 2), 0))); },
    table(tabularData, properties) {
      if (tabularData === null || typeof tabularData !== 'object') {
        methods.log(tabularData);
        return;
      }
      if (properties !== undefined) validateArray(properties, 'properties');
      methods.log(table(tabularData, properties, (value, options) => inspect(value, { ...sink.options(INFO), ...options })));
    },
    debug(...args) { print(DEBUG, args); },
    info(...args) { print(INFO, args); },
    dirxml(...args) { print(INFO, args); },
    error(...args) { print(ERROR, args); },
    groupCollapsed(...data) { methods.group(...data); },
  };
  for (const name of Object.keys(methods)) Object.defineProperty(methods[name], 'length', { value: 0, configurable: true });
  return methods;
}

function streamOf(stream, name) {
  if (!stream || typeof stream.write !== 'function') {
    throw coded(TypeError, 'ERR_CONSOLE_WRITABLE_STREAM', `Console expects a writable stream instance for ${name}`);
  }
  return stream;
}

function sinkOf({ stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation }) {
  streamOf(stdout, 'stdout');
  streamOf(stderr, 'stderr');
  if (colorMode !== 'auto' && typeof colorMode !== 'boolean') validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
  if (inspectOptions !== undefined) validateObject(inspectOptions, 'options.inspectOptions');
  const options = inspectOptions ?? (colorMode === true ? { colors: true } : {});
  return {
    width: groupIndentation,
    options: () => options,
    write(level, text) {
      try {
        (level >= WARN || level === TRACE ? stderr : stdout).write(`${text}\n`);
      } catch (error) {
        if (!ignoreErrors) throw error;
      }
    },
  };
}

export function Console(options) {
  if (new.target === undefined) return Reflect.construct(Console, arguments);
  if (!options || typeof options.write === 'function') options = { stdout: options, stderr: arguments[1], ignoreErrors: arguments[2] };
  Object.defineProperty(this, IS_CONSOLE, { value: true });
  const methods = methodsOf(sinkOf(options));
  for (const name of Object.keys(methods)) Object.defineProperty(this, name, { value: methods[name], writable: true, enumerable: true, configurable: true });
  for (const [name, stream] of [['_stdout', options.stdout], ['_stderr', options.stderr ?? options.stdout]]) {
    Object.defineProperty(this, name, { value: stream, writable: true, configurable: true });
  }
  return undefined;
}
Object.defineProperty(Console, Symbol.hasInstance, { value: (instance) => instance?.[IS_CONSOLE] === true });

const groups = (text) => hb.grouped(text !== '');
const none = {};
const methods = methodsOf({ write: hb.log, indented: groups, options: () => none });
// The engine prints what it can before it asks these.
for (const [name, level] of Object.entries({ log: INFO, warn: WARN, debug: DEBUG, info: INFO, error: ERROR })) {
  methods[name] = hb.printer(name, level, methods[name]);
}
for (const name of Object.keys(methods)) {
  const alike = { debug: 'log', info: 'log', dirxml: 'log', error: 'warn', groupCollapsed: 'group' }[name] ?? name;
  Console.prototype[name] = { [alike](...args) { return methods[name](...args); } }[alike];
  Object.defineProperty(Console.prototype[name], 'length', { value: { assert: 1, dir: 2, table: 2 }[name] ?? 0, configurable: true });
}

class Task {
  run(callback) { return callback(); }
}

export const console = Object.create({}, {});
Object.assign(console, methods, {
  profile() {},
  profileEnd() {},
  timeStamp() {},
  context(name) { return console; },
  createTask(name) { return new Task(); },
});
Object.defineProperty(console, IS_CONSOLE, { value: true });
Object.defineProperty(console, Symbol.toStringTag, { value: 'console', configurable: true });
for (const [name, get] of Object.entries({ _stdout: () => process.stdout, _stderr: () => process.stderr })) {
  Object.defineProperty(console, name, { get, configurable: true });
}
console.Console = Console;
Object.defineProperty(console.createTask, 'length', { value: 0 });
