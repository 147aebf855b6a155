// Ticks, timers and immediates. The engine runs promise jobs, and asks here for what comes after them.
//
// Each runs in the async context that it was made in.
//
// However many timers there are, the host is asked for one sleep: until the earliest of them.

import { current, within } from './frames.js';

const NEVER = 2 ** 31 - 1;
const promiseForm = Symbol.for('nodejs.util.promisify.custom');

let ticks = [];
let immediates = [];
// Ordered by due time and, where that is equal, by age.
const timers = [];
// The host's sleep under way, as [handle, due time], if there is one.
let sleep = null;
let serial = 0;

function checked(callback) {
  if (typeof callback !== 'function') {
    const error = new TypeError(`The "callback" argument must be of type function. Received ${callback === null ? 'null' : typeof callback}`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  return callback;
}

export function nextTick(callback, ...args) {
  checked(callback);
  ticks.push({ frame: current(), callback, args });
  hb.ticksPending();
}

export function runTicks() {
  while (ticks.length > 0) {
    const batch = ticks;
    ticks = [];
    for (let i = 0; i < batch.length; i++) {
      try {
        within(batch[i].frame, batch[i].callback, undefined, batch[i].args);
      } catch (error) {
        ticks = batch.slice(i + 1).concat(ticks);
        if (ticks.length > 0) hb.ticksPending();
        throw error;
      }
    }
  }
}

class Timeout {
  constructor(callback, delay, args, repeats) {
    const ms = Number(delay);
    this._idleTimeout = ms >= 1 && ms <= NEVER ? Math.trunc(ms) : 1;
    this._onTimeout = callback;
    this._repeat = repeats ? this._idleTimeout : null;
    Object.defineProperty(this, 'state', { value: { args, frame: current(), due: 0, id: ++serial, active: true, counts: true }, enumerable: false });
    schedule(this);
  }
  ref() { this.state.counts = true; return this; }
  unref() { this.state.counts = false; return this; }
  hasRef() { return this.state.counts; }
  refresh() { if (this.state.active) { remove(this); schedule(this); } return this; }
  close() { clear(this); return this; }
  [Symbol.toPrimitive]() { return this.state.id; }
  [Symbol.dispose]() { clear(this); }
}

class Immediate {
  constructor(callback, args) {
    this._onImmediate = callback;
    Object.defineProperty(this, 'state', { value: { args, frame: current(), active: true, counts: true }, enumerable: false });
    immediates.push(this);
  }
  ref() { return this; }
  unref() { return this; }
  hasRef() { return true; }
  [Symbol.dispose]() { clear(this); }
}

function schedule(timer) {
  timer.state.due = hb.monotonic() + timer._idleTimeout * 1000;
  let at = timers.length;
  while (at > 0 && timers[at - 1].state.due > timer.state.due) at--;
  timers.splice(at, 0, timer);
}

function remove(timer) {
  const at = timers.indexOf(timer);
  if (at >= 0) timers.splice(at, 1);
}

export function setTimeout(callback, delay, ...args) {
  return new Timeout(checked(callback), delay, args, false);
}

export function setInterval(callback, delay, ...args) {
  return new Timeout(checked(callback), delay, args, true);
}

export function setImmediate(callback, ...args) {
  return new Immediate(checked(callback), args);
}

export function clear(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = timers.find(({ state }) => state.id === Number(timer));
  if (timer instanceof Timeout) {
    timer.state.active = false;
    remove(timer);
  } else if (timer instanceof Immediate) {
    timer.state.active = false;
    const at = immediates.indexOf(timer);
    if (at >= 0) immediates.splice(at, 1);
  }
}

function fire(timer) {
  remove(timer);
  if (timer._repeat === null) timer.state.active = false;
  else schedule(timer);
  within(timer.state.frame, timer._onTimeout, timer, timer.state.args);
}

// Waits until a timer is due or something else is done.
function waitFor(timer) {
  if (sleep === null || sleep[1] > timer.state.due) {
    const us = Math.max(1, Math.ceil(timer.state.due - hb.monotonic()));
    sleep = [hb.start(`{"op":"sleep","us":${us}}`), timer.state.due];
  }
  const done = hb.wait();
  if (done < 0 || done === sleep[0]) sleep = null;
}

// Runs one timer or immediate, or waits for one; false when nothing is left that could settle anything.
export function turn() {
  if (timers.length > 0 && timers[0].state.due <= hb.monotonic()) {
    fire(timers[0]);
    return true;
  }
  if (immediates.length > 0) {
    const immediate = immediates.shift();
    within(immediate.state.frame, immediate._onImmediate, immediate, immediate.state.args);
    return true;
  }
  if (!timers.some(({ state }) => state.counts)) return false;
  waitFor(timers[0]);
  return true;
}

function settled(make, value, options, undo) {
  const signal = options?.signal;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = make(() => resolve(value));
    signal?.addEventListener('abort', () => { undo(timer); reject(signal.reason); });
  });
}

export const promises = {
  setTimeout: (delay, value, options) => settled((done) => setTimeout(done, delay), value, options, clear),
  setImmediate: (value, options) => settled((done) => setImmediate(done), value, options, clear),
  async *setInterval(delay, value, options) {
    for (;;) yield await promises.setTimeout(delay, value, options);
  },
  scheduler: { wait: (delay, options) => promises.setTimeout(delay, undefined, options), yield: () => promises.setImmediate() },
};

Object.defineProperty(setTimeout, promiseForm, { value: promises.setTimeout });
Object.defineProperty(setImmediate, promiseForm, { value: promises.setImmediate });
