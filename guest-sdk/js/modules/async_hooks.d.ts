/** `require('async_hooks')`: `AsyncLocalStorage` alone. */

declare module 'async_hooks' {
  export class AsyncLocalStorage<T> {
    run<R, A extends unknown[]>(store: T, callback: (...args: A) => R, ...args: A): R;
    exit<R, A extends unknown[]>(callback: (...args: A) => R, ...args: A): R;
    getStore(): T | undefined;
    enterWith(store: T): void;
    disable(): void;
  }
}

declare module 'node:async_hooks' {
  export * from 'async_hooks';
}
