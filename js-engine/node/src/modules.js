// `require`: what is built in, and a plain word on what is not.
import * as events from 'events/events.js';
import path from 'path-browserify/index.js';
import * as querystring from 'querystring-es3/index.js';
import { assert } from './assert.js';
import { asyncHooksModule } from './async_hooks.js';
import { bufferModule } from './buffer.js';
import { console } from './console.js';
import { cryptoModule } from './crypto/node.js';
import { invalidArgType, invalidArgValue } from './errors.js';
import { osModule } from './os.js';
import { process } from './process.js';
import { StringDecoder } from './string_decoder.js';
import * as timers from './timers.js';
import { urlModule } from './url.js';
import { utilModule } from './util.js';

const EventEmitter = events.default;
path.posix = path;

const timersModule = {
  setTimeout: timers.setTimeout,
  setInterval: timers.setInterval,
  setImmediate: timers.setImmediate,
  clearTimeout: timers.clear,
  clearInterval: timers.clear,
  clearImmediate: timers.clear,
  promises: timers.promises,
};

const builtin = new Map(Object.entries({
  assert,
  'assert/strict': assert.strict,
  async_hooks: asyncHooksModule,
  buffer: bufferModule,
  console,
  crypto: cryptoModule,
  events: EventEmitter,
  os: osModule,
  path,
  'path/posix': path,
  perf_hooks: { performance: globalThis.performance, Performance: globalThis.Performance, constants: {} },
  process,
  punycode: undefined,
  querystring: { ...querystring.default, ...querystring, escape: encodeQuery, unescape: decodeQuery },
  string_decoder: { StringDecoder },
  timers: timersModule,
  'timers/promises': timers.promises,
  url: urlModule,
  util: utilModule,
  'util/types': utilModule.types,
}).filter(([, module]) => module !== undefined));

function encodeQuery(text) {
  return encodeURIComponent(text);
}

function decodeQuery(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return unescape(text);
  }
}

// Modules of Node that a hook cannot have.
const ABSENT = new Set(('child_process cluster dgram diagnostics_channel dns dns/promises domain fs fs/promises http http2 https inspector '
  + 'module net path/win32 punycode readline readline/promises repl sqlite stream stream/consumers stream/promises stream/web sys test tls '
  + 'trace_events tty v8 vm wasi worker_threads zlib').split(' '));

function failure(name) {
  const bare = name.startsWith('node:') ? name.slice(5) : name;
  if (ABSENT.has(bare) || name !== bare) return `the Node.js module '${bare}' is not available in hooks`;
  if (/^[./]/.test(name)) return `Cannot find module '${name}': a hook is a single file`;
  return `Cannot find module '${name}': packages are not available yet`;
}

export function require(name) {
  if (typeof name !== 'string') {
    throw invalidArgType('id', 'string', name);
  }
  if (name === '') throw invalidArgValue('id', name, 'must be a non-empty string');
  const module = builtin.get(name.startsWith('node:') ? name.slice(5) : name);
  if (module === undefined) throw Object.assign(new Error(failure(name)), { code: 'MODULE_NOT_FOUND' });
  return module;
}
require.resolve = (name) => (require(name), name);
require.cache = Object.create(null);
require.main = undefined;
process.getBuiltinModule = (name) => builtin.get(name.startsWith('node:') ? name.slice(5) : name);
EventEmitter.EventEmitterAsyncResource ??= EventEmitter;
EventEmitter.getEventListeners ??= (emitter, name) => emitter.listeners?.(name) ?? [];
EventEmitter.on ??= () => {
  throw new Error('events.on is not available in a hook');
};
EventEmitter.errorMonitor ??= Symbol('events.errorMonitor');
