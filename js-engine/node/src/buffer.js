// `Buffer`, with the conversions that are worth it done in the engine.
import * as buffer from 'buffer/index.js';
import { expose } from './expose.js';

const { Buffer } = buffer;
const custom = Symbol.for('nodejs.util.inspect.custom');
const { from } = Buffer;
const { toString, subarray } = Buffer.prototype;
const isUtf8 = (encoding) => encoding === undefined || encoding === 'utf8' || encoding === 'utf-8';

function view(bytes) {
  return Object.setPrototypeOf(bytes, Buffer.prototype);
}

// `base64url` came to Node after the package.
const isUrlSafe = (encoding) => typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';
const { isEncoding } = Buffer;

expose({
  from(value, encoding, length) {
    if (typeof value === 'string') {
      if (isUtf8(encoding)) return view(hb.encodeUtf8(value));
      if (isUrlSafe(encoding)) return from(value, 'base64');
    }
    return from(value, encoding, length);
  },
  isEncoding: (encoding) => isUrlSafe(encoding) || isEncoding(encoding),
}, Buffer);

expose({
  toString(encoding, start, end) {
    if (isUtf8(encoding) && start === undefined && end === undefined) return hb.decodeUtf8(this);
    if (!isUrlSafe(encoding)) return Reflect.apply(toString, this, [encoding, start, end]);
    const text = Reflect.apply(toString, this, ['base64', start, end]);
    return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  },
  [custom](_, { maxBytes = 50 } = {}) {
    const shown = [...Reflect.apply(subarray, this, [0, maxBytes])].map((byte) => byte.toString(16).padStart(2, '0'));
    const more = this.length > maxBytes ? ` ... ${this.length - maxBytes} more byte${this.length > maxBytes + 1 ? 's' : ''}` : '';
    return `<Buffer${shown.length > 0 ? ' ' : ''}${shown.join(' ')}${more}>`;
  },
}, Buffer.prototype);
delete Buffer.prototype.inspect;

export { Buffer };

const { btoa, atob } = globalThis;
export const bufferModule = {
  Buffer,
  SlowBuffer: buffer.SlowBuffer,
  INSPECT_MAX_BYTES: 50,
  kMaxLength: buffer.kMaxLength,
  kStringMaxLength: 2 ** 30 - 1,
  constants: { MAX_LENGTH: buffer.kMaxLength, MAX_STRING_LENGTH: 2 ** 30 - 1 },
  btoa,
  atob,
  isUtf8: (bytes) => {
    try {
      hb.decodeUtf8(new Uint8Array(bytes.buffer ?? bytes), true);
      return true;
    } catch {
      return false;
    }
  },
  isAscii: (bytes) => new Uint8Array(bytes.buffer ?? bytes).every((byte) => byte < 128),
};
