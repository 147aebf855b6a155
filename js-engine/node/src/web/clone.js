// `structuredClone`: what V8's serialiser makes of a value, without the detour through bytes.
import { coded, invalidArgType } from '../errors.js';
import { DOMException, isDomException } from './dom-exception.js';

const { kindOf } = hb;
const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const VIEWS = new Set(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array',
  'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView']);
const BOXED = new Set(['Number', 'String', 'Boolean', 'BigInt']);
const PLAIN = new Set(['Object', 'Array', 'Arguments']);
const lengthOf = (view) => view.length ?? view.byteLength;

// Classes whose objects can be cloned say how.
const others = [];
export const useInClones = (is, clone) => others.push([is, clone]);

const refuse = (what) => new DOMException(`${what} could not be cloned.`, 'DataCloneError');

function nameOf(value) {
  for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
    const made = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof made === 'function' && made.name !== '') return made.name;
  }
  return 'Object';
}

function refused(value, kind) {
  if (typeof value === 'symbol' || typeof value === 'function') return refuse(String(value));
  if (kind === 'Proxy') return refuse('#<Object>');
  if (/Iterator$|^(Async)?Generator$/.test(kind)) return refuse(Object.prototype.toString.call(value));
  return refuse(`#<${nameOf(value)}>`);
}

class Cloner {
  #known = new Map();
  constructor(moved) {
    this.moved = moved;
  }
  clone(value) {
    if (typeof value === 'symbol') throw refused(value);
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
    if (this.#known.has(value)) return this.#known.get(value);
    const kind = kindOf(value);
    if (typeof value === 'function') throw refused(value, kind);
    return this.#copy(value, kind);
  }
  #keep(value, copy) {
    this.#known.set(value, copy);
    return copy;
  }
  #copy(value, kind) {
    if (isDomException(value)) return this.#exception(value);
    const known = others.find(([is]) => is(value));
    if (known !== undefined) return this.#keep(value, known[1](value));
    if (PLAIN.has(kind)) return this.#properties(value, this.#keep(value, Array.isArray(value) ? new Array(value.length) : {}));
    if (BOXED.has(kind)) return this.#keep(value, Object(globalThis[kind].prototype.valueOf.call(value)));
    if (VIEWS.has(kind)) return this.#view(value, kind);
    switch (kind) {
      case 'Date': return this.#keep(value, new Date(Date.prototype.getTime.call(value)));
      case 'RegExp': return this.#keep(value, new RegExp(value.source, value.flags));
      case 'Map': return this.#map(value);
      case 'Set': return this.#set(value);
      case 'Error': return this.#error(value);
      case 'ArrayBuffer': return this.#keep(value, this.moved.has(value) ? this.moved.get(value)() : value.slice(0));
      case 'SharedArrayBuffer': return this.#keep(value, value);
      default: throw refused(value, kind);
    }
  }
  #properties(value, copy) {
    for (const name of Object.keys(value)) {
      const cloned = this.clone(value[name]);
      Object.defineProperty(copy, name, { value: cloned, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }
  #view(value, kind) {
    const buffer = this.clone(value.buffer);
    return this.#keep(value, new globalThis[kind](buffer, value.byteOffset, lengthOf(value)));
  }
  #map(value) {
    const copy = this.#keep(value, new Map());
    const entries = [...Map.prototype.entries.call(value)];
    for (const [key, item] of entries) copy.set(this.clone(key), this.clone(item));
    return copy;
  }
  #set(value) {
    const copy = this.#keep(value, new Set());
    for (const item of [...Set.prototype.values.call(value)]) copy.add(this.clone(item));
    return copy;
  }
  #error(value) {
    const Class = Object.hasOwn(ERRORS, value.name) ? ERRORS[value.name] : Error;
    const made = this.#keep(value, Object.setPrototypeOf(new Error(), Class.prototype));
    const put = (name, item) => Object.defineProperty(made, name, { value: item, writable: true, configurable: true });
    const message = Object.getOwnPropertyDescriptor(value, 'message');
    if (message !== undefined && 'value' in message) put('message', String(message.value));
    if (Object.hasOwn(value, 'cause')) put('cause', this.clone(value.cause));
    const { stack } = value;
    if (typeof stack === 'string') put('stack', stack);
    return made;
  }
  #exception(value) {
    const copy = this.#keep(value, new DOMException(value.message, value.name));
    if (typeof value.stack === 'string') Object.defineProperty(copy, 'stack', { value: value.stack, writable: true, configurable: true });
    return copy;
  }
}

// What is transferred is moved only when all else is known to be cloned.
function transferred(list) {
  const moved = new Map();
  for (const each of list) {
    if (kindOf(each) !== 'ArrayBuffer') throw new DOMException('Found invalid value in transferList', 'DataCloneError');
    if (moved.has(each)) throw new DOMException('Transfer list contains duplicate ArrayBuffer', 'DataCloneError');
    if (each.detached) throw new DOMException('An ArrayBuffer is detached and could not be cloned.', 'DataCloneError');
    moved.set(each, () => each.slice(0));
  }
  return moved;
}

export function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw coded(TypeError, 'ERR_MISSING_ARGS', 'The value argument must be specified');
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
    throw invalidArgType('options', 'Object', options);
  }
  const moved = transferred(options?.transfer ?? []);
  const copy = new Cloner(moved).clone(value);
  for (const buffer of moved.keys()) buffer.transfer();
  return copy;
}
Object.defineProperty(structuredClone, 'length', { value: 0, configurable: true });
