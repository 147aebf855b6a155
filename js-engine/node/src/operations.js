// Operations of the host that take time, see OPERATIONS.md: they begin at once, overlap, and end with an answer or an error. timers.js waits
// for them.
//
//   operate(header, payload, done)   begins one; `done(error, bytes)` is called when it is over, in the async context of now. An error that it
//                                    throws is as uncaught as one of a timer's callback.
//   operation(header, payload)       the same, as a promise of the bytes
//
// Both return or have a `handle`: the thing that a later operation is of. `abort(handle)` forgets it and what it has opened, and `done` is not
// called any more; `release(handle)` and `hold(handle)` are what `unref` and `ref` of Node's sockets are.

import { current, within } from './frames.js';

const { parse, stringify } = JSON;
// What waits for an operation, by its handle.
const waiting = new Map();
// How many of these keep an execution going.
let held = 0;

export const anyUnderWay = () => waiting.size > 0;
export const anyAwaited = () => held > 0;

export function operate(header, payload, done) {
  const handle = payload === undefined ? hb.start(stringify(header)) : hb.start(stringify(header), payload);
  waiting.set(handle, { done, frame: current(), holds: true });
  held++;
  return handle;
}

export function operation(header, payload) {
  let handle;
  const promise = new Promise((resolve, reject) => {
    handle = operate(header, payload, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
  });
  promise.handle = handle;
  return promise;
}

function forget(handle) {
  const waits = waiting.get(handle);
  if (waits === undefined) return undefined;
  waiting.delete(handle);
  if (waits.holds) held--;
  return waits;
}

export function abort(handle) {
  forget(handle);
  hb.abort(handle);
}

export function release(handle) {
  const waits = waiting.get(handle);
  if (waits?.holds) {
    waits.holds = false;
    held--;
  }
}

export function hold(handle) {
  const waits = waiting.get(handle);
  if (waits && !waits.holds) {
    waits.holds = true;
    held++;
  }
}

// Node's errors of the system have these beside code and message.
function errorOf(text) {
  let told;
  try {
    told = parse(text);
  } catch {
    told = { message: text };
  }
  const { message, ...rest } = told;
  return Object.assign(new Error(message), rest);
}

// An operation is over.
export function finish(handle) {
  const waits = forget(handle);
  if (waits === undefined) return;
  let answer = null;
  let failure = null;
  try {
    answer = hb.answer(handle);
  } catch (error) {
    failure = errorOf(error.message);
  }
  within(waits.frame, waits.done, undefined, [failure, answer]);
}
