// `process`, as far as a function without a machine of its own can have it. Its environment is env.js, its streams are output.js.
import { env } from './env.js';
import { invalidArgType, outOfRange, validateArray, validateNumber, validateObject, validateString } from './errors.js';
import { EventEmitter } from './events/emitter.js';
import { expose } from './expose.js';
import { stderr, stdin, stdout } from './output.js';
import { nextTick } from './timers.js';
import { refuser } from './unavailable.js';
import { releaseOf, versionsOf } from './versions.js';
import { showNavigator } from './web/navigator.js';
import { emitWarning, useProcess } from './warnings.js';

// Some of Node's functions are called otherwise than they are reached.
const named = (name, run) => Object.defineProperty(run, 'name', { value: name, configurable: true });
const unnamed = (run) => named('', run);
const absent = (name, length) => refuser(`process.${name}`, name, length);

function hrtime(time) {
  const now = hb.monotonic();
  const [seconds, nanoseconds] = [Math.floor(now / 1e6), Math.floor(now % 1e6) * 1000];
  if (time === undefined) return [seconds, nanoseconds];
  validateArray(time, 'time');
  if (time.length !== 2) throw outOfRange('time', 2, time.length);
  const difference = (seconds - time[0]) * 1e9 + (nanoseconds - time[1]);
  return [Math.floor(difference / 1e9), difference % 1e9];
}
hrtime.bigint = function bigint() { return BigInt(Math.floor(hb.monotonic())) * 1000n; };

function checkedCode(code) {
  if (code === undefined || code === null) return code;
  const number = typeof code === 'string' && code !== '' ? Number(code) : code;
  if (typeof number !== 'number' || (typeof code === 'string' && Number.isNaN(number))) throw invalidArgType('code', 'number', code);
  if (!Number.isInteger(number)) throw outOfRange('code', 'an integer', code);
  return code;
}

function exit(code) {
  if (arguments.length > 0) process.exitCode = code;
  hb.exit(Number(process.exitCode ?? 0) | 0);
}

function cpuUsage(prevValue) {
  if (prevValue) {
    validateObject(prevValue, 'prevValue');
    validateNumber(prevValue.user, 'prevValue.user');
    validateNumber(prevValue.system, 'prevValue.system');
  }
  return { user: Math.floor(hb.monotonic() - (prevValue?.user ?? 0)), system: 0 };
}

// There is no memory but WebAssembly's, and its size says little of what is in use.
function memoryUsage() { return { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }; }
memoryUsage.rss = function rss() { return 0; };

function chdir(directory) {
  validateString(directory, 'directory');
  throw Object.assign(new Error(`ENOENT: no such file or directory, chdir '/' -> '${directory}'`), { errno: -2, code: 'ENOENT', syscall: 'chdir', path: '/', dest: directory });
}

function kill(pid, signal) {
  // eslint-disable-next-line eqeqeq -- a number in a string is as good
  if (pid != (pid | 0)) throw invalidArgType('pid', 'number', pid);
  return absent('kill', 2)(pid, signal);
}

function binding(module) {
  validateString(module, 'module');
  throw new Error(`No such module: ${module}`);
}

const ids = { getuid() { return 1000; }, geteuid() { return 1000; }, getgid() { return 1000; }, getegid() { return 1000; }, getgroups() { return [1000]; } };
const VERSION = 'v20.20.2';

