// `require('async_hooks')`: AsyncLocalStorage and AsyncResource as on Node. What would observe asynchronous work in general
// (createHook and the ids) is there and sees nothing but the resources that authors make themselves.
import { coded, validateFunction, validateObject, validateString } from './errors.js';
import { current, enter, within } from './frames.js';

function frameWith(storage, store) {
  return new Map(current()).set(storage, store);
}

export class AsyncLocalStorage {
  #default;
  #name;
  constructor(options = {}) {
    validateObject(options, 'options');
    const { defaultValue, name = '' } = options;
    this.#default = defaultValue;
    this.#name = `${name}`;
  }
  static bind(fn) { return AsyncResource.bind(fn); }
  static snapshot() {
    const frame = current();
    return (callback, ...args) => within(frame, callback, undefined, args);
  }
  get name() { return this.#name; }
  disable() {
    const frame = new Map(current());
    frame.delete(this);
    enter(frame);
  }
  enterWith(store) { enter(frameWith(this, store)); }
  run(store, callback, ...args) {
    return within(frameWith(this, store), callback, undefined, args);
  }
  exit(callback, ...args) { return this.run(undefined, callback, ...args); }
  getStore() {
    const frame = current();
    return frame?.has(this) ? frame.get(this) : this.#default;
  }
}
// Node's first user of ids gets this one, once it is up.
let lastId = 1;
// The resources that functions are running in, innermost last.
const running = [];
const top = () => running.at(-1);
const TOP = Object.freeze({ __proto__: null });

export class AsyncResource {
  #frame = current();
  #id = ++lastId;
  #trigger;
  constructor(type, opts = {}) {
    validateString(type, 'type');
    const trigger = typeof opts === 'number' ? opts : (opts?.triggerAsyncId ?? executionAsyncId());
    if (!Number.isSafeInteger(trigger) || trigger < -1) throw coded(RangeError, 'ERR_INVALID_ASYNC_ID', `Invalid triggerAsyncId value: ${trigger}`);
    this.#trigger = trigger;
  }
  runInAsyncScope(fn, thisArg, ...args) {
    running.push({ resource: this, id: this.#id, trigger: this.#trigger });
    try {
      return within(this.#frame, fn, thisArg, args);
    } finally {
      running.pop();
    }
  }
  emitDestroy() { return this; }
  asyncId() { return this.#id; }
  triggerAsyncId() { return this.#trigger; }
  bind(fn) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = function (...args) { return resource.runInAsyncScope(fn, this, ...args); };
    Object.defineProperty(bound, 'length', { value: fn.length, configurable: true });
    return bound;
  }
  static bind(fn, type, thisArg) {
    type ||= fn.name || 'bound-anonymous-fn';
    const bound = new AsyncResource(type).bind(fn);
    return thisArg === undefined ? bound : bound.bind(thisArg);
  }
}

class AsyncHook {
  enable() { return this; }
  disable() { return this; }
}

function createHook(fns) {
  for (const name of ['init', 'before', 'after', 'destroy', 'promiseResolve']) {
    if (fns[name] !== undefined && typeof fns[name] !== 'function') throw coded(TypeError, 'ERR_ASYNC_CALLBACK', `hook.${name} must be a function`);
  }
  return new AsyncHook();
}

function executionAsyncId() { return top()?.id ?? 1; }
function triggerAsyncId() { return top()?.trigger ?? 0; }
function executionAsyncResource() { return top()?.resource ?? TOP; }

export const asyncHooksModule = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  asyncWrapProviders: Object.freeze({ __proto__: null, NONE: 0 }),
  AsyncResource,
};
