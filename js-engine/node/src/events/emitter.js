// `EventEmitter` as on Node. What waits for events with promises is waiting.js; the module as a whole is index.js.
//
// Listeners of an event are kept as Node keeps them, because libraries look: nothing, one function, or an array.
import { coded, validateBoolean, validateFunction, validateNumber } from '../errors.js';

const { apply } = Reflect;
const { create, getPrototypeOf } = Object;
const CAPTURE = Symbol('kCapture');
const SHAPE = Symbol('shapeMode');
export const rejection = Symbol.for('nodejs.rejection');
export const errorMonitor = Symbol('events.errorMonitor');

// What the modules made after this one give it.
const later = { inspect: String, warn() {}, nextTick(callback, ...args) { callback(...args); } };
export function useInEmitters(functions) {
  Object.assign(later, functions);
}

let defaultMaxListeners = 10;

export function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
Object.defineProperty(EventEmitter.prototype, CAPTURE, { value: false, writable: true, enumerable: false });

EventEmitter.init = function (options) {
  if (this._events === undefined || this._events === getPrototypeOf(this)._events) {
    this._events = create(null);
    this._eventsCount = 0;
  }
  this._maxListeners ??= undefined;
  this[SHAPE] = false;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, 'options.captureRejections');
    this[CAPTURE] = Boolean(options.captureRejections);
  } else {
    // It is the prototype's, unless an emitter says otherwise.
    this[CAPTURE] = EventEmitter.prototype[CAPTURE];
  }
};

Object.defineProperties(EventEmitter, {
  captureRejections: {
    get() { return EventEmitter.prototype[CAPTURE]; },
    set(value) {
      validateBoolean(value, 'EventEmitter.captureRejections');
      EventEmitter.prototype[CAPTURE] = value;
    },
    enumerable: true,
  },
  defaultMaxListeners: {
    enumerable: true,
    get() { return defaultMaxListeners; },
    set(count) {
      validateNumber(count, 'defaultMaxListeners', 0);
      defaultMaxListeners = count;
    },
  },
});

const checkListener = (listener) => validateFunction(listener, 'listener');
const limit = (emitter) => (emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners);

function warnOfLeak(emitter, type, listeners) {
  listeners.warned = true;
  const { inspect, warn } = later;
  const text = `Possible EventEmitter memory leak detected. ${listeners.length} ${String(type)} listeners added to `
    + `${inspect(emitter, { depth: -1 })}. Use emitter.setMaxListeners() to increase limit`;
  warn(Object.assign(new Error(text), { name: 'MaxListenersExceededWarning', emitter, type, count: listeners.length }));
}

function add(emitter, type, listener, prepend) {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = create(null);
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    // Before it is there, so that it does not hear of itself.
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;
  }
  const present = events[type];
  if (present === undefined) {
    events[type] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  if (typeof present === 'function') events[type] = prepend ? [listener, present] : [present, listener];
  else if (prepend) present.unshift(listener);
  else present.push(listener);
  const all = events[type];
  const most = limit(emitter);
  if (most > 0 && all.length > most && !all.warned) warnOfLeak(emitter, type, all);
  return emitter;
}

function onceWrapper(emitter, type, listener) {
  let fired = false;
  const wrapped = (...args) => {
    if (fired) return undefined;
    emitter.removeListener(type, wrapped);
    fired = true;
    return apply(listener, emitter, args);
  };
  Object.defineProperty(wrapped, 'name', { value: 'bound onceWrapper' });
  wrapped.listener = listener;
  return wrapped;
}

