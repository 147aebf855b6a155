// Ticks, timers and immediates. The engine runs promise jobs, and asks here for what comes after them.
//
// Each runs in the async context that it was made in.
//
// However many timers there are, the host is asked for one sleep: until the earliest of them.
//
// A timer that a hook's top level sets counts from the moment in which an execution first looks for timers, as if that had just set it.

import { validateFunction } from './errors.js';
import { current, within } from './frames.js';
import { anyAwaited, anyLater, anyUnderWay, beginLater, finish } from './operations.js';
import { add, anyOf, first, postpone, remove } from './timer-queue.js';

const NEVER = 2 ** 31 - 1;
let ticks = [];
// Those that are run now, from a place on, and those that follow them.
let [immediates, reached, laterImmediates] = [[], 0, []];
// The timers that are set and whose number somebody has, by that.
const numbered = new Map();
// The host's sleep under way, as [handle, due time], if there is one.
let sleep = null;
// Whether timers count from moments that have been; until then, all are due so long after one that is to come.
let counting = false;
let serial = 0;

const later = { warn() {} };
export function useInTimers(functions) {
  Object.assign(later, functions);
}

export function nextTick(callback, ...args) {
  validateFunction(callback, 'callback');
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

const [REF, PRIMITIVE, ID, TRIGGER] = [Symbol('refed'), Symbol('kHasPrimitive'), Symbol('asyncId'), Symbol('triggerId')];

function checkedDelay(delay) {
  const ms = delay * 1;
  if (ms >= 1 && ms <= NEVER) return ms;
  if (ms > NEVER) later.warn(Object.assign(new Error(`${ms} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`), { name: 'TimeoutOverflowWarning' }));
  return 1;
}

let stateOf;

class Timeout {
  #state;
  constructor(callback, delay, args, repeats) {
    this._idleTimeout = checkedDelay(delay);
    this._idlePrev = null;
    this._idleNext = null;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args.length > 0 ? args : undefined;
    this._repeat = repeats ? this._idleTimeout : null;
    this._destroyed = false;
    this[REF] = true;
    this[PRIMITIVE] = false;
    this[ID] = ++serial;
    this[TRIGGER] = 1;
    this.#state = { timer: this, args, frame: current(), due: 0, order: 0, at: -1, id: serial, active: true, counts: true };
    schedule(this.#state);
  }
  refresh() {
    if (this.#state.active) {
      remove(this.#state);
      schedule(this.#state);
    }
    return this;
  }
  unref() {
    this.#state.counts = this[REF] = false;
    return this;
  }
  ref() {
    this.#state.counts = this[REF] = true;
    return this;
  }
  hasRef() { return this.#state.counts; }
  close() {
    clear(this);
    return this;
  }
  [Symbol.toPrimitive]() {
    this[PRIMITIVE] = true;
    if (this.#state.active) numbered.set(this.#state.id, this);
    return this.#state.id;
  }
  [Symbol.dispose]() { clear(this); }
  static {
    stateOf = (timer) => timer.#state;
    this.is = (value) => value !== null && typeof value === 'object' && #state in value;
  }
}
const isTimeout = Timeout.is;
delete Timeout.is;

let immediateOf;

class Immediate {
  #state;
  constructor(callback, args) {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args.length > 0 ? args : undefined;
    this._destroyed = false;
    this[REF] = true;
    this[ID] = ++serial;
    this[TRIGGER] = 1;
    this.#state = { args, frame: current() };
    laterImmediates.push(this);
  }
  ref() {
    this[REF] = true;
    return this;
  }
  unref() {
    this[REF] = false;
    return this;
  }
  hasRef() { return this[REF]; }
  [Symbol.dispose]() { clear(this); }
  static {
    immediateOf = (immediate) => immediate.#state;
    this.is = (value) => value !== null && typeof value === 'object' && #state in value;
  }
}
const isImmediate = Immediate.is;
delete Immediate.is;

export const isTimer = (value) => isTimeout(value) || isImmediate(value);

function schedule(state) {
  if (!counting && !hb.loading()) beginCounting();
  state.due = (counting ? hb.monotonic() : 0) + Math.trunc(state.timer._idleTimeout) * 1000;
  add(state);
}

function beginCounting() {
  counting = true;
  if (first() !== undefined) postpone(hb.monotonic());
}

function end(state) {
  state.active = false;
  if (numbered.size > 0) numbered.delete(state.id);
}

export function setTimeout(callback, after, arg1, arg2, arg3) {
  validateFunction(callback, 'callback');
  return new Timeout(callback, after, arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : [], false);
}

export function setInterval(callback, repeat, arg1, arg2, arg3) {
  validateFunction(callback, 'callback');
  return new Timeout(callback, repeat, arguments.length > 2 ? Array.prototype.slice.call(arguments, 2) : [], true);
}

export function setImmediate(callback, arg1, arg2, arg3) {
  validateFunction(callback, 'callback');
  return new Immediate(callback, arguments.length > 1 ? Array.prototype.slice.call(arguments, 1) : []);
}

function clear(timer) {
  if (timer._destroyed) return;
  timer._destroyed = true;
  if (isTimeout(timer)) {
    const state = stateOf(timer);
    end(state);
    remove(state);
    timer._onTimeout = null;
  } else {
    timer._onImmediate = null;
  }
}

export function clearTimeout(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = numbered.get(Number(timer));
  if (isTimeout(timer)) clear(timer);
}

export function clearInterval(timer) {
  clearTimeout(timer);
}

export function clearImmediate(immediate) {
  if (isImmediate(immediate)) clear(immediate);
}

function fire(state) {
  const { timer } = state;
  remove(state);
  if (timer._repeat === null) end(state);
  else schedule(state);
  const { _onTimeout: callback } = timer;
  if (timer._repeat === null) timer._destroyed = true;
  within(state.frame, callback, timer, state.args);
}

// Waits until the earliest timer is due or an operation is done, and runs what waited for that.
function waitFor(timer) {
  if (timer !== undefined && (sleep === null || sleep[1] > timer.due)) {
    const us = Math.max(1, Math.ceil(timer.due - hb.monotonic()));
    sleep = [hb.start(`{"op":"sleep","us":${us}}`), timer.due];
  }
  done(hb.wait(true));
}

// The end of the host's sleep, or of another operation.
function done(handle) {
  if (handle < 0) return false;
  if (sleep !== null && handle === sleep[0]) sleep = null;
  else finish(handle);
  return true;
}

// The next immediate that nobody has cleared; null if there is none, undefined if something else was run.
function nextImmediate() {
  for (;;) {
    if (reached === immediates.length) {
      if (laterImmediates.length === 0) return null;
      // Between two rounds of immediates, what the world has answered is heard.
      if (anyUnderWay() && done(hb.wait(false))) return undefined;
      [immediates, reached, laterImmediates] = [laterImmediates, 0, []];
    }
    const immediate = immediates[reached];
    immediates[reached++] = null;
    if (!immediate._destroyed) return immediate;
  }
}

// Whether anything is left to do that a top level has begun.
export const anyLeft = () => anyLater() || first() !== undefined || reached < immediates.length || laterImmediates.length > 0;

// Runs one timer, immediate or end of an operation, or waits for one; false when nothing is left that could settle anything.
export function turn() {
  if (!counting) beginCounting();
  const timer = first();
  if (timer !== undefined && timer.due <= hb.monotonic()) {
    fire(timer);
    return true;
  }
  const immediate = nextImmediate();
  if (immediate === undefined) return true;
  if (immediate !== null) {
    const { frame, args } = immediateOf(immediate);
    const { _onImmediate: callback } = immediate;
    immediate._destroyed = true;
    immediate._onImmediate = null;
    within(frame, callback, immediate, args);
    return true;
  }
  // A top level that waits for the outside world alone is to hear that nothing goes out.
  if (anyLater() && (!hb.loading() || timer === undefined)) beginLater();
  // A timer that would not keep Node alive comes while something else does, which is what waits for the hook.
  if (!anyAwaited() && !anyOf(({ counts, timer }) => counts || timer._repeat === null)) return false;
  waitFor(timer);
  return true;
}
