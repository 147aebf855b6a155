// `assert.AssertionError`.
import { validateObject } from '../errors.js';
import { inspect } from '../inspect.js';
import { difference, loose, unwanted } from './diff.js';

const showsBoth = (operator) => operator === 'deepStrictEqual' || operator === 'strictEqual';

function generated({ actual, expected, operator, message }) {
  if (showsBoth(operator)) return difference(actual, expected, operator, message);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') return unwanted(actual, operator);
  return loose(actual, expected, operator);
}

// Without its stack, which would always differ.
function withoutStack(error) {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error)), error);
  Object.defineProperty(copy, 'message', { value: error.message });
  if (Object.hasOwn(error, 'cause')) Object.defineProperty(copy, 'cause', { value: error.cause });
  return copy;
}

const hasStack = (value) => value instanceof Error && 'stack' in value;

function cut(value) {
  if (typeof value !== 'string') return value;
  const lines = value.split('\n');
  if (lines.length > 10) return [...lines.slice(0, 10), '...'].join('\n');
  return value.length > 512 ? `${value.slice(0, 509)}...` : value;
}

export class AssertionError extends Error {
  constructor(options) {
    validateObject(options, 'options');
    const { message, operator, stackStartFn, details, stackStartFunction } = options;
    let { actual, expected } = options;
    const given = message !== undefined && message !== null && !showsBoth(operator);
    if (!given && hasStack(actual) && hasStack(expected)) [actual, expected] = [withoutStack(actual), withoutStack(expected)];
    super(given ? String(message) : generated({ actual, expected, operator, message }));
    this.generatedMessage = !message;
    // The code stands in the first line of the stack.
    Object.defineProperty(this, 'name', { value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true });
    this.code = 'ERR_ASSERTION';
    if (details) {
      this.actual = this.expected = this.operator = undefined;
      for (const [at, detail] of details.entries()) {
        this[`message ${at}`] = detail.message;
        for (const name of ['actual', 'expected', 'operator', 'stack']) this[`${name} ${at}`] = detail[name];
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    // To be read while the name is this one.
    const { stack } = this;
    this.name = 'AssertionError';
    if (typeof stack === 'string' && this.stack !== stack) this.stack = stack;
  }
  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
  [inspect.custom](recurseTimes, ctx) {
    const { actual, expected } = this;
    this.actual = cut(actual);
    this.expected = cut(expected);
    const result = inspect(this, { ...ctx, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return result;
  }
}
