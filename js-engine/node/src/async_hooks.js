// `require('async_hooks')`: AsyncLocalStorage and AsyncResource as on Node. What would observe asynchronous work in general
// (createHook and the ids) is there and sees nothing.
import { current, enter, within } from './frames.js';

function frameWith(storage, store) {
  return new Map(current()).set(storage, store);
}

export class AsyncLocalStorage {
  #default;
  #name;
  constructor({ defaultValue, name = '' } = {}) {
    this.#default = defaultValue;
    this.#name = `${name}`;
  }
  get name() { return this.#name; }
  run(store, callback, ...args) { return within(frameWith(this, store), callback, undefined, args); }
  exit(callback, ...args) { return this.run(undefined, callback, ...args); }
  enterWith(store) { enter(frameWith(this, store)); }
  disable() {
    const frame = new Map(current());
    frame.delete(this);
    enter(frame);
  }
  getStore() {
    const frame = current();
    return frame?.has(this) ? frame.get(this) : this.#default;
  }
  static bind(callback) { return AsyncResource.bind(callback); }
  static snapshot() {
    const frame = current();
    return (callback, ...args) => within(frame, callback, undefined, args);
  }
}

export class AsyncResource {
  #frame = current();
  constructor(type) { this.type = type; }
  runInAsyncScope(callback, self, ...args) { return within(this.#frame, callback, self, args); }
  bind(callback, self) {
    const resource = this;
    return function bound(...args) { return resource.runInAsyncScope(callback, self ?? this, ...args); };
  }
  static bind(callback, type, self) { return new AsyncResource(type).bind(callback, self); }
  emitDestroy() { return this; }
  asyncId() { return 1; }
  triggerAsyncId() { return 0; }
}

const hook = { enable: () => hook, disable: () => hook };

export const asyncHooksModule = {
  AsyncLocalStorage,
  AsyncResource,
  createHook: () => hook,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
};
