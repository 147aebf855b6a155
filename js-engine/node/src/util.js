// `require('util')`. What inspects is inspect.js, what compares is assert's; larger parts are in util/.
import { bufferModule } from './buffer.js';
import { TextDecoder, TextEncoder } from './encoding.js';
import { invalidArgType, outOfRange, validateAbortSignal, validateBoolean, validateObject, validateOneOf, validateString } from './errors.js';
import { AbortController } from './events/abort.js';
import { format, formatWithOptions, inspect, stripVTControlCharacters } from './inspect.js';
import { isDeepStrictEqual } from './assert.js';
import { types } from './kinds.js';
import { process } from './process.js';
import { majorOf } from './versions.js';
import { systemErrors } from './system-errors.js';
import { MIMEParams, MIMEType } from './util/mime.js';
import { parseArgs } from './util/parse-args.js';
import { callbackify, deprecate, promisify } from './util/promisify.js';

function inherits(ctor, superCtor) {
  if (ctor === undefined || ctor === null) throw invalidArgType('ctor', 'Function', ctor);
  if (superCtor === undefined || superCtor === null) throw invalidArgType('superCtor', 'Function', superCtor);
  if (superCtor.prototype === undefined) throw invalidArgType('superCtor.prototype', 'Object', superCtor.prototype);
  Object.defineProperty(ctor, 'super_', { value: superCtor, writable: true, configurable: true });
  Object.setPrototypeOf(ctor.prototype, superCtor.prototype);
}

function _extend(target, source) {
  if (source === null || typeof source !== 'object') return target;
  return Object.assign(target, source);
}

function checkedNumber(err) {
  if (typeof err !== 'number') throw invalidArgType('err', 'number', err);
  if (err >= 0 || !Number.isSafeInteger(err)) throw outOfRange('err', 'a negative integer', err);
  return err;
}

function getSystemErrorName(err) {
  return systemErrors.get(checkedNumber(err))?.[0] ?? `Unknown system error ${err}`;
}

function getSystemErrorMap() { return new Map([...systemErrors].map(([number, [...entry]]) => [number, entry])); }

// What a failed call of the system is told by.
function _errnoException(...args) {
  const [err, syscall, original] = args;
  const code = getSystemErrorName(err);
  return Object.assign(new Error(original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`), { errno: err, code, syscall });
}

function _exceptionWithHostPort(...args) {
  const [err, syscall, address, port, additional] = args;
  const code = getSystemErrorName(err);
  const at = port && port > 0 ? ` ${address}:${port}` : address ? ` ${address}` : '';
  const error = Object.assign(new Error(`${syscall} ${code}${at}${additional ? ` - Local (${additional})` : ''}`), { errno: err, code, syscall, address });
  return port ? Object.assign(error, { port }) : error;
}

function debuglog(set, callback) {
  validateString(set, 'set');
  const name = set.toUpperCase();
  let enabled;
  const isEnabled = () => {
    enabled ??= (process.env.NODE_DEBUG ?? '').split(',').some((each) => new RegExp(`^${each.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(name) && each !== '');
    return enabled;
  };
  const logger = (...args) => {
    if (isEnabled()) process.stderr.write(`${formatWithOptions({}, '%s %d: ', name, process.pid)}${formatWithOptions({}, ...args)}\n`);
  };
  Object.defineProperty(logger, 'enabled', { get: isEnabled, configurable: true, enumerable: true });
  if (typeof callback === 'function') callback(logger);
  return logger;
}

// Colours are for terminals; Node 20 asks what it writes to only where it is given one colour.
function styleText(format, text, { validateStream = true, stream = process.stdout } = {}) {
  validateString(text, 'text');
  validateBoolean(validateStream, 'options.validateStream');
  let plain = false;
  if (validateStream) {
    if (typeof stream?.write !== 'function' && typeof stream?.read !== 'function') {
      throw invalidArgType('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
    }
    plain = !(stream.isTTY && (stream.getColorDepth?.() ?? 8) > 2);
  }
  const names = Array.isArray(format) ? format : [format];
  let [before, after] = ['', ''];
  for (const name of names) {
    const codes = inspect.colors[name];
    if (codes === undefined || codes === null) validateOneOf(name, 'format', Object.keys(inspect.colors));
    before += `\u001b[${codes[0]}m`;
    after = `\u001b[${codes[1]}m${after}`;
  }
  if (plain && (!Array.isArray(format) || majorOf(process.version) !== 20)) return text;
  return `${before}${text}${after}`;
}

const LINE = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

function parseEnv(content) {
  validateString(content, 'content');
  const values = {};
  for (const [, name, given = ''] of content.replace(/\r\n?/g, '\n').matchAll(LINE)) {
    const value = given.trim();
    const quote = /^(['"`])([\s\S]*)\1$/.exec(value);
    const inside = quote ? quote[2] : value;
    values[name] = quote?.[1] === '"' ? inside.replaceAll('\\n', '\n') : inside;
  }
  return values;
}

async function aborted(signal, resource) {
  if (signal === undefined) throw invalidArgType('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateObject(resource, 'resource', { nullable: false, allowFunction: true, allowArray: true });
  if (signal.aborted) return undefined;
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })).then(() => undefined);
}

function transferableAbortSignal(signal) {
  if (signal === undefined || typeof signal?.aborted !== 'boolean') throw invalidArgType('signal', 'AbortSignal', signal);
  return signal;
}

function transferableAbortController() { return new AbortController(); }

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number) => String(number).padStart(2, '0');

function log(...args) {
  const now = new Date();
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  globalThis.console.log('%s - %s', `${now.getDate()} ${MONTHS[now.getMonth()]} ${time}`, formatWithOptions({}, ...args));
}

// The old questions, which Node 23 has no more.
const old = {
  isArray: Array.isArray,
  isBoolean(arg) { return typeof arg === 'boolean'; },
  isBuffer: bufferModule.Buffer.isBuffer,
  isNull(arg) { return arg === null; },
  isNullOrUndefined(arg) { return arg === null || arg === undefined; },
  isNumber(arg) { return typeof arg === 'number'; },
  isString(arg) { return typeof arg === 'string'; },
  isSymbol(arg) { return typeof arg === 'symbol'; },
  isUndefined(arg) { return arg === undefined; },
  isRegExp: types.isRegExp,
  isObject(arg) { return arg !== null && typeof arg === 'object'; },
  isDate: types.isDate,
  isError(e) { return types.isNativeError(e) || e instanceof Error; },
  isFunction(arg) { return typeof arg === 'function'; },
  isPrimitive(arg) { return arg === null || (typeof arg !== 'object' && typeof arg !== 'function'); },
};

function toUSVString(input) { return `${input}`.toWellFormed(); }

export const utilModule = {
  _errnoException,
  _exceptionWithHostPort,
  _extend,
  callbackify,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  styleText,
  formatWithOptions,
  getSystemErrorMap,
  getSystemErrorName,
  inherits,
  inspect,
  ...old,
  isDeepStrictEqual,
  log,
  promisify,
  stripVTControlCharacters,
  toUSVString,
  transferableAbortSignal,
  transferableAbortController,
  aborted,
  types,
  parseEnv,
  parseArgs,
  TextDecoder,
  TextEncoder,
  MIMEType,
  MIMEParams,
};
