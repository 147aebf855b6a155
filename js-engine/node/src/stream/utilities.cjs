// What the package of streams wants of `util`.
const { addAbortListener } = require('../events/index.js').EventEmitter;
const { inspect } = require('../inspect.js');
const { types } = require('../kinds.js');

function once(callback) {
  let called = false;
  return function (...args) {
    if (called) return;
    called = true;
    Reflect.apply(callback, this, args);
  };
}

module.exports = {
  AggregateError,
  kEmptyObject: Object.freeze({}),
  once,
  createDeferredPromise: () => Promise.withResolvers(),
  promisify: Object.assign((run) => new Promise((resolve, reject) => run((error, ...args) => (error ? reject(error) : resolve(...args)))),
    { custom: Symbol.for('nodejs.util.promisify.custom') }),
  debuglog: () => () => {},
  inspect,
  types: { isAsyncFunction: types.isAsyncFunction, isArrayBufferView: ArrayBuffer.isView },
  isBlob: (value) => require('../web/blob.js').isBlob(value),
  deprecate: (callback) => callback,
  addAbortListener,
  AbortSignalAny: (signals) => AbortSignal.any(signals),
};
