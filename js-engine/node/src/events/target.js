// `Event`, `CustomEvent` and `EventTarget`. What a listener throws, nobody catches: it ends the execution, as it would end Node.
import { coded, invalidArgType, invalidThis, missingArgs, validateObject } from '../errors.js';
import { expose } from '../expose.js';
import { customInspect, shown, webClass } from '../web/classes.js';
import { EventEmitter } from './emitter.js';

const { apply } = Reflect;
const loose = { allowArray: true, allowFunction: true, nullable: true };
const later = { nextTick: undefined, warn() {} };
export function useInTargets(functions) {
  Object.assign(later, functions);
}

let begin;
let end;
let isStopped;
let isDispatched;

export class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #target = null;
  #time = hb.monotonic() / 1000;
  #dispatched = false;
  #prevented = false;
  #stopped = false;
  #propagates = true;
  constructor(type, options = undefined) {
    if (arguments.length === 0) throw missingArgs('type');
    if (options !== undefined) validateObject(options, 'options', loose);
    this.#type = `${type}`;
    this.#bubbles = !!options?.bubbles;
    this.#cancelable = !!options?.cancelable;
    this.#composed = !!options?.composed;
  }
  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0) throw missingArgs('type');
    if (this.#dispatched) return;
    this.#type = `${type}`;
    this.#bubbles = !!bubbles;
    this.#cancelable = !!cancelable;
  }
  stopImmediatePropagation() {
    if (!isEvent(this)) throw invalidThis('Event');
    this.#propagates = false;
    this.#stopped = true;
  }
  preventDefault() {
    if (!isEvent(this)) throw invalidThis('Event');
    this.#prevented = true;
  }
  get target() { return field(this, () => this.#target); }
  get currentTarget() { return field(this, () => (this.#dispatched ? this.#target : null)); }
  get srcElement() { return field(this, () => this.#target); }
  get type() { return field(this, () => this.#type); }
  get cancelable() { return field(this, () => this.#cancelable); }
  get defaultPrevented() { return field(this, () => this.#cancelable && this.#prevented); }
  get timeStamp() { return field(this, () => this.#time); }
  composedPath() { return field(this, () => (this.#dispatched ? [this.#target] : [])); }
  get returnValue() { return field(this, () => !this.#cancelable || !this.#prevented); }
  get bubbles() { return field(this, () => this.#bubbles); }
  get composed() { return field(this, () => this.#composed); }
  get eventPhase() { return field(this, () => (this.#dispatched ? Event.AT_TARGET : Event.NONE)); }
  get cancelBubble() { return field(this, () => !this.#propagates); }
  set cancelBubble(value) {
    if (!isEvent(this)) throw invalidThis('Event');
    if (value) this.#propagates = false;
  }
  stopPropagation() {
    if (!isEvent(this)) throw invalidThis('Event');
    this.#propagates = false;
  }
  get isTrusted() { return false; }
  [customInspect](depth, options, inspect) {
    if (depth < 0) return this.constructor.name;
    const { type, defaultPrevented, cancelable, timeStamp } = this;
    return shown(this, this.constructor.name, { type, defaultPrevented, cancelable, timeStamp }, depth, options, inspect);
  }
  static {
    begin = (event, target) => {
      event.#target = target;
      event.#dispatched = true;
    };
    end = (event) => { event.#dispatched = false; };
    isStopped = (event) => event.#stopped;
    isDispatched = (event) => event.#dispatched;
    this.is = (value) => value !== null && typeof value === 'object' && #type in value;
  }
}
const isEvent = Event.is;
delete Event.is;
function field(event, read) {
  if (!isEvent(event)) throw invalidThis('Event');
  return read();
}
const PHASES = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };
for (const [name, value] of Object.entries(PHASES)) Object.defineProperty(Event, name, { value, enumerable: true });
webClass(Event, ['initEvent', 'stopImmediatePropagation', 'preventDefault', 'target', 'currentTarget', 'srcElement', 'type', 'cancelable',
  'defaultPrevented', 'timeStamp', 'composedPath', 'returnValue', 'bubbles', 'composed', 'eventPhase', 'cancelBubble', 'stopPropagation',
  'isTrusted']);

export class CustomEvent extends Event {
  #detail;
  constructor(type, options = undefined) {
    if (arguments.length === 0) throw missingArgs('type');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() {
    if (!(#detail in this)) throw invalidThis('CustomEvent');
    return this.#detail;
  }
}
webClass(CustomEvent, ['detail']);

function checkedListener(listener) {
  if (typeof listener === 'function' || (listener !== null && typeof listener === 'object')) return true;
  if (listener === null || listener === undefined) return false;
  throw invalidArgType('listener', 'EventListener', listener);
}

function optionsOf(options) {
  if (typeof options === 'boolean') return { capture: options };
  if (options === null || options === undefined) return {};
  validateObject(options, 'options', loose);
  return options;
}

function failed(error) {
  later.nextTick(() => { throw error; });
}

function call(target, listener, event) {
  try {
    const callback = typeof listener === 'function' ? listener : listener.handleEvent;
    if (typeof callback !== 'function') return;
    const returned = apply(callback, typeof listener === 'function' ? target : listener, [event]);
    if (typeof returned?.then === 'function') returned.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

let registered;
let most;

export class EventTarget {
  #listeners = new Map();
  #most;
  addEventListener(type, listener, options = {}) {
    if (!isTarget(this)) throw invalidThis('EventTarget');
    if (arguments.length < 2) throw missingArgs('type', 'listener');
    const { once, capture, signal } = optionsOf(options);
    if (!checkedListener(listener)) {
      const text = `addEventListener called with ${listener} which has no effect.`;
      later.warn(Object.assign(new Error(text), { name: 'AddEventListenerArgumentTypeWarning', target: this, type }));
      return;
    }
    if (signal !== undefined) {
      if (signal === null || typeof signal !== 'object' || !('aborted' in signal)) throw invalidArgType('options.signal', 'AbortSignal', signal);
      if (signal.aborted) return;
      signal.addEventListener('abort', () => this.removeEventListener(type, listener, options), { once: true });
    }
    type = `${type}`;
    const all = this.#listeners.get(type) ?? [];
    if (all.some((each) => each.listener === listener && each.capture === !!capture)) return;
    this.#listeners.set(type, [...all, { listener, capture: !!capture, once: !!once, removed: false }]);
    this.#warn(type, all.length + 1);
  }
  #warn(type, count) {
    const allowed = this.#most ?? EventEmitter.defaultMaxListeners;
    if (allowed <= 0 || count !== allowed + 1) return;
    const text = `Possible EventTarget memory leak detected. ${count} ${type} listeners added to ${this.constructor.name}. `
      + 'Use events.setMaxListeners() to increase limit';
    later.warn(Object.assign(new Error(text), { name: 'MaxListenersExceededWarning', target: this, type, count }));
  }
  removeEventListener(type, listener, options = {}) {
    if (!isTarget(this)) throw invalidThis('EventTarget');
    if (arguments.length < 2) throw missingArgs('type', 'listener');
    if (!checkedListener(listener)) return;
    type = `${type}`;
    // Unlike where one is added, a boolean says nothing here.
    const capture = options?.capture === true;
    const all = this.#listeners.get(type) ?? [];
    const found = all.find((each) => each.listener === listener && each.capture === capture);
    if (found !== undefined) this.#drop(type, found);
  }
  #drop(type, entry) {
    entry.removed = true;
    const rest = this.#listeners.get(type).filter((each) => each !== entry);
    if (rest.length > 0) this.#listeners.set(type, rest);
    else this.#listeners.delete(type);
  }
  dispatchEvent(event) {
    if (!isTarget(this)) throw invalidThis('EventTarget');
    if (arguments.length < 1) throw missingArgs('event');
    if (!isEvent(event)) throw invalidArgType('event', 'Event', event);
    if (isDispatched(event)) throw coded(Error, 'ERR_EVENT_RECURSION', `The event "${event.type}" is already being dispatched`);
    begin(event, this);
    for (const entry of this.#listeners.get(event.type) ?? []) {
      if (entry.removed) continue;
      if (entry.once) this.#drop(event.type, entry);
      call(this, entry.listener, event);
      if (isStopped(event)) break;
    }
    end(event);
    return !event.defaultPrevented;
  }
  [customInspect](depth, options, inspect) {
    if (depth < 0) return this.constructor.name;
    return shown(this, this.constructor.name, {}, depth, options, inspect);
  }
  static {
    registered = (target, type) => (target.#listeners.get(type) ?? []).map(({ listener }) => listener.handler ?? listener);
    most = (target, count) => (count === undefined ? (target.#most ?? EventEmitter.defaultMaxListeners) : (target.#most = count));
    this.is = (value) => value !== null && typeof value === 'object' && #listeners in value;
  }
}
export const isTarget = EventTarget.is;
delete EventTarget.is;
webClass(EventTarget, ['addEventListener', 'removeEventListener', 'dispatchEvent']);
export { most as maxListenersOf, registered as listenersOfTarget };

// An `on<type>` property of a class: what is assigned to it is called in the place of the first.
export function defineHandler(Class, type) {
  const handlers = new WeakMap();
  const property = {
    get() { return handlers.get(this)?.handler ?? null; },
    set(value) {
      const known = handlers.get(this);
      if (known !== undefined) {
        known.handler = value;
        return;
      }
      const wrapper = function (event) { return typeof wrapper.handler === 'function' ? apply(wrapper.handler, this, [event]) : undefined; };
      wrapper.handler = value;
      handlers.set(this, wrapper);
      this.addEventListener(type, wrapper);
    },
  };
  Object.defineProperty(property.get, 'name', { value: `get on${type}`, configurable: true });
  Object.defineProperty(property.set, 'name', { value: `set on${type}`, configurable: true });
  Object.defineProperty(Class.prototype, `on${type}`, { ...property, enumerable: true, configurable: true });
}

expose({ Event, CustomEvent, EventTarget });
