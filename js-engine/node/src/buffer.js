// `require('buffer')`. The conversions themselves are the engine's.
import { invalidArgType, invalidState, missingArgs, validateNumber } from './errors.js';
import { Buffer, isAnyArrayBuffer, isTypedArray, maxLength } from './buffer/make.js';
import './buffer/numbers.js';
import { bufferLimits, transcode } from './buffer/methods.js';
import { Blob, File, resolveObjectURL } from './web/blob.js';

export { Buffer };

const { atob: decodeBase64, btoa: encodeBase64, DOMException } = globalThis;
const MAX_STRING_LENGTH = 0x1fffffe8;

const { atob, btoa } = {
  atob(input) {
    if (arguments.length === 0) throw missingArgs('input');
    const text = `${input}`;
    try {
      return decodeBase64(text);
    } catch {
      const plain = text.replace(/[\t\n\f\r ]/g, '');
      const foreign = /[^+/=0-9A-Za-z]|=[^=]|===/.test(plain) || (plain.includes('=') && plain.length % 4 !== 0);
      throw new DOMException(foreign ? 'Invalid character' : 'The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
    }
  },
  btoa(input) {
    if (arguments.length === 0) throw missingArgs('input');
    const text = `${input}`;
    if (/[^\0-\xff]/.test(text)) throw new DOMException('Invalid character', 'InvalidCharacterError');
    return encodeBase64(text);
  },
};

function inputBytes(input) {
  if (!isTypedArray(input) && !isAnyArrayBuffer(input)) throw invalidArgType('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
  if ((input.buffer ?? input).detached) throw invalidState('Cannot validate on a detached buffer');
  return isTypedArray(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : new Uint8Array(input);
}

const { SlowBuffer } = {
  SlowBuffer: function (length) {
    validateNumber(length, 'size', 0, maxLength());
    return Buffer.allocUnsafeSlow(length);
  },
};
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

export const bufferModule = {
  Buffer,
  SlowBuffer,
  transcode,
  isUtf8(input) { return hb.isUtf8(inputBytes(input)); },
  isAscii(input) { return hb.isAscii(inputBytes(input)); },
  get kMaxLength() { return maxLength(); },
  kStringMaxLength: MAX_STRING_LENGTH,
  btoa,
  atob,
};
Object.defineProperties(bufferModule, {
  constants: { value: { get MAX_LENGTH() { return maxLength(); }, MAX_STRING_LENGTH }, enumerable: true },
  INSPECT_MAX_BYTES: {
    get() { return bufferLimits.shown; },
    set(value) {
      validateNumber(value, 'INSPECT_MAX_BYTES', 0);
      bufferLimits.shown = value;
    },
    enumerable: true,
    configurable: true,
  },
});
Object.assign(bufferModule, { Blob, resolveObjectURL, File });

export { atob, btoa };
