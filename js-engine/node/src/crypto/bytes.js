// What authors pass as data, as bytes; and bytes as what they want back.
import { Buffer } from '../buffer.js';

export function toBytes(data, encoding) {
  if (typeof data === 'string') return Buffer.from(data, encoding === 'buffer' ? 'utf8' : encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const received = data === null ? 'null' : typeof data;
  const message = `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${received}`;
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

export function toOutput(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding === undefined || encoding === 'buffer' ? buffer : buffer.toString(encoding);
}

export function join(chunks) {
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

// In constant time for inputs of one length.
export function timingSafeEqual(a, b) {
  const [left, right] = [toBytes(a), toBytes(b)];
  if (left.length !== right.length) {
    throw Object.assign(new RangeError('Input buffers must have the same byte length'), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
  }
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
  return difference === 0;
}
