// The assertions on what a function throws, or a promise is rejected with.
import { coded, invalidArgType, invalidArgValue, invalidReturn, validateFunction } from '../errors.js';
import { inspect } from '../inspect.js';
import { types } from '../kinds.js';
import { isDeepStrictEqual } from './compare.js';
import { AssertionError } from './error.js';

const NOTHING = {};
const { apply } = Reflect;
const isError = (value) => types.isNativeError(value) || value instanceof Error;
const isErrorClass = (value) => Object.prototype.isPrototypeOf.call(Error, value);

export function fail(options) {
  if (options.message instanceof Error) throw options.message;
  throw new AssertionError(options);
}

function thrownBy(fn) {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

const isPromise = (value) => types.isPromise(value) || (value !== null && typeof value === 'object' && typeof value.then === 'function' && typeof value.catch === 'function');

async function rejectedBy(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === 'function') {
    promise = promiseFn();
    if (!isPromise(promise)) throw invalidReturn('instance of Promise', 'promiseFn', promise);
  } else if (!isPromise(promiseFn)) {
    throw invalidArgType('promiseFn', ['Function', 'Promise'], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

// What is compared of an error, so that the difference shows no more than that.
class Comparison {
  constructor(object, keys, actual) {
    for (const key of keys) {
      if (!(key in object)) continue;
      const matches = actual !== undefined && typeof actual[key] === 'string' && types.isRegExp(object[key]) && object[key].exec(actual[key]) !== null;
      this[key] = matches ? actual[key] : object[key];
    }
  }
}

function compareKey(actual, expected, key, message, keys, fn) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (message) fail({ actual, expected, message, operator: fn.name, stackStartFn: fn });
  const error = new AssertionError({
    actual: new Comparison(actual, keys),
    expected: new Comparison(expected, keys, actual),
    operator: 'deepStrictEqual',
    stackStartFn: fn,
  });
  throw Object.assign(error, { actual, expected, operator: fn.name });
}

function compareObject(actual, expected, message, fn) {
  if (actual === null || typeof actual !== 'object') {
    throw Object.assign(new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: fn }), { operator: fn.name });
  }
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) throw invalidArgValue('error', expected, 'may not be an empty object');
  for (const key of keys) {
    if (typeof actual[key] === 'string' && types.isRegExp(expected[key]) && expected[key].exec(actual[key]) !== null) continue;
    compareKey(actual, expected, key, message, keys, fn);
  }
}

// Why a class or a function of the author's does not take an error, or nothing.
function refusal(actual, expected) {
  if (expected.prototype !== undefined && actual instanceof expected) return undefined;
  if (isErrorClass(expected)) {
    const received = isError(actual) ? (actual.constructor?.name || actual.name) : inspect(actual, { depth: -1 });
    const text = `The error is expected to be an instance of "${expected.name}". Received "${received}"`;
    return isError(actual) ? `${text}\n\nError message:\n\n${actual.message}` : text;
  }
  const result = apply(expected, {}, [actual]);
  if (result === true) return undefined;
  const name = expected.name ? `"${expected.name}" ` : '';
  const text = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
  return isError(actual) ? `${text}\n\nCaught error:\n\n${actual}` : text;
}

function checkException(actual, expected, message, fn) {
  let reason;
  if (typeof expected === 'function') {
    reason = refusal(actual, expected);
  } else if (types.isRegExp(expected)) {
    const text = String(actual);
    if (expected.exec(text) !== null) return;
    reason = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
  } else {
    compareObject(actual, expected, message, fn);
  }
  if (reason === undefined) return;
  const error = new AssertionError({ actual, expected, message: message || reason, operator: fn.name, stackStartFn: fn });
  error.generatedMessage = !message;
  throw error;
}

const ambiguous = (reason) => coded(TypeError, 'ERR_AMBIGUOUS_ARGUMENT', `The "error/message" argument is ambiguous. ${reason}`);

function wants(fn, kind, actual, args) {
  let [error, message] = args;
  if (typeof error === 'string') {
    if (args.length > 1) throw invalidArgType('error', ['Object', 'Error', 'Function', 'RegExp'], error);
    if (actual !== null && typeof actual === 'object') {
      if (actual.message === error) throw ambiguous(`The error message "${actual.message}" is identical to the message.`);
    } else if (actual === error) {
      throw ambiguous(`The error "${actual}" is identical to the message.`);
    }
    [error, message] = [undefined, error];
  } else if (error !== undefined && error !== null && typeof error !== 'object' && typeof error !== 'function') {
    throw invalidArgType('error', ['Object', 'Error', 'Function', 'RegExp'], error);
  }
  if (actual === NOTHING) {
    const details = `${error?.name ? ` (${error.name})` : ''}${message ? `: ${message}` : '.'}`;
    fail({ actual: undefined, expected: error, operator: fn.name, message: `Missing expected ${kind}${details}`, stackStartFn: fn });
  }
  if (error) checkException(actual, error, message, fn);
}

function matches(actual, expected) {
  if (typeof expected !== 'function') {
    if (types.isRegExp(expected)) return expected.exec(String(actual)) !== null;
    throw invalidArgType('expected', ['Function', 'RegExp'], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  return !isErrorClass(expected) && apply(expected, {}, [actual]) === true;
}

function wantsNone(fn, kind, actual, [error, message]) {
  if (actual === NOTHING) return;
  if (typeof error === 'string') [error, message] = [undefined, error];
  if (error && !matches(actual, error)) throw actual;
  const details = message ? `: ${message}` : '.';
  const text = `Got unwanted ${kind}${details}\nActual message: "${actual && actual.message}"`;
  fail({ actual, expected: error, operator: fn.name, message: text, stackStartFn: fn });
}

export function throws(fn, ...args) { wants(throws, 'exception', thrownBy(fn), args); }
export async function rejects(promiseFn, ...args) { wants(rejects, 'rejection', await rejectedBy(promiseFn), args); }
export function doesNotThrow(fn, ...args) { wantsNone(doesNotThrow, 'exception', thrownBy(fn), args); }
export async function doesNotReject(fn, ...args) { wantsNone(doesNotReject, 'rejection', await rejectedBy(fn), args); }
