// `events.once` and `events.on`: events as a promise and as an asynchronous iterator.
import { invalidArgType, validateAbortSignal, validateInteger, validateObject } from '../errors.js';
import { abortedBy } from './abort-error.js';
import { isTarget } from './target.js';

const { apply } = Reflect;
const AsyncIterator = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

function checkEmitter(emitter) {
  if (typeof emitter.on !== 'function' && typeof emitter.addEventListener !== 'function') {
    throw invalidArgType('emitter', 'EventEmitter', emitter);
  }
}

function listen(emitter, name, listener, once = false) {
  if (typeof emitter.on === 'function') {
    if (once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else {
    emitter.addEventListener(name, listener, once ? { once } : undefined);
  }
}

function unlisten(emitter, name, listener) {
  if (typeof emitter.removeListener === 'function') emitter.removeListener(name, listener);
  else emitter.removeEventListener(name, listener);
}

function signalOf(options) {
  const signal = options?.signal;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortedBy(signal);
  return signal;
}

export async function once(emitter, name, options = {}) {
  const signal = signalOf(options);
  return new Promise((resolve, reject) => {
    const failed = (error) => {
      emitter.removeListener(name, settled);
      signal?.removeEventListener('abort', aborted);
      reject(error);
    };
    const settled = (...args) => {
      if (typeof emitter.removeListener === 'function') emitter.removeListener('error', failed);
      signal?.removeEventListener('abort', aborted);
      resolve(args);
    };
    const aborted = () => {
      unlisten(emitter, name, settled);
      unlisten(emitter, 'error', failed);
      reject(abortedBy(signal));
    };
    checkEmitter(emitter);
    listen(emitter, name, settled, true);
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', failed);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

// What came and was not asked for yet, or was asked for and has not come.
class Queue {
  events = [];
  waiting = [];
  error = null;
  finished = false;
}

export function on(emitter, name, options = {}) {
  validateObject(options, 'options');
  const signal = signalOf(options);
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(high, 'options.highWaterMark', 1);
  validateInteger(low, 'options.lowWaterMark', 1);
  const queue = new Queue();
  let paused = false;
  const undo = [];

  const close = () => {
    for (const each of undo.splice(0)) each();
    queue.finished = true;
    for (const { resolve } of queue.waiting.splice(0)) resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  };
  const fail = (error) => {
    const waiting = queue.waiting.shift();
    if (waiting === undefined) queue.error = error;
    else waiting.reject(error);
    close();
  };
  const arrived = (...args) => {
    const waiting = queue.waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ value: args, done: false });
      return;
    }
    queue.events.push(args);
    if (!paused && queue.events.length > high) {
      paused = true;
      emitter.pause?.();
    }
  };
  const add = (event, listener) => {
    listen(emitter, event, listener);
    undo.push(() => unlisten(emitter, event, listener));
  };

  const iterator = Object.setPrototypeOf({
    next() {
      if (queue.events.length > 0) {
        const value = queue.events.shift();
        if (paused && queue.events.length < low) {
          paused = false;
          emitter.resume?.();
        }
        return Promise.resolve({ value, done: false });
      }
      if (queue.error !== null) {
        const failure = Promise.reject(queue.error);
        queue.error = null;
        return failure;
      }
      if (queue.finished) return close();
      return new Promise((resolve, reject) => queue.waiting.push({ resolve, reject }));
    },
    return() { return close(); },
    throw(error) {
      if (!(error instanceof Error)) throw invalidArgType('EventEmitter.AsyncIterator', 'Error', error);
      fail(error);
    },
    [Symbol.asyncIterator]() { return this; },
  }, AsyncIterator);

  checkEmitter(emitter);
  add(name, isTarget(emitter) ? (event) => apply(arrived, undefined, [event]) : arrived);
  if (name !== 'error' && typeof emitter.on === 'function') add('error', fail);
  for (const event of options.close ?? []) add(event, close);
  if (signal !== undefined) {
    const aborted = () => fail(abortedBy(signal));
    signal.addEventListener('abort', aborted, { once: true });
    undo.push(() => signal.removeEventListener('abort', aborted));
  }
  return iterator;
}
