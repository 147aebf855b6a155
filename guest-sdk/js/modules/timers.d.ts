/** `require('timers')` and `require('timers/promises')`. */

declare module 'timers' {
  export const setTimeout: typeof globalThis.setTimeout;
  export const setInterval: typeof globalThis.setInterval;
  export const setImmediate: typeof globalThis.setImmediate;
  export const clearTimeout: typeof globalThis.clearTimeout;
  export const clearInterval: typeof globalThis.clearInterval;
  export const clearImmediate: typeof globalThis.clearImmediate;
}

declare module 'timers/promises' {
  interface Options {
    signal?: AbortSignal;
    ref?: boolean;
  }

  export function setTimeout<T = void>(milliseconds?: number, value?: T, options?: Options): Promise<T>;
  export function setImmediate<T = void>(value?: T, options?: Options): Promise<T>;
  export function setInterval<T = void>(milliseconds?: number, value?: T, options?: Options): AsyncIterable<T>;
}

declare module 'node:timers' {
  export * from 'timers';
}

declare module 'node:timers/promises' {
  export * from 'timers/promises';
}
