// `Buffer` itself: all the ways to make one. What a buffer can do is added in the files beside this one.
import { coded, invalidArgType, unknownEncoding, validateArray, validateInteger, validateNumber } from '../errors.js';
import { encodingNumber, sizeOf } from './encodings.js';

const { encodeText } = hb;
const { setPrototypeOf } = Object;

// The longest there can be, which is more than memory has room for; it became larger with Node 22.
export const maxLength = () => (parseInt(globalThis.process?.versions?.node, 10) < 22 ? 2 ** 32 : Number.MAX_SAFE_INTEGER);

// A function written so that it has Node's name whatever the bundle calls it.
export const { Buffer } = {
  Buffer: function (arg, encodingOrOffset, length) {
    if (typeof arg !== 'number') return Buffer.from(arg, encodingOrOffset, length);
    if (typeof encodingOrOffset === 'string') throw invalidArgType('string', 'string', arg);
    return Buffer.alloc(arg);
  },
};

// What a buffer is to the language.
export const { FastBuffer } = { FastBuffer: class extends Uint8Array {} };
setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(FastBuffer.prototype, 'constructor', { value: Buffer, writable: true, configurable: true, enumerable: false });
Buffer.prototype = FastBuffer.prototype;
const { prototype } = Buffer;

// Bytes that were just made, as a buffer.
export const asBuffer = (bytes) => setPrototypeOf(bytes, prototype);

// The tags of objects from other places count as well.
const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const { apply } = Reflect;
export const isUint8Array = (value) => value instanceof FastBuffer || apply(tagOf, value, []) === 'Uint8Array';
export const isTypedArray = (value) => apply(tagOf, value, []) !== undefined;
const lengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
const sharedLengthOf = Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'byteLength').get;

function hasLength(get, value) {
  try {
    apply(get, value, []);
    return true;
  } catch {
    return false;
  }
}

export function isAnyArrayBuffer(value) {
  if (value === null || typeof value !== 'object') return false;
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return hasLength(lengthOf, value) || hasLength(sharedLengthOf, value);
  return false;
}

export const outOfBounds = (name) => coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
  name ? `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds');

function fromString(text, encoding) {
  if (typeof encoding !== 'string' || encoding === '') return asBuffer(encodeText(text, 0));
  const number = encodingNumber(encoding);
  if (number === undefined) throw unknownEncoding(encoding);
  return asBuffer(encodeText(text, number));
}

function fromArrayBuffer(buffer, byteOffset, length) {
  let offset = byteOffset === undefined ? 0 : +byteOffset;
  if (Number.isNaN(offset)) offset = 0;
  const most = buffer.byteLength - offset;
  if (most < 0) throw outOfBounds('offset');
  let size = length === undefined ? undefined : +length;
  if (size !== undefined) {
    if (!(size > 0)) size = 0;
    else if (size > most) throw outOfBounds('length');
  }
  return new FastBuffer(buffer, offset, size);
}

export function fromArrayLike(list) {
  if (list.length <= 0) return new FastBuffer();
  return new FastBuffer(list);
}

function fromObject(value) {
  if (value.length !== undefined || isAnyArrayBuffer(value.buffer)) {
    return typeof value.length === 'number' ? fromArrayLike(value) : new FastBuffer();
  }
  if (value.type === 'Buffer' && Array.isArray(value.data)) return fromArrayLike(value.data);
  return undefined;
}

const SOURCES = ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'];

function checkSize(size) {
  validateNumber(size, 'size', 0, maxLength());
}

function alloc(size) {
  checkSize(size);
  return new FastBuffer(size);
}

// Static methods are enumerable, as in Node.
Object.assign(Buffer, {
  poolSize: 8192,
  from: function from(value, encodingOrOffset, length) {
    if (typeof value === 'string') return fromString(value, encodingOrOffset);
    if (typeof value === 'object' && value !== null) {
      if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
      const primitive = value.valueOf?.();
      if (primitive !== undefined && primitive !== null && primitive !== value
        && (typeof primitive === 'string' || typeof primitive === 'object')) {
        return from(primitive, encodingOrOffset, length);
      }
      const made = fromObject(value);
      if (made !== undefined) return made;
      if (typeof value[Symbol.toPrimitive] === 'function') {
        const text = value[Symbol.toPrimitive]('string');
        if (typeof text === 'string') return fromString(text, encodingOrOffset);
      }
    }
    throw invalidArgType('first argument', SOURCES, value);
  },
  copyBytesFrom(view, offset, length) {
    if (!isTypedArray(view)) throw invalidArgType('view', ['TypedArray'], view);
    if (offset !== undefined) validateInteger(offset, 'offset', 0);
    if (length !== undefined) validateInteger(length, 'length', 0);
    const start = offset ?? 0;
    const copied = view.slice(start, length === undefined ? undefined : start + length);
    return fromArrayLike(new Uint8Array(copied.buffer, copied.byteOffset, copied.byteLength));
  },
  of(...items) {
    const made = new FastBuffer(items.length);
    for (let at = 0; at < items.length; at++) made[at] = items[at];
    return made;
  },
  alloc(size, fill, encoding) {
    const made = alloc(size);
    return fill !== undefined && fill !== 0 && size > 0 ? made.fill(fill, 0, made.length, encoding) : made;
  },
  // No memory of anybody's is ever handed out.
  allocUnsafe: function allocUnsafe(size) { return alloc(size); },
  allocUnsafeSlow: function allocUnsafeSlow(size) { return alloc(size); },
  isBuffer: function isBuffer(value) { return value instanceof Buffer; },
  compare: function compare(buf1, buf2) {
    if (!isUint8Array(buf1)) throw invalidArgType('buf1', ['Buffer', 'Uint8Array'], buf1);
    if (!isUint8Array(buf2)) throw invalidArgType('buf2', ['Buffer', 'Uint8Array'], buf2);
    return hb.compareBytes(buf1, buf2);
  },
  isEncoding: function isEncoding(encoding) {
    return typeof encoding === 'string' && encoding !== '' && encodingNumber(encoding) !== undefined;
  },
  concat: function concat(list, length) {
    validateArray(list, 'list');
    if (list.length === 0) return new FastBuffer();
    let size = length;
    if (length === undefined) {
      size = 0;
      for (let at = 0; at < list.length; at++) if (list[at].length) size += list[at].length;
    } else {
      validateInteger(length, 'length', 0, maxLength());
    }
    const all = alloc(size);
    let end = 0;
    for (let at = 0; at < list.length; at++) {
      const each = list[at];
      if (!isUint8Array(each)) throw invalidArgType(`list[${at}]`, ['Buffer', 'Uint8Array'], each);
      if (end < size) all.set(each.length > size - end ? each.subarray(0, size - end) : each, end);
      end += each.length;
    }
    return all;
  },
  byteLength: function byteLength(string, encoding) {
    if (typeof string === 'string') return sizeOf(string, encoding ? encodingNumber(encoding) : 0);
    if (ArrayBuffer.isView(string) || isAnyArrayBuffer(string)) return string.byteLength;
    throw invalidArgType('string', ['string', 'Buffer', 'ArrayBuffer'], string);
  },
});
Object.defineProperty(Buffer, Symbol.species, { get() { return FastBuffer; }, configurable: true });
