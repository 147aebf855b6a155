/** `require('assert')`. A failed assertion is an exception: it fails the execution unless it is caught. */

declare module 'assert' {
  function assert(value: unknown, message?: string | Error): asserts value;

  namespace assert {
    class AssertionError extends Error {
      actual: unknown;
      expected: unknown;
      operator: string;
      code: 'ERR_ASSERTION';
    }
    function ok(value: unknown, message?: string | Error): asserts value;
    function equal(actual: unknown, expected: unknown, message?: string | Error): void;
    function notEqual(actual: unknown, expected: unknown, message?: string | Error): void;
    function strictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
    function notStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
    function deepEqual(actual: unknown, expected: unknown, message?: string | Error): void;
    function deepStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
    function notDeepStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
    function throws(run: () => unknown, expected?: unknown, message?: string | Error): void;
    function doesNotThrow(run: () => unknown, message?: string | Error): void;
    function rejects(run: Promise<unknown> | (() => Promise<unknown>), expected?: unknown, message?: string | Error): Promise<void>;
    function match(text: string, pattern: RegExp, message?: string | Error): void;
    function fail(message?: string | Error): never;
  }

  export = assert;
}

declare module 'node:assert' {
  import assert = require('assert');
  export = assert;
}
