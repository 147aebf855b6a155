// The async context: a Map from each AsyncLocalStorage to its store, never changed once it is made. The engine carries it along
// `await`, `then` and queueMicrotask; timers.js does so for what it runs.
// As they were before any author could replace them.
const { apply } = Reflect;
const { asyncContext, setAsyncContext } = hb;

export const current = () => asyncContext() || undefined;

export const enter = (frame) => setAsyncContext(frame);

// Calls a function in another context than the current one.
export function within(frame, callback, self, args) {
  const outside = current();
  enter(frame);
  try {
    return apply(callback, self, args);
  } finally {
    enter(outside);
  }
}
