/** `require('async_hooks')`: `AsyncLocalStorage`, whose store follows `await`, timers and ticks, and `AsyncResource`. */

declare module 'async_hooks' {
  type Callback = (...args: any[]) => any;

  export class AsyncLocalStorage<T> {
    constructor(options?: { defaultValue?: T; name?: string });
    readonly name: string;
    static bind<F extends Callback>(callback: F): F;
    static snapshot(): <R, A extends unknown[]>(callback: (...args: A) => R, ...args: A) => R;
    run<R, A extends unknown[]>(store: T, callback: (...args: A) => R, ...args: A): R;
    exit<R, A extends unknown[]>(callback: (...args: A) => R, ...args: A): R;
    getStore(): T | undefined;
    enterWith(store: T): void;
    disable(): void;
  }

  export class AsyncResource {
    constructor(type: string);
    static bind<F extends Callback>(callback: F, type?: string, self?: unknown): F;
    bind<F extends Callback>(callback: F, self?: unknown): F;
    runInAsyncScope<R, A extends unknown[]>(callback: (...args: A) => R, self?: unknown, ...args: A): R;
  }
}

declare module 'node:async_hooks' {
  export * from 'async_hooks';
}
