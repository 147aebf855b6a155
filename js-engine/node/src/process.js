// `process`, as far as a function without a machine of its own can have it.
import EventEmitter from 'events';
import { nextTick } from './timers.js';
import { expose } from './expose.js';

// What the author assigned or deleted (undefined) here; it hides what the host has.
const assigned = new Map();

const environment = {
  get: (_, name) => {
    if (typeof name !== 'string') return undefined;
    return assigned.has(name) ? assigned.get(name) : (hb.env(name) ?? Object.prototype[name]);
  },
  has: (_, name) => typeof name === 'string' && value(name) !== undefined,
  set: (_, name, value) => {
    assigned.set(String(name), String(value));
    return true;
  },
  defineProperty: (_, name, { value }) => {
    assigned.set(String(name), String(value));
    return true;
  },
  deleteProperty: (_, name) => {
    assigned.set(name, undefined);
    return true;
  },
  ownKeys: () => {
    const names = (hb.env('') ?? '').split('\n').filter((name) => name !== '' && !assigned.has(name));
    return [...names, ...[...assigned.keys()].filter((name) => assigned.get(name) !== undefined)];
  },
  getOwnPropertyDescriptor: (_, name) => {
    const found = value(name);
    return found === undefined ? undefined : { value: found, writable: true, enumerable: true, configurable: true };
  },
};

function value(name) {
  if (typeof name !== 'string') return undefined;
  return assigned.has(name) ? assigned.get(name) : hb.env(name);
}

function absent(name) {
  return () => {
    throw new Error(`process.${name} is not available in a hook`);
  };
}

function hrtime(since) {
  const now = hb.monotonic();
  const [seconds, nanoseconds] = [Math.floor(now / 1e6), Math.floor(now % 1e6) * 1000];
  if (since === undefined) return [seconds, nanoseconds];
  const difference = (seconds - since[0]) * 1e9 + (nanoseconds - since[1]);
  return [Math.floor(difference / 1e9), difference % 1e9];
}
hrtime.bigint = () => BigInt(Math.floor(hb.monotonic())) * 1000n;

const stream = (level) => ({
  isTTY: false,
  columns: undefined,
  write(chunk) {
    const text = typeof chunk === 'string' ? chunk : hb.decodeUtf8(chunk);
    hb.log(level, text.endsWith('\n') ? text.slice(0, -1) : text);
    return true;
  },
});

export const process = Object.create(EventEmitter.prototype);
EventEmitter.call(process);
expose({ constructor: function process() {} }, process);
Object.assign(process, {
  title: 'node',
  version: 'v20.20.2',
  versions: { node: '20.20.2' },
  release: { name: 'node' },
  arch: 'x64',
  platform: 'linux',
  argv: ['node', '/hook.js'],
  argv0: 'node',
  execArgv: [],
  execPath: '/usr/local/bin/node',
  pid: 1,
  ppid: 0,
  exitCode: undefined,
  features: {},
  config: {},
  env: new Proxy({}, environment),
  stdout: stream(2),
  stderr: stream(4),
  nextTick,
  hrtime,
  cwd: () => '/',
  chdir: absent('chdir'),
  umask: () => 0o22,
  uptime: () => hb.monotonic() / 1e6,
  memoryUsage: Object.assign(() => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }), { rss: () => 0 }),
  cpuUsage: () => ({ user: 0, system: 0 }),
  getuid: () => 1000,
  getgid: () => 1000,
  geteuid: () => 1000,
  getegid: () => 1000,
  exit: (code) => hb.exit(Number(code ?? process.exitCode ?? 0) | 0),
  abort: () => hb.exit(134),
  kill: absent('kill'),
  binding: absent('binding'),
  dlopen: absent('dlopen'),
  emitWarning(warning, options) {
    const type = typeof options === 'string' ? options : (options?.type ?? 'Warning');
    const name = warning instanceof Error ? warning.name : type;
    const message = warning instanceof Error ? warning.message : String(warning);
    hb.log(3, `${name}: ${message}`);
  },
});
expose({ [Symbol.toStringTag]: 'process' }, process);

// Node's is no proxy that anybody could see.
const { proxyDetails } = hb;
const { env } = process;
hb.proxyDetails = (value) => (value === env ? undefined : proxyDetails(value));

export function setVersion(version) {
  process.version = version;
  process.versions = { node: version.slice(1), modules: '0' };
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
