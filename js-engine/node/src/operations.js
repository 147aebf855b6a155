// Operations of the host that take time, see OPERATIONS.md: they begin at once, overlap, and end with an answer or an error. timers.js waits
// for them.
//
//   operate(header, payload, done)   begins one; `done(error, bytes)` is called when it is over, in the async context of now. An error that it
//                                    throws is as uncaught as one of a timer's callback.
//   operation(header, payload)       the same, as a promise of the bytes
//
// Both return or have a `handle`: the thing that a later operation is of. `abort(handle)` forgets it and what it has opened, and `done` is not
// called any more; `release(handle)` and `hold(handle)` are what `unref` and `ref` of Node's sockets are.
//
// While a hook is being deployed nothing goes out. What its top level begins, such as the connection of a client that is made there, begins in
// each execution, when that first waits; a handle below 0 stands for the one that it gets then.

import { current, within } from './frames.js';

const { parse, stringify } = JSON;
// What waits for an operation, by its handle.
const waiting = new Map();
// How many of these keep an execution going.
let held = 0;

// What begins later, as [handle, header, payload], and the handles of what has begun since by those that stood for them.
let later = [];
const begun = new Map();
let placeholder = -1;

const own = (handle) => begun.get(handle) ?? handle;

export const anyUnderWay = () => waiting.size > 0;
export const anyAwaited = () => held > 0;

function begin(header, payload) {
  const text = stringify(header.of < 0 ? { ...header, of: own(header.of) } : header);
  return payload === undefined ? hb.start(text) : hb.start(text, payload);
}

export function operate(header, payload, done) {
  const isLater = hb.loading();
  const handle = isLater ? --placeholder : begin(header, payload);
  if (isLater) later.push([handle, header, payload]);
  waiting.set(handle, { done, frame: current(), holds: true });
  held++;
  return handle;
}

export const anyLater = () => later.length > 0;

export function beginLater() {
  const all = later;
  later = [];
  for (const [handle, header, payload] of all) {
    const real = begin(header, payload);
    begun.set(handle, real);
    waiting.set(real, waiting.get(handle));
    waiting.delete(handle);
  }
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
  const real = own(handle);
  forget(real);
  if (real < 0) later = later.filter(([each]) => each !== real);
  else hb.abort(real);
}

export function release(handle) {
  const waits = waiting.get(own(handle));
  if (waits?.holds) {
    waits.holds = false;
    held--;
  }
}

export function hold(handle) {
  const waits = waiting.get(own(handle));
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
