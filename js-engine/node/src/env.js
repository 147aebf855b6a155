// `process.env`: the hook's environment variables, read from the host when they are asked for, under what the author assigned.
import { coded } from './errors.js';
import { conceal } from './kinds.js';

// What the author assigned or deleted (undefined) here; it hides what the host has.
const assigned = new Map();

function valueOf(name) {
  if (typeof name !== 'string') return undefined;
  return assigned.has(name) ? assigned.get(name) : hb.env(name);
}

function set(name, value) {
  if (typeof name === 'symbol' || typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  assigned.set(name, `${value}`);
  return true;
}

function define(name, descriptor) {
  const failure = (text) => coded(TypeError, 'ERR_INVALID_OBJECT_DEFINE_PROPERTY', `'process.env' ${text}`);
  if ('value' in descriptor) {
    if (descriptor.configurable && descriptor.writable && descriptor.enumerable) return set(name, descriptor.value);
    throw failure('only accepts a configurable, writable, and enumerable data descriptor');
  }
  if ('get' in descriptor || 'set' in descriptor) throw failure('does not accept an accessor(getter/setter) descriptor');
  throw failure('only accepts a configurable, writable, and enumerable data descriptor');
}

export const env = conceal(new Proxy({}, {
  get: (_, name) => valueOf(name) ?? Object.prototype[name],
  has: (_, name) => valueOf(name) !== undefined || name in Object.prototype,
  set: (_, name, value) => set(name, value),
  defineProperty: (_, name, descriptor) => define(name, descriptor),
  deleteProperty(_, name) {
    assigned.set(name, undefined);
    return true;
  },
  ownKeys() {
    const names = (hb.env('') ?? '').split('\n').filter((name) => name !== '' && !assigned.has(name));
    return [...names, ...[...assigned.keys()].filter((name) => assigned.get(name) !== undefined)];
  },
  getOwnPropertyDescriptor(_, name) {
    const value = valueOf(name);
    return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
  },
}));
