/** `require('util')`. */

declare module 'util' {
  type Callback<T> = (error: Error | null | undefined, value: T) => void;

  interface Inspect {
    (value: unknown, options?: Hookbox.InspectOptions): string;
    readonly custom: unique symbol;
    defaultOptions: Hookbox.InspectOptions;
  }

  export const inspect: Inspect;
  export function format(format?: unknown, ...values: unknown[]): string;
  export function promisify<A extends unknown[], T>(original: (...args: [...A, Callback<T>]) => void): (...args: A) => Promise<T>;
  export function callbackify<A extends unknown[], T>(original: (...args: A) => Promise<T>): (...args: [...A, Callback<T>]) => void;
  export function inherits(constructor: Function, parent: Function): void;
  export function deprecate<F extends (...args: any[]) => any>(original: F, message: string, code?: string): F;
  export function isDeepStrictEqual(a: unknown, b: unknown): boolean;

  export import TextEncoder = globalThis.TextEncoder;
  export import TextDecoder = globalThis.TextDecoder;

  export namespace types {
    function isPromise(value: unknown): value is Promise<unknown>;
    function isDate(value: unknown): value is Date;
    function isRegExp(value: unknown): value is RegExp;
    function isMap(value: unknown): value is Map<unknown, unknown>;
    function isSet(value: unknown): value is Set<unknown>;
    function isNativeError(value: unknown): value is Error;
    function isTypedArray(value: unknown): value is ArrayBufferView;
    function isUint8Array(value: unknown): value is Uint8Array;
    function isArrayBuffer(value: unknown): value is ArrayBuffer;
    function isAsyncFunction(value: unknown): boolean;
    function isGeneratorFunction(value: unknown): boolean;
    function isProxy(value: unknown): boolean;
  }
}

declare module 'node:util' {
  export * from 'util';
}
