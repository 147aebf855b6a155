// `require('timers/promises')`, and `require('timers')` as a whole.
import { coded, invalidThis, validateAbortSignal, validateBoolean, validateNumber, validateObject } from './errors.js';
import { abortedBy } from './events/abort-error.js';
import * as timers from './timers.js';
import { refuser } from './unavailable.js';

const promiseForm = Symbol.for('nodejs.util.promisify.custom');
const made = Symbol('made here');

function check(options) {
  validateObject(options, 'options');
  const { signal, ref = true } = options;
  validateAbortSignal(signal, 'options.signal');
  validateBoolean(ref, 'options.ref');
  return { signal, ref };
}

function once(start, clear, value, options, delay) {
  let signal;
  let ref;
  try {
    if (delay !== undefined) validateNumber(delay, 'delay');
    ({ signal, ref } = check(options));
  } catch (error) {
    return Promise.reject(error);
  }
  if (signal?.aborted) return Promise.reject(abortedBy(signal));
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clear(timer);
      reject(abortedBy(signal));
    };
    const timer = start(() => {
      signal?.removeEventListener('abort', aborted);
      resolve(value);
    });
    if (!ref) timer.unref();
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

function setTimeout(delay, value, options = {}) {
  return once((done) => timers.setTimeout(done, delay), timers.clearTimeout, value, options, delay);
}

function setImmediate(value, options = {}) {
  return once((done) => timers.setImmediate(done), timers.clearImmediate, value, options);
}

// What was due while nobody asked is given at once.
async function* setInterval(delay, value, options = {}) {
  if (delay !== undefined) validateNumber(delay, 'delay');
  const { signal, ref } = check(options);
  if (signal?.aborted) throw abortedBy(signal);
  let due = 0;
  let wake;
  const timer = timers.setInterval(() => {
    due++;
    wake?.();
    wake = undefined;
  }, delay);
  if (!ref) timer.unref();
  const aborted = () => {
    timers.clearInterval(timer);
    wake?.(Promise.reject(abortedBy(signal)));
    wake = undefined;
  };
  signal?.addEventListener('abort', aborted, { once: true });
  try {
    while (!signal?.aborted) {
      if (due === 0) await new Promise((resolve) => { wake = resolve; });
      for (; due > 0; due--) yield value;
    }
    throw abortedBy(signal);
  } finally {
    timers.clearInterval(timer);
    signal?.removeEventListener('abort', aborted);
  }
}

class Scheduler {
  constructor(key) {
    if (key !== made) throw coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  yield() {
    if (!(this instanceof Scheduler)) throw invalidThis('Scheduler');
    return setImmediate();
  }
  wait(delay, options = undefined) {
    if (!(this instanceof Scheduler)) throw invalidThis('Scheduler');
    return setTimeout(delay, undefined, options === undefined ? undefined : { signal: options.signal });
  }
}

for (const [name, length] of [['setTimeout', 2], ['setImmediate', 1], ['setInterval', 2]]) {
  Object.defineProperty({ setTimeout, setImmediate, setInterval }[name], 'length', { value: length, configurable: true });
}
export const promises = { setTimeout, setImmediate, setInterval, scheduler: new Scheduler(made) };
Object.defineProperty(timers.setTimeout, promiseForm, { enumerable: true, get: () => setTimeout });
Object.defineProperty(timers.setImmediate, promiseForm, { enumerable: true, get: () => setImmediate });

const { setTimeout: start, clearTimeout, setImmediate: soon, clearImmediate, setInterval: repeat, clearInterval } = timers;
// What Node has deprecated is about lists of timers of its own.
const gone = (name) => refuser(`timers.${name}`, 'deprecated');
export const timersModule = { setTimeout: start, clearTimeout, setImmediate: soon, clearImmediate, setInterval: repeat, clearInterval,
  _unrefActive: gone('_unrefActive'), active: gone('active'), unenroll: gone('unenroll'), enroll: gone('enroll') };
Object.defineProperty(timersModule, 'promises', { get: () => promises, enumerable: true, configurable: true });