let exitCode;
export const process = Object.create(Object.create(EventEmitter.prototype, {
  constructor: { value: Object.defineProperty(function () {}, 'name', { value: 'process' }), writable: true, configurable: true },
}));
Object.assign(process, {
  version: VERSION,
  versions: versionsOf(VERSION),
  arch: 'x64',
  platform: 'linux',
  release: releaseOf(VERSION),
  _rawDebug(...args) { hb.log(3, args.join(' ')); },
  moduleLoadList: [],
  binding,
  _linkedBinding: absent('_linkedBinding', 1),
});
EventEmitter.call(process);
Object.defineProperty(process, 'domain', { get: () => null, set() {}, enumerable: true, configurable: true });
Object.defineProperty(process, '_exiting', { get: () => false, set() {}, enumerable: true, configurable: true });
Object.defineProperty(process, 'exitCode', {
  get: () => exitCode,
  set(code) { exitCode = checkedCode(code); },
  enumerable: true,
  configurable: false,
});
Object.assign(process, {
  config: Object.freeze({ target_defaults: Object.freeze({}), variables: Object.freeze({}) }),
  dlopen: absent('dlopen'),
  uptime() { return hb.monotonic() / 1e6; },
  _getActiveRequests() { return []; },
  _getActiveHandles() { return []; },
  getActiveResourcesInfo() { return []; },
  reallyExit: absent('reallyExit'),
  _kill: absent('_kill'),
  loadEnvFile: absent('loadEnvFile'),
  cpuUsage,
  resourceUsage() { return { userCPUTime: Math.floor(hb.monotonic()), systemCPUTime: 0, maxRSS: 0, sharedMemorySize: 0, unsharedDataSize: 0, unsharedStackSize: 0,
    minorPageFault: 0, majorPageFault: 0, swappedOut: 0, fsRead: 0, fsWrite: 0, ipcSent: 0, ipcReceived: 0, signalsCount: 0, voluntaryContextSwitches: 0,
    involuntaryContextSwitches: 0 }; },
  memoryUsage,
  constrainedMemory() { return 0; },
  availableMemory() { return 0; },
  kill,
  exit,
  hrtime,
  openStdin: unnamed(() => stdin()),
  ...ids,
  allowedNodeEnvironmentFlags: new Set(),
  features: { inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: true, tls: true, cached_builtins: true, require_module: true },
  setUncaughtExceptionCaptureCallback: absent('setUncaughtExceptionCaptureCallback', 1),
  hasUncaughtExceptionCaptureCallback() { return false; },
  emitWarning,
  nextTick,
  sourceMapsEnabled: false,
  setSourceMapsEnabled: absent('setSourceMapsEnabled', 1),
});
for (const [name, get] of Object.entries({ stdout: () => stdout, stdin, stderr: () => stderr })) {
  Object.defineProperty(process, name, { get, enumerable: true, configurable: true });
}
Object.assign(process, {
  abort() { hb.exit(134); },
  umask: named('wrappedUmask', (mask) => {
    if (mask !== undefined) absent('umask')();
    return 0o22;
  }),
  chdir: named('wrappedChdir', chdir),
  cwd: named('wrappedCwd', () => '/'),
  initgroups: absent('initgroups', 2),
  setgroups: absent('setgroups', 1),
  setegid: unnamed(absent('setegid', 1)),
  seteuid: unnamed(absent('seteuid', 1)),
  setgid: unnamed(absent('setgid', 1)),
  setuid: unnamed(absent('setuid', 1)),
  env,
  title: 'node',
  argv: ['/usr/local/bin/node', '/hook.js'],
  execArgv: [],
  pid: 1,
  ppid: 0,
  execPath: '/usr/local/bin/node',
  debugPort: 9229,
  argv0: 'node',
});
expose({ [Symbol.toStringTag]: 'process' }, process);
useProcess(process);

export function setVersion(version) {
  if (version === process.version) return;
  process.version = version;
  process.versions = versionsOf(version);
  process.release = releaseOf(version);
  showNavigator(version);
}

const { emit } = EventEmitter.prototype;
const { apply } = Reflect;

// Tells the author's listeners of what nobody caught, in Node's order; whether any of them was there to take it. A promise comes
// with a rejection.
export function uncaught(error, promise) {
  const tell = (...args) => apply(emit, process, args);
  if (promise !== undefined && tell('unhandledRejection', error, promise)) return true;
  const origin = promise === undefined ? 'uncaughtException' : 'unhandledRejection';
  tell('uncaughtExceptionMonitor', error, origin);
  return tell('uncaughtException', error, origin);
}
