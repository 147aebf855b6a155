// Puts Node's globals in place, and hands the engine the few functions through which it drives them.
import './stacks.js';
import './web.js';
import { Buffer, atob, btoa } from './buffer.js';
import { console } from './console.js';
import * as timers from './timers.js';
import { process, setVersion, uncaught } from './process.js';
import { newModule, require } from './modules.js';
import { Crypto, CryptoKey, SubtleCrypto, crypto } from './crypto/web.js';
import './intl.js';
import { expose } from './expose.js';
import { performance } from './web/performance.js';

expose({
  global: globalThis,
  process,
  console,
  Buffer,
  atob,
  btoa,
  setTimeout: timers.setTimeout,
  setInterval: timers.setInterval,
  setImmediate: timers.setImmediate,
  clearTimeout: timers.clearTimeout,
  clearInterval: timers.clearInterval,
  clearImmediate: timers.clearImmediate,
  performance,
  crypto,
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
  loader: { require, newModule, setVersion },
};
