// `assert.CallTracker`, which Node has deprecated: functions that count how often they are called.
import { invalidArgValue, validateUint32 } from '../errors.js';
import { process } from '../process.js';
import { AssertionError } from './error.js';

const nothing = () => {};

class CallTrackerContext {
  #expected;
  #calls = [];
  #name;
  #stack = new Error();
  constructor(expected, name) {
    this.#expected = expected;
    this.#name = name;
  }
  add(thisArg, args) { this.#calls.push({ thisArg, arguments: args }); }
  reset() { this.#calls = []; }
  get calls() { return this.#calls.map(({ thisArg, arguments: args }) => Object.freeze({ thisArg, arguments: Object.freeze([...args]) })); }
  report() {
    const actual = this.#calls.length;
    if (actual === this.#expected) return undefined;
    const message = `Expected the ${this.#name} function to be executed ${this.#expected} time(s) but was executed ${actual} time(s).`;
    return { message, actual, expected: this.#expected, operator: this.#name, stack: this.#stack };
  }
}

export class CallTracker {
  #checks = new Set();
  #tracked = new WeakMap();
  #of(tracked) {
    const check = this.#tracked.get(tracked);
    if (check === undefined) throw invalidArgValue('tracked', tracked, 'is not a tracked function');
    return check;
  }
  reset(tracked) {
    if (tracked === undefined) this.#checks.forEach((check) => check.reset());
    else this.#of(tracked).reset();
  }
  getCalls(tracked) { return this.#of(tracked).calls; }
  calls(fn, expected = 1) {
    if (process._exiting) throw new Error('Cannot call function in process exit handler');
    if (typeof fn === 'number') [fn, expected] = [nothing, fn];
    else if (fn === undefined) fn = nothing;
    validateUint32(expected, 'expected', true);
    const check = new CallTrackerContext(expected, fn.name || 'calls');
    const tracked = new Proxy(fn, {
      apply(target, thisArg, args) {
        check.add(thisArg, args);
        return Reflect.apply(target, thisArg, args);
      },
    });
    this.#checks.add(check);
    this.#tracked.set(tracked, check);
    return tracked;
  }
  report() { return [...this.#checks].map((check) => check.report()).filter((each) => each !== undefined); }
  verify() {
    const errors = this.report();
    if (errors.length === 0) return;
    const message = errors.length === 1 ? errors[0].message : 'Functions were not called the expected number of times';
    throw new AssertionError({ message, details: errors });
  }
}
