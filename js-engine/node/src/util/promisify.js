// `promisify` and `callbackify`, and the wrapper for what is deprecated.
import { coded, validateFunction, validateString } from '../errors.js';
import { process } from '../process.js';

const { apply } = Reflect;
const custom = Symbol.for('nodejs.util.promisify.custom');
// The names of what a callback is given, where a promise has to be of an object.
export const argumentNames = Symbol('customPromisifyArgs');

// As the original, but for what it does.
function likeOriginal(run, original) {
  Object.setPrototypeOf(run, Object.getPrototypeOf(original));
  Object.defineProperty(run, custom, { value: run, enumerable: false, writable: false, configurable: true });
  for (const key of Reflect.ownKeys(original)) {
    if (key === custom || key === 'arguments' || key === 'caller') continue;
    Object.defineProperty(run, key, Object.getOwnPropertyDescriptor(original, key));
  }
  return run;
}

export function promisify(original) {
  validateFunction(original, 'original');
  const own = original[custom];
  if (own) {
    validateFunction(own, 'util.promisify.custom');
    return Object.defineProperty(own, custom, { value: own, enumerable: false, writable: false, configurable: true });
  }
  const names = original[argumentNames];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      apply(original, this, [...args, (error, ...values) => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) resolve(Object.fromEntries(names.map((name, at) => [name, values[at]])));
        else resolve(values[0]);
      }]);
    });
  }
  return likeOriginal(fn, original);
}
promisify.custom = custom;

export function callbackify(original) {
  validateFunction(original, 'original');
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, 'last argument');
    const call = (...values) => apply(callback, this, values);
    apply(original, this, args).then((value) => process.nextTick(call, null, value), (reason) => process.nextTick(rejected, reason, call));
  }
  const { length, name } = Object.getOwnPropertyDescriptors(original);
  if (typeof length.value === 'number') length.value++;
  if (typeof name.value === 'string') name.value += 'Callbackified';
  for (const [key, descriptor] of Object.entries({ ...Object.getOwnPropertyDescriptors(original), length, name })) {
    if (key !== 'prototype' && key !== 'arguments' && key !== 'caller') Object.defineProperty(callbackified, key, descriptor);
  }
  return callbackified;
}

// A callback learns of an error by its first argument, so nothing falsy can be one.
function rejected(reason, callback) {
  callback(reason || coded(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value', { reason }));
}

const told = new Set();

export function deprecate(fn, msg, code, useEmitSync) {
  if (process.noDeprecation === true) return fn;
  if (code !== undefined) validateString(code, 'code');
  let warned = false;
  function deprecated(...args) {
    if (!warned) {
      warned = true;
      if (code === undefined || !told.has(code)) {
        if (code !== undefined) told.add(code);
        if (code === undefined) process.emitWarning(msg, 'DeprecationWarning', deprecated);
        else process.emitWarning(msg, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : apply(fn, this, args);
  }
  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}
