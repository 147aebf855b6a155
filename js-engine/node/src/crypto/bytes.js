// What authors pass as data, as bytes; bytes as what they want back; and answers that come later.
import { StringDecoder } from '../string_decoder.js';
import { Buffer } from '../buffer.js';
import { coded, invalidArgType, unknownEncoding, validateEncoding, validateFunction } from '../errors.js';
import { setImmediate } from '../timers.js';

export const NOTHING = new Uint8Array(0);
// Known without asking.
const USUAL = new Set(['hex', 'base64', 'base64url']);
const ANY = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];

export const isBytes = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer
  || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer);
export const isTextOrBytes = (value) => typeof value === 'string' || isBytes(value);

// The bytes themselves, not a copy.
export function viewOf(value) {
  if (value instanceof Uint8Array) return value;
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

// Bytes that nobody else can change: `slice` of a Buffer would share its memory.
export const copyOf = (bytes) => new Uint8Array(bytes);

// In an encoding that is not one, text is UTF-8.
export function textBytes(text, encoding) {
  return Buffer.from(text, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
}

// `expected` is what Node's message names.
export function bytesOf(value, name, encoding, expected = ['string', ...ANY]) {
  if (typeof value === 'string') return textBytes(value, encoding);
  if (isBytes(value)) return viewOf(value);
  throw invalidArgType(name, expected, value);
}

// A piece of a message, as the `update` methods take it.
export function pieceOf(data, encoding) {
  if (typeof data === 'string') {
    validateEncoding(data, encoding);
    return textBytes(data, encoding);
  }
  if (ArrayBuffer.isView(data)) return viewOf(data);
  throw invalidArgType('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

export const bufferOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function arrayBufferOf({ buffer, byteOffset, byteLength }) {
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

// An encoding that is not one means bytes here, and is an error with `strict`.
export function toOutput(bytes, encoding, strict = false) {
  const buffer = bufferOf(bytes);
  if (!encoding || encoding === 'buffer') return buffer;
  if (USUAL.has(encoding) || Buffer.isEncoding(`${encoding}`)) return buffer.toString(`${encoding}`);
  if (strict) throw unknownEncoding(encoding);
  return buffer;
}

export function join(chunks) {
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

// Text cannot be cut anywhere; what is left waits for the next piece.
export function decoderFor(decoder, encoding) {
  if (decoder?.encoding === encoding) return decoder;
  if (!Buffer.isEncoding(encoding)) throw unknownEncoding(encoding);
  const wanted = new StringDecoder(encoding);
  if (decoder !== undefined && decoder.encoding !== wanted.encoding) {
    throw coded(Error, 'ERR_INTERNAL_ASSERTION', 'Cannot change encoding\nThis is caused by either a bug in Node.js or incorrect usage of '
      + 'Node.js internals.\nPlease open an issue with this stack trace at https://github.com/nodejs/node/issues\n');
  }
  return decoder ?? wanted;
}

// The host computes at once; the callback runs in a later turn, as it does on Node, where threads compute. What the arguments are
// wrong in is thrown to the caller and not passed to `compute`.
export function later(callback, compute) {
  validateFunction(callback, 'callback');
  let result;
  try {
    result = compute();
  } catch (error) {
    setImmediate(callback, error);
    return;
  }
  setImmediate(callback, null, result);
}

// In constant time for inputs of one length.
export function timingSafeEqual(...buffers) {
  const [left, right] = [0, 1].map((index) => {
    if (isBytes(buffers[index])) return viewOf(buffers[index]);
    const names = 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView';
    throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "buf${index + 1}" argument must be ${names}.`);
  });
  if (left.length !== right.length) {
    throw coded(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
  }
  return sameBytes(left, right);
}

export function sameBytes(left, right) {
  let difference = left.length ^ right.length;
  for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
  return difference === 0;
}
