// The second and third argument of a function, as AWS Lambda's runtimes for Node have them: who is called, for how long, and ways to answer
// other than by returning. The host is asked only when somebody looks. How an answer ends a run is the engine's.
import { inspect } from './inspect.js';
import { isTimer } from './timers.js';

const { parse } = JSON;
const { floor } = Math;

let told;
let given;
let isFirst = true;

// The first answer counts, whichever way it comes.
function end(failed, value, atOnce) {
  if (!isFirst) return;
  isFirst = false;
  given = value;
  hb.answered(failed, atOnce);
}

const isNothing = (value) => value === undefined || value === null;

export function callback(error, result) {
  if (isNothing(error)) end(false, result, !invocation.callbackWaitsForEmptyEventLoop);
  else end(true, error, true);
}

export const answer = () => given;

// A value that a function of so many parameters returned and that is not its answer: any where it takes a callback, and the timer that an arrow
// function returns by the way.
export const ignored = (parameters, value) => parameters > 2 || isTimer(value);

const define = (name, value) => Object.defineProperty(invocation, name, { value, writable: true, enumerable: true, configurable: true });

// What the host knows, looked up when it is read for the first time.
function lazily(name) {
  Object.defineProperty(invocation, name, {
    get: () => (told ??= parse(hb.invocation()))[name],
    set: (value) => { define(name, value); },
    enumerable: true,
    configurable: true,
  });
}

export const invocation = {
  callbackWaitsForEmptyEventLoop: true,
  succeed(result) { end(false, result, true); },
  fail(error) { end(true, isNothing(error) ? 'handled' : error, true); },
  done(error, result) { end(!isNothing(error), isNothing(error) ? result : error, true); },
};
for (const name of ['functionVersion', 'functionName', 'memoryLimitInMB', 'logGroupName', 'logStreamName']) lazily(name);
define('clientContext', undefined);
define('identity', undefined);
for (const name of ['invokedFunctionArn', 'awsRequestId']) lazily(name);
define('tenantId', undefined);
define('getRemainingTimeInMillis', () => floor(hb.remaining() / 1000));

// Printed with its values, which Node would show as accessors.
Object.defineProperty(invocation, inspect.custom, { value: (depth, options) => inspect({ ...invocation }, options), configurable: true });
