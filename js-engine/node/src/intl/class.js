// What the constructors of Intl have in common: their objects' hidden state, the errors of a wrong `this`, and how they are laid out.
import { supportedLocalesOf } from './locales.js';

const { defineProperty } = Object;

export function described(value) {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? '[object Array]' : `#<${value.constructor?.name ?? 'Object'}>`;
}

// Where objects of a class keep what they were made with.
export function states(name) {
  const kept = new WeakMap();
  return {
    set(object, state) { kept.set(object, state); },
    find: (object) => (typeof object === 'object' && object !== null ? kept.get(object) : undefined),
    get(object, method) {
      const state = typeof object === 'object' && object !== null ? kept.get(object) : undefined;
      if (state === undefined) throw new TypeError(`Method ${method.startsWith('get ') ? `get ${name}.prototype.${method.slice(4)}` : `${name}.prototype.${method}`} called on incompatible receiver ${described(object)}`);
      return state;
    },
  };
}

export function unwrapped(kept, name, object) {
  const state = kept.find(object);
  if (state === undefined) throw new TypeError(`Method Unwrap${name} called on incompatible receiver undefined`);
  return state;
}

// Options that older constructors take: whatever can be an object.
export function coerced(options, service) {
  if (options === undefined) return { __proto__: null };
  if (options === null) throw new TypeError(`${service} called on null or undefined`);
  return Object(options);
}

// Options that newer constructors take: an object, or nothing.
export function strict(options) {
  if (options === undefined) return { __proto__: null };
  if (options === null || (typeof options !== 'object' && typeof options !== 'function')) throw new TypeError('invalid_argument');
  return options;
}

export function requireNew(target, name) {
  if (target === undefined) throw new TypeError(`Constructor Intl.${name} requires 'new'`);
}

// Gives a constructor its prototype's methods. `letter` is the service in the host's table of locales.
export function laidOut(own, constructor, methods, letter, length = 0) {
  const name = `Intl.${own}`;
  const { prototype } = constructor;
  // Said here, because a bundler renames functions that are called like a variable.
  defineProperty(constructor, 'name', { value: own, configurable: true });
  defineProperty(constructor, 'length', { value: length, configurable: true });
  defineProperty(constructor, 'prototype', { writable: false });
  const described = Object.getOwnPropertyDescriptors(methods);
  for (const key of Reflect.ownKeys(described)) defineProperty(prototype, key, { ...described[key], enumerable: false });
  defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  if (letter !== undefined) {
    const statics = { supportedLocalesOf(locales) {
      if (arguments[1] === null) throw new TypeError(`${name}.supportedLocalesOf called on null or undefined`);
      return supportedLocalesOf(letter, `${name}.supportedLocalesOf`, locales, arguments[1]);
    } };
    defineProperty(constructor, 'supportedLocalesOf', { value: statics.supportedLocalesOf, writable: true, configurable: true });
  }
  return constructor;
}

export function numberOf(value) {
  if (typeof value === 'bigint') throw new TypeError('Cannot convert a BigInt value to a number');
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a number');
  return Number(value);
}

// A function that a getter hands out has no name.
export const nameless = (f) => defineProperty(f, 'name', { value: '', configurable: true });
