// Randomness: bytes come from the host, and are asked for only when somebody wants them.
import { Buffer } from '../buffer.js';
import { invalidArgType, outOfRange, validateBoolean, validateFunction, validateNumber, validateObject } from '../errors.js';
import { isBytes, later, viewOf } from './bytes.js';

const LARGEST = 2 ** 31 - 1;
const RANGE = 2 ** 48 - 1;

export function fill(bytes) {
  hb.random(bytes);
  return bytes;
}

function makeUuid() {
  const bytes = fill(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Buffer.from(bytes.buffer).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function randomUUID(options) {
  if (options !== undefined) validateObject(options, 'options');
  if (options?.disableEntropyCache !== undefined) validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
  return makeUuid();
}

const INTEGERS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array];

export function fillValues(array) {
  if (!INTEGERS.some((Type) => array instanceof Type)) {
    throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (array.byteLength > 65536) {
    throw new DOMException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
  }
  fill(viewOf(array));
  return array;
}

function checkSize(size, unit, offset, length) {
  validateNumber(size, 'size');
  const bytes = size * unit;
  if (Number.isNaN(bytes) || bytes > LARGEST || bytes < 0) throw outOfRange('size', `>= 0 && <= ${LARGEST}`, bytes);
  if (bytes + offset > length) throw outOfRange('size + offset', `<= ${length}`, bytes + offset);
  return Math.trunc(bytes);
}

function checkOffset(offset, unit, length) {
  validateNumber(offset, 'offset');
  const bytes = offset * unit;
  const most = Math.min(length, LARGEST);
  if (Number.isNaN(bytes) || bytes > most || bytes < 0) throw outOfRange('offset', `>= 0 && <= ${most}`, bytes);
  return Math.trunc(bytes);
}

export function randomBytes(size, callback) {
  checkSize(size, 1, 0, Infinity);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const make = () => fill(Buffer.alloc(Math.trunc(size)));
  return callback === undefined ? make() : later(callback, make);
}

function part(buffer, offset, size) {
  if (!isBytes(buffer)) throw invalidArgType('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  const unit = buffer.BYTES_PER_ELEMENT ?? 1;
  const start = checkOffset(offset, unit, buffer.byteLength);
  const length = size === undefined ? buffer.byteLength - start : checkSize(size, unit, start, buffer.byteLength);
  return viewOf(buffer).subarray(start, start + length);
}

export function randomFillSync(buffer, offset = 0, size) {
  fill(part(buffer, offset, size));
  return buffer;
}

export function randomFill(buffer, offset, size, callback) {
  if (!isBytes(buffer)) throw invalidArgType('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  let [start, length, done] = [offset, size, callback];
  if (typeof offset === 'function') [start, length, done] = [0, undefined, offset];
  else if (typeof size === 'function') [length, done] = [buffer.length - offset, size];
  else validateFunction(callback, 'callback');
  const target = part(buffer, start, typeof offset === 'function' ? undefined : length);
  later(done, () => {
    fill(target);
    return buffer;
  });
}

const safe = (value, name) => {
  if (!Number.isSafeInteger(value)) throw invalidArgType(name, 'a safe integer', value);
};

// Draws again what would favour the small numbers.
export function randomInt(min, max, callback) {
  const one = max === undefined || typeof max === 'function';
  const [low, high, done] = one ? [0, min, max] : [min, max, callback];
  if (done !== undefined) validateFunction(done, 'callback');
  safe(low, 'min');
  safe(high, 'max');
  if (high <= low) throw outOfRange('max', `greater than the value of "min" (${low})`, high);
  const range = high - low;
  if (range > RANGE) throw outOfRange(one ? 'max' : 'max - min', `<= ${RANGE}`, range);
  const limit = RANGE + 1 - ((RANGE + 1) % range);
  const draw = () => {
    for (;;) {
      const drawn = fill(new Uint8Array(6)).reduce((number, byte) => number * 256 + byte, 0);
      if (drawn < limit) return low + (drawn % range);
    }
  };
  return done === undefined ? draw() : later((error, number) => done(error ?? undefined, number), draw);
}
