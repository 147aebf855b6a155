// `require('async_hooks')`, as far as it can be: a store follows synchronous calls and what is bound to it. It does not
// follow `await`, because the engine runs promise reactions without telling anybody; `run` around the whole of an
// asynchronous function keeps its store until that function's promise is settled, which serves the usual case of one store
// per execution.
export class AsyncLocalStorage {
  #store;
  run(store, callback, ...args) {
    const before = this.#store;
    const restore = () => { this.#store = before; };
    this.#store = store;
    let result;
    try {
      result = callback(...args);
    } catch (error) {
      restore();
      throw error;
    }
    if (hb.promiseDetails(result) === undefined) restore();
    else result.then(restore, restore);
    return result;
  }
  exit(callback, ...args) { return this.run(undefined, callback, ...args); }
  enterWith(store) { this.#store = store; }
  disable() { this.#store = undefined; }
  getStore() { return this.#store; }
  static bind(callback) { return callback; }
  static snapshot() { return (callback, ...args) => callback(...args); }
}

export class AsyncResource {
  constructor(type) { this.type = type; }
  runInAsyncScope(callback, self, ...args) { return Reflect.apply(callback, self, args); }
  bind(callback, self) { return callback.bind(self); }
  static bind(callback, _, self) { return callback.bind(self); }
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
