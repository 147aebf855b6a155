// Puts Node's globals in place, and hands the engine the few functions through which it drives them.
import { Buffer, atob, btoa } from './buffer.js';
import { console } from './console.js';
import * as timers from './timers.js';
import { process, setVersion, uncaught } from './process.js';
import { begin, exportsOf, resolveImport, setMeta } from './modules.js';
import { isServer, serve } from './http/requests.js';
import { Crypto, CryptoKey, SubtleCrypto, crypto } from './crypto/web.js';
import './intl.js';
import { answer, callback, ignored, invocation } from './invocation.js';
import { promiseIn } from './result.js';
import { expose } from './expose.js';
import { queueMicrotask, structuredClone } from './web.js';
import { performance } from './web/performance.js';
import './web/streams.js';
import './web/text-streams.js';
import './web/compression.js';
import './web/blob.js';
import './fetch/index.js';

// As in Node, functions and objects are listed, and classes are not.
expose({
  global: globalThis,
  clearImmediate: timers.clearImmediate,
  setImmediate: timers.setImmediate,
  clearInterval: timers.clearInterval,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  setTimeout: timers.setTimeout,
  queueMicrotask,
  structuredClone,
  atob,
  btoa,
  performance,
  crypto,
}, globalThis, true);
expose({
  process,
  console,
  Buffer,
  Crypto,
  CryptoKey,
  SubtleCrypto,
});
expose({ random: hb.mathRandom }, Math);

// See atomics.js.
if (Reflect.ownKeys(Atomics).length === 0) delete globalThis.Atomics;

export default {
  ticks: timers.runTicks,
  turn: timers.turn,
  uncaught,
  invocation,
  callback,
  answer,
  ignored,
  promiseIn,
  loader: { begin, isServer: (exports) => isServer(exports, timers.anyLeft()), serve, setVersion, resolveImport, exportsOf, setMeta },
};
