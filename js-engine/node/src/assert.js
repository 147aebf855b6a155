// `require('assert')`: the assertions, on what assert/ compares and says.
import { invalidArgType, missingArgs } from './errors.js';
import { inspect } from './inspect.js';
import { types } from './kinds.js';
import { isDeepEqual, isDeepStrictEqual } from './assert/compare.js';
import { AssertionError } from './assert/error.js';
import { doesNotReject, doesNotThrow, fail as innerFail, rejects, throws } from './assert/throws.js';
import { CallTracker } from './assert/tracker.js';
import { process } from './process.js';

export { isDeepStrictEqual };

function check(fn, args) {
  const [value, given] = args;
  if (value) return;
  if (given instanceof Error) throw given;
  const message = args.length === 0 ? 'No value argument passed to `assert.ok()`' : given;
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: fn });
  if (args.length === 0) error.generatedMessage = true;
  throw error;
}

function ok(...args) { check(ok, args); }
export const assert = ok;

// An assertion on two values: `fails` says when it does.
function comparing(name, operator, fails) {
  const compare = { [name](actual, expected, message) {
    if (arguments.length < 2) throw missingArgs('actual', 'expected');
    if (fails(actual, expected)) innerFail({ actual, expected, message, operator, stackStartFn: compare });
  } }[name];
  return compare;
}

// eslint-disable-next-line eqeqeq -- it is what is meant
const same = (actual, expected) => actual == expected || (Number.isNaN(actual) && Number.isNaN(expected));

let warned = false;

function fail(actual, expected, message, operator, stackStartFn) {
  const count = arguments.length;
  let failed = false;
  if ((actual === undefined || actual === null) && count <= 1) {
    failed = true;
  } else if (count === 1) {
    [message, actual] = [actual, undefined];
  } else {
    if (!warned) {
      warned = true;
      process.emitWarning('assert.fail() with more than one argument is deprecated. Please use assert.strictEqual() instead or only pass a message.',
        'DeprecationWarning', 'DEP0094');
    }
    if (count === 2) operator = '!=';
  }
  if (message instanceof Error) throw message;
  const options = { actual, expected, operator: operator === undefined ? 'fail' : operator, stackStartFn: stackStartFn || fail, message };
  if (failed) options.message = 'Failed';
  const error = new AssertionError(options);
  if (failed) error.generatedMessage = true;
  throw error;
}

function ifError(err) {
  if (err === null || err === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof err === 'object' && typeof err.message === 'string') {
    message += err.message.length === 0 && err.constructor ? err.constructor.name : err.message;
  } else {
    message += inspect(err);
  }
  const error = new AssertionError({ actual: err, expected: null, operator: 'ifError', message, stackStartFn: ifError });
  const { stack } = err;
  if (typeof stack === 'string') {
    const frames = /\n {4}at [\s\S]*$/.exec(stack)?.[0] ?? '';
    if (frames !== '') error.stack = `${error.stack}${frames}`;
  }
  throw error;
}

function matching(fn, wanted, string, regexp, message) {
  if (!types.isRegExp(regexp)) throw invalidArgType('regexp', 'RegExp', regexp);
  if (typeof string === 'string' && (regexp.exec(string) !== null) === wanted) return;
  if (message instanceof Error) throw message;
  const reason = wanted ? 'The input did not match the regular expression' : 'The input was expected to not match the regular expression';
  const text = typeof string === 'string'
    ? `${reason} ${inspect(regexp)}. Input:\n\n${inspect(string)}\n`
    : `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`;
  const error = new AssertionError({ actual: string, expected: regexp, message: message || text, operator: fn.name, stackStartFn: fn });
  error.generatedMessage = !message;
  throw error;
}

function match(string, regexp, message) { matching(match, true, string, regexp, message); }
function doesNotMatch(string, regexp, message) { matching(doesNotMatch, false, string, regexp, message); }

let told = false;

// Node has it behind a warning.
function deprecated(...args) {
  if (!told) {
    told = true;
    process.emitWarning('assert.CallTracker is deprecated.', 'DeprecationWarning', 'DEP0173');
  }
  return Reflect.construct(CallTracker, args, new.target ?? CallTracker);
}
deprecated.prototype = CallTracker.prototype;

Object.assign(assert, {
  fail,
  AssertionError,
  ok,
  equal: comparing('equal', '==', (a, b) => !same(a, b)),
  notEqual: comparing('notEqual', '!=', same),
  deepEqual: comparing('deepEqual', 'deepEqual', (a, b) => !isDeepEqual(a, b)),
  notDeepEqual: comparing('notDeepEqual', 'notDeepEqual', isDeepEqual),
  deepStrictEqual: comparing('deepStrictEqual', 'deepStrictEqual', (a, b) => !isDeepStrictEqual(a, b)),
  notDeepStrictEqual: comparing('notDeepStrictEqual', 'notDeepStrictEqual', isDeepStrictEqual),
  strictEqual: comparing('strictEqual', 'strictEqual', (a, b) => !Object.is(a, b)),
  notStrictEqual: comparing('notStrictEqual', 'notStrictEqual', Object.is),
  throws,
  rejects,
  doesNotThrow,
  doesNotReject,
  ifError,
  match,
  doesNotMatch,
  CallTracker: deprecated,
});
function strict(...args) { check(strict, args); }
assert.strict = Object.assign(strict, assert, {
  equal: assert.strictEqual,
  deepEqual: assert.deepStrictEqual,
  notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;
