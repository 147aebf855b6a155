// Randomness: bytes come from the host, and are asked for only when somebody wants them.
import { Buffer } from '../buffer.js';

const LARGEST = 65536;

export function fill(bytes) {
  hb.random(bytes);
  return bytes;
}

export function randomUUID() {
  const bytes = fill(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function getRandomValues(array) {
  if (!ArrayBuffer.isView(array) || array instanceof DataView || array instanceof Float32Array || array instanceof Float64Array) {
    throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (array.byteLength > LARGEST) throw new DOMException(`The requested length exceeds ${LARGEST} bytes`, 'QuotaExceededError');
  fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return array;
}

function later(callback, work) {
  if (typeof callback !== 'function') return work();
  let result;
  try {
    result = work();
  } catch (error) {
    queueMicrotask(() => callback(error));
    return undefined;
  }
  queueMicrotask(() => callback(null, result));
  return undefined;
}

export function randomBytes(size, callback) {
  if (!Number.isInteger(size) || size < 0 || size > 2 ** 31 - 1) {
    throw Object.assign(new RangeError(`The value of "size" is out of range. Received ${size}`), { code: 'ERR_OUT_OF_RANGE' });
  }
  return later(callback, () => fill(Buffer.alloc(size)));
}

export function randomFillSync(target, offset = 0, size = target.byteLength - offset) {
  const bytes = target instanceof ArrayBuffer ? new Uint8Array(target) : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  fill(bytes.subarray(offset, offset + size));
  return target;
}

export function randomFill(target, ...rest) {
  const callback = rest.pop();
  later(callback, () => randomFillSync(target, ...rest));
}

// Draws again what would favour the small numbers.
export function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') return randomInt(0, min, max);
  const range = max - min;
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || range <= 0 || range > 2 ** 48) {
    throw Object.assign(new RangeError('The value of "max" is out of range'), { code: 'ERR_OUT_OF_RANGE' });
  }
  return later(callback, () => {
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const drawn = fill(new Uint8Array(6)).reduce((number, byte) => number * 256 + byte, 0);
      if (drawn < limit) return min + (drawn % range);
    }
  });
}

export { later };
