// Whether two values are deeply equal, loosely or strictly, by the rules of Node's assertions.
import { types } from '../kinds.js';

const { is, keys, hasOwn, getOwnPropertySymbols, getPrototypeOf, prototype: { toString, propertyIsEnumerable } } = Object;
const { apply } = Reflect;

const isObject = (value) => value !== null && typeof value === 'object';
const isError = (value) => types.isNativeError(value) || value instanceof Error;
const isIndex = (key) => /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1;
const bytes = (value) => new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
const same = (first, second) => first.length === second.length && first.every((each, at) => each === second[at]);

class Comparison {
  // What is being compared: where both sides lead back to something of it, they agree.
  #first = new Map();
  #second = new Map();
  #depth = 0;
  constructor(strict) {
    this.strict = strict;
  }

  equal(a, b) {
    if (a === b) return a !== 0 || !this.strict || is(a, b);
    if (this.strict) {
      if (!isObject(a)) return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b);
      if (!isObject(b) || getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    } else {
      // eslint-disable-next-line eqeqeq -- it is what is meant
      if (!isObject(a)) return !isObject(b) && (a == b || (Number.isNaN(a) && Number.isNaN(b)));
      if (!isObject(b)) return false;
    }
    if (apply(toString, a, []) !== apply(toString, b, [])) return false;
    return this.#content(a, b);
  }

  #content(a, b) {
    if (Array.isArray(a)) {
      if (!Array.isArray(b) || a.length !== b.length) return false;
      return this.#members(a, b, 'array', (object) => keys(object).filter((key) => !isIndex(key)));
    }
    if (types.isDate(a)) {
      if (!types.isDate(b) || Date.prototype.getTime.call(a) !== Date.prototype.getTime.call(b)) return false;
    } else if (types.isRegExp(a)) {
      if (!types.isRegExp(b) || a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
    } else if (isError(a)) {
      if (!isError(b) || a.message !== b.message || a.name !== b.name) return false;
      if (!['cause', 'errors'].every((name) => hasOwn(a, name) === hasOwn(b, name) && (!hasOwn(a, name) || this.equal(a[name], b[name])))) return false;
    } else if (ArrayBuffer.isView(a)) {
      if (!this.#views(a, b)) return false;
      return this.#members(a, b, 'object', (object) => keys(object).filter((key) => !isIndex(key)));
    } else if (types.isSet(a)) {
      if (!types.isSet(b) || a.size !== b.size) return false;
      return this.#members(a, b, 'set');
    } else if (types.isMap(a)) {
      if (!types.isMap(b) || a.size !== b.size) return false;
      return this.#members(a, b, 'map');
    } else if (types.isAnyArrayBuffer(a)) {
      if (!types.isAnyArrayBuffer(b) || !same(bytes(a), bytes(b))) return false;
    } else if (types.isBoxedPrimitive(a)) {
      if (!this.#boxed(a, b)) return false;
    } else if (Array.isArray(b) || ArrayBuffer.isView(b) || types.isSet(b) || types.isMap(b) || types.isDate(b) || types.isRegExp(b)
      || types.isAnyArrayBuffer(b) || types.isBoxedPrimitive(b) || isError(b)) {
      return false;
    }
    return this.#members(a, b, 'object');
  }

  // Bytes, except that loosely -0 is 0.
  #views(a, b) {
    if (!ArrayBuffer.isView(b) || a.byteLength !== b.byteLength) return false;
    if (!this.strict && (types.isFloat32Array(a) || types.isFloat64Array(a))) return same(a, b);
    return same(bytes(a), bytes(b));
  }

  #boxed(a, b) {
    for (const kind of ['Number', 'String', 'Boolean', 'BigInt', 'Symbol']) {
      const has = types[`is${kind}Object`];
      if (has(a)) return has(b) && is(globalThis[kind].prototype.valueOf.call(a), globalThis[kind].prototype.valueOf.call(b));
    }
    return false;
  }

  #members(a, b, form, names = keys) {
    const own = names(a);
    if (own.length !== names(b).length || !own.every((key) => hasOwn(b, key))) return false;
    if (this.strict) {
      const listed = (object) => getOwnPropertySymbols(object).filter((key) => apply(propertyIsEnumerable, object, [key]));
      const symbols = listed(a);
      if (symbols.length !== listed(b).length || !symbols.every((key) => apply(propertyIsEnumerable, b, [key]))) return false;
      own.push(...symbols);
    }
    const [first, second] = [this.#first.get(a), this.#second.get(b)];
    if (first !== undefined && second !== undefined) return true;
    this.#depth++;
    this.#first.set(a, this.#depth);
    this.#second.set(b, this.#depth);
    const result = this.#elements(a, b, form) && own.every((key) => this.equal(a[key], b[key]));
    this.#first.set(a, first);
    this.#second.set(b, second);
    return result;
  }

  #elements(a, b, form) {
    if (form === 'set') return this.#sets(a, b);
    if (form === 'map') return this.#maps(a, b);
    if (form !== 'array') return true;
    for (let at = 0; at < a.length; at++) {
      if (hasOwn(a, at) !== hasOwn(b, at)) return false;
      if (hasOwn(a, at) && !this.equal(a[at], b[at])) return false;
    }
    return true;
  }

  // Whether something loose could stand for a primitive that is not there.
  #may(value) {
    return isObject(value) || typeof value === 'function' ? true : !this.strict;
  }

  #sets(a, b) {
    const left = [];
    for (const value of a) {
      if (b.has(value)) continue;
      if (!this.#may(value)) return false;
      left.push(value);
    }
    const rest = [...b].filter((value) => !a.has(value));
    return this.#match(left, rest, (one, other) => this.equal(one, other));
  }

  #maps(a, b) {
    const left = [];
    for (const [key, value] of a) {
      if (!isObject(key) && b.has(key) && this.equal(value, b.get(key))) continue;
      if (!isObject(key) && this.strict) return false;
      left.push([key, value]);
    }
    const taken = new Set([...a.keys()].filter((key) => !left.some(([other]) => other === key)));
    const rest = [...b].filter(([key]) => !taken.has(key));
    return this.#match(left, rest, ([key, value], [otherKey, other]) => this.equal(key, otherKey) && this.equal(value, other));
  }

  #match(left, rest, fits) {
    return left.every((each) => {
      const at = rest.findIndex((other) => fits(each, other));
      if (at < 0) return false;
      rest.splice(at, 1);
      return true;
    });
  }
}

export const isDeepEqual = (a, b) => new Comparison(false).equal(a, b);
export function isDeepStrictEqual(val1, val2) { return new Comparison(true).equal(val1, val2); }
