// The modules that are inert, by name.
import { EventEmitter } from '../events/emitter.js';
import * as code from './code.js';
import { fs, fsPromises } from './fs.js';
import { makeShell } from './make.js';
import { dgram, http2, tty } from './net.js';
import * as processes from './processes.js';
import * as terminal from './terminal.js';

const childProcess = makeShell('child_process', processes.childProcess);

// It is an emitter itself.
const cluster = Object.assign(new EventEmitter(), makeShell('cluster', processes.cluster), { workers: {}, settings: {} });

const workerThreads = makeShell('worker_threads', processes.workerThreads, {
  resourceLimits: {},
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  parentPort: null,
  workerData: null,
});
const data = new Map();
workerThreads.setEnvironmentData = function setEnvironmentData(key, value) {
  if (value === undefined) data.delete(key);
  else data.set(key, value);
};
workerThreads.getEnvironmentData = function getEnvironmentData(key) { return data.get(key); };

const vm = makeShell('vm', code.vm, {
  constants: Object.freeze({ __proto__: null, USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
    DONT_CONTEXTIFY: Symbol('vm_context_no_contextify') }),
  isContext(object) { return false; },
});

const v8 = makeShell('v8', code.v8, {
  promiseHooks: {},
  startupSnapshot: { addSerializeCallback() {}, addDeserializeCallback() {}, setDeserializeMainFunction() {}, isBuildingSnapshot() { return false; } },
  setFlagsFromString(flags) {},
  takeCoverage() {},
  stopCoverage() {},
});

const inspector = makeShell('inspector', code.inspector, { url() { return undefined; }, close() {}, console: {}, Network: {} });
const traceEvents = makeShell('trace_events', code.traceEvents, { getEnabledCategories() { return undefined; } });
const domain = makeShell('domain', code.domain, { active: null, _stack: [] });

const readlinePromises = makeShell('readline.promises', terminal.readlinePromises, { bases: { Interface: EventEmitter } });
const readline = makeShell('readline', terminal.readline, { bases: { Interface: EventEmitter } });
readline.promises = readlinePromises;
const repl = makeShell('repl', terminal.repl, {
  bases: { Interface: readline.Interface },
  REPL_MODE_SLOPPY: Symbol('repl-sloppy'),
  REPL_MODE_STRICT: Symbol('repl-strict'),
});

const test = { functions: 'test/3 it/3 describe/3 suite/3 after/2 afterEach/2 before/2 beforeEach/2 run/0 skip/3 todo/3 only/3' };

export const shells = {
  child_process: childProcess,
  cluster,
  dgram,
  domain,
  fs,
  'fs/promises': fsPromises,
  http2,
  inspector,
  'inspector/promises': inspector,
  readline,
  'readline/promises': readlinePromises,
  repl,
  trace_events: traceEvents,
  tty,
  v8,
  vm,
  wasi: makeShell('wasi', code.wasi),
  worker_threads: workerThreads,
};

// Only with `node:` in front.
export const prefixed = { test: makeShell('node:test', test) };