// An error that no one listens to is thrown.
function unhandled(type, args) {
  const [error] = args;
  if (error instanceof Error) throw error;
  let shown;
  try {
    shown = later.inspect(error);
  } catch {
    shown = error;
  }
  throw coded(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${shown})`, { context: error });
}

// What a listener's promise is rejected with becomes an error of the emitter.
function capture(emitter, returned, type, args) {
  if (!emitter[CAPTURE]) return;
  try {
    const { then } = returned;
    if (typeof then !== 'function') return;
    apply(then, returned, [undefined, (error) => later.nextTick(emitRejection, emitter, error, type, args)]);
  } catch (error) {
    emitter.emit('error', error);
  }
}

function emitRejection(emitter, error, type, args) {
  if (typeof emitter[rejection] === 'function') {
    emitter[rejection](error, type, ...args);
    return;
  }
  const before = emitter[CAPTURE];
  try {
    emitter[CAPTURE] = false;
    emitter.emit('error', error);
  } finally {
    emitter[CAPTURE] = before;
  }
}

const { prototype } = EventEmitter;

prototype.setMaxListeners = function setMaxListeners(n) {
  validateNumber(n, 'setMaxListeners', 0);
  this._maxListeners = n;
  return this;
};

prototype.getMaxListeners = function getMaxListeners() {
  return limit(this);
};

prototype.emit = function emit(type, ...args) {
  const events = this._events;
  if (type === 'error') {
    if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    if (events?.error === undefined) unhandled(type, args);
  } else if (events === undefined) {
    return false;
  }
  const listeners = this._events[type];
  if (listeners === undefined) return false;
  for (const listener of typeof listeners === 'function' ? [listeners] : [...listeners]) {
    const returned = apply(listener, this, args);
    if (returned !== undefined && returned !== null) capture(this, returned, type, args);
  }
  return true;
};

prototype.addListener = function addListener(type, listener) {
  return add(this, type, listener, false);
};
prototype.on = prototype.addListener;

prototype.prependListener = function prependListener(type, listener) {
  return add(this, type, listener, true);
};

prototype.once = function once(type, listener) {
  checkListener(listener);
  this.on(type, onceWrapper(this, type, listener));
  return this;
};

prototype.prependOnceListener = function prependOnceListener(type, listener) {
  checkListener(listener);
  this.prependListener(type, onceWrapper(this, type, listener));
  return this;
};

function drop(emitter, type) {
  emitter._eventsCount--;
  if (emitter._eventsCount === 0 && !emitter[SHAPE]) emitter._events = create(null);
  else delete emitter._events[type];
}

prototype.removeListener = function removeListener(type, listener) {
  checkListener(listener);
  const events = this._events;
  const present = events?.[type];
  if (present === undefined) return this;
  const isIt = (each) => each === listener || each.listener === listener;
  if (typeof present === 'function') {
    if (!isIt(present)) return this;
    drop(this, type);
    if (events.removeListener) this.emit('removeListener', type, present.listener ?? listener);
    return this;
  }
  const at = present.findLastIndex(isIt);
  if (at < 0) return this;
  present.splice(at, 1);
  if (present.length === 1) [events[type]] = present;
  if (events.removeListener !== undefined) this.emit('removeListener', type, listener);
  return this;
};
prototype.off = prototype.removeListener;

prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;
  const all = arguments.length === 0;
  if (events.removeListener === undefined) {
    if (all) {
      this._events = create(null);
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      drop(this, type);
    }
    this[SHAPE] = false;
    return this;
  }
  if (all) {
    for (const each of Reflect.ownKeys(events)) if (each !== 'removeListener') this.removeAllListeners(each);
    this.removeAllListeners('removeListener');
    this._events = create(null);
    this._eventsCount = 0;
    this[SHAPE] = false;
    return this;
  }
  const listeners = events[type];
  if (typeof listeners === 'function') this.removeListener(type, listeners);
  else for (const each of [...(listeners ?? [])].reverse()) this.removeListener(type, each);
  return this;
};

function listenersOf(emitter, type, unwrapped) {
  const listeners = emitter._events?.[type];
  if (listeners === undefined) return [];
  const all = typeof listeners === 'function' ? [listeners] : [...listeners];
  return unwrapped ? all.map((each) => each.listener ?? each) : all;
}

prototype.listeners = function listeners(type) {
  return listenersOf(this, type, true);
};

prototype.rawListeners = function rawListeners(type) {
  return listenersOf(this, type, false);
};

prototype.listenerCount = function listenerCount(type, listener) {
  const all = listenersOf(this, type, false);
  if (listener === undefined || listener === null) return all.length;
  return all.filter((each) => each === listener || each.listener === listener).length;
};

prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

// The listeners that an emitter has, even one that only looks like one.
export const listenersFor = (emitter, type) => listenersOf(emitter, type, true);
