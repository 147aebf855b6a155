// TextEncoder and TextDecoder. The conversions are the engine's, where every encoding of the web is known.
import { coded, invalidArgType, invalidThis, validateObject, validateString } from './errors.js';

const custom = Symbol.for('nodejs.util.inspect.custom');
const { encodeUtf8, encodeInto, decodeStream, encodingOf, decodeText, isUtf8 } = hb;
const EMPTY = new Uint8Array(0);

// The bytes of whatever has some, or undefined.
export function bytesIn(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return new Uint8Array(source);
  return undefined;
}

export function bytesOf(source) {
  const bytes = source === undefined ? EMPTY : bytesIn(source);
  if (bytes === undefined) throw new TypeError('The argument must be an instance of ArrayBuffer or ArrayBufferView');
  return bytes;
}

const enumerable = (Class, names) => {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
};

export const { TextEncoder } = {
  TextEncoder: class {
    #made = true;
    static of(encoder) { return encoder !== null && typeof encoder === 'object' && #made in encoder; }
    get encoding() {
      if (!isEncoder(this)) throw invalidThis('TextEncoder');
      return 'utf-8';
    }
    encode(input = '') {
      if (!isEncoder(this)) throw invalidThis('TextEncoder');
      return encodeUtf8(`${input}`);
    }
    encodeInto(src, dest) {
      if (!isEncoder(this)) throw invalidThis('TextEncoder');
      validateString(src, 'src');
      if (!(dest instanceof Uint8Array)) throw invalidArgType('dest', 'Uint8Array', dest);
      const [read, written] = encodeInto(src, dest);
      return { read, written };
    }
    [custom](depth, options, inspect) {
      if (depth < 0) return this;
      return inspect({ encoding: 'utf-8' }, options);
    }
  },
};
const isEncoder = TextEncoder.of;
delete TextEncoder.of;
enumerable(TextEncoder, ['encoding', 'encode', 'encodeInto']);

const FATAL = 1;
const KEEPS_MARK = 2;
const MORE = 4;

const unsupported = (label) => coded(RangeError, 'ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
const invalid = (encoding) => coded(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', `The encoded data was not valid for encoding ${encoding}`);

// Labels of encodings that nothing may be decoded from.
const REPLACED = new Set(['replacement', 'hz-gb-2312', 'csiso2022kr', 'iso-2022-kr', 'iso-2022-cn', 'iso-2022-cn-ext']);

function encodingFor(label) {
  const encoding = label === 'utf-8' || label === 'utf8' ? 'utf-8' : encodingOf(label);
  if (encoding !== undefined) return encoding;
  const plain = label.trim().toLowerCase();
  throw unsupported(REPLACED.has(plain) ? 'replacement' : label);
}

export const { TextDecoder } = {
  TextDecoder: class {
    #encoding;
    #flags;
    // The engine's number for a text that is not over, else -1.
    #underWay = -1;
    constructor(label = 'utf-8', options = {}) {
      const name = `${label}`;
      validateObject(options, 'options', { nullable: true, allowArray: true, allowFunction: true });
      this.#encoding = encodingFor(name);
      this.#flags = (options?.fatal ? FATAL : 0) | (options?.ignoreBOM ? KEEPS_MARK : 0);
    }
    static of(decoder) { return decoder !== null && typeof decoder === 'object' && #flags in decoder; }
    decode(input = EMPTY, options = {}) {
      if (!isDecoder(this)) throw invalidThis('TextDecoder');
      const bytes = bytesIn(input);
      if (bytes === undefined) {
        const name = this.#encoding === 'utf-8' && !options?.stream ? 'list' : 'input';
        throw coded(TypeError, 'ERR_INVALID_ARG_TYPE',
          `The "${name}" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.`);
      }
      if (this.#encoding !== 'utf-8') validateObject(options, 'options', { nullable: true, allowArray: true, allowFunction: true });
      const more = options?.stream ? MORE : 0;
      if (more === 0 && this.#underWay < 0 && this.#encoding === 'utf-8') return this.#decodeWhole(bytes);
      const [text, underWay] = decodeStream(this.#encoding, this.#underWay, bytes, this.#flags | more);
      this.#underWay = underWay;
      if (text === undefined) throw invalid(this.#encoding);
      return text;
    }
    // UTF-8 in one piece.
    #decodeWhole(bytes) {
      if (this.#flags & FATAL && !isUtf8(bytes)) throw invalid('utf-8');
      const marked = !(this.#flags & KEEPS_MARK) && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      return decodeText(bytes, 0, marked ? 3 : 0);
    }
    get encoding() {
      if (!isDecoder(this)) throw invalidThis('TextDecoder');
      return this.#encoding;
    }
    get fatal() {
      if (!isDecoder(this)) throw invalidThis('TextDecoder');
      return (this.#flags & FATAL) !== 0;
    }
    get ignoreBOM() {
      if (!isDecoder(this)) throw invalidThis('TextDecoder');
      return (this.#flags & KEEPS_MARK) !== 0;
    }
    [custom](depth, options, inspect) {
      if (!isDecoder(this)) throw invalidThis('TextDecoder');
      if (depth < 0) return this;
      const { encoding, fatal, ignoreBOM } = this;
      return `TextDecoder ${inspect({ encoding, fatal, ignoreBOM }, options)}`;
    }
  },
};
const isDecoder = TextDecoder.of;
delete TextDecoder.of;
enumerable(TextDecoder, ['decode', 'encoding', 'fatal', 'ignoreBOM']);
