// `require('string_decoder')`: text from bytes that come in pieces, in any of Buffer's encodings. What a piece leaves unfinished is kept for
// the next.
import { Buffer } from './buffer.js';
import { encodingNumber, normalizeEncoding } from './buffer/encodings.js';
import { bytesIn } from './encoding.js';
import { invalidArgType, invalidThis, unknownEncoding } from './errors.js';

const { decodeText } = hb;

// The kept bytes of each decoder: at most four, as many as there are, and how many the character has.
const states = new WeakMap();

// How many bytes at the end belong to an unfinished character, and how many that has.
function unfinishedUtf8(bytes) {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc0 && byte < 0xe0 ? 2 : 1;
    return size > back ? [back, size] : [0, 0];
  }
  return [0, 0];
}

function unfinishedUtf16(bytes, before) {
  // Half a pair is waited for, whatever comes.
  if (before === 2 && bytes.length === 3) return [3, 4];
  if (bytes.length % 2 === 1) return [1, 2];
  return bytes.length > 0 && (bytes[bytes.length - 1] & 0xfc) === 0xd8 ? [2, 4] : [0, 0];
}

const unfinished = {
  utf8: unfinishedUtf8,
  utf16le: unfinishedUtf16,
  base64: (bytes) => (bytes.length % 3 === 0 ? [0, 0] : [bytes.length % 3, 3]),
};
unfinished.base64url = unfinished.base64;

function stateOf(decoder) {
  const state = states.get(decoder);
  if (state === undefined) throw invalidThis('StringDecoder');
  return state;
}

const decode = (bytes, encoding) => decodeText(bytes, encodingNumber(encoding));

function write(decoder, piece) {
  const state = stateOf(decoder);
  const parts = unfinished[state.encoding];
  if (parts === undefined) return decode(piece, state.encoding);
  let bytes = piece;
  if (state.kept > 0) {
    bytes = new Uint8Array(state.kept + piece.length);
    bytes.set(state.last.subarray(0, state.kept));
    bytes.set(piece, state.kept);
  }
  const [kept, size] = parts(bytes, state.kept);
  state.last.set(bytes.subarray(bytes.length - kept));
  state.kept = kept;
  state.size = size;
  return decodeText(bytes, encodingNumber(state.encoding), 0, bytes.length - kept);
}

export const { StringDecoder } = {
  StringDecoder: function (encoding) {
    const name = normalizeEncoding(encoding);
    if (name === undefined) throw unknownEncoding(encoding);
    this.encoding = name;
    states.set(this, { encoding: name, last: Buffer.alloc(4), kept: 0, size: 0 });
  },
};

Object.assign(StringDecoder.prototype, {
  write: function write_(buf) {
    if (typeof buf === 'string') return buf;
    if (!ArrayBuffer.isView(buf)) throw invalidArgType('buf', ['Buffer', 'TypedArray', 'DataView'], buf);
    return write(this, bytesIn(buf));
  },
  end(buf) {
    let text = buf === undefined ? '' : this.write(buf);
    const state = stateOf(this);
    if (state.kept > 0) {
      const whole = state.encoding === 'utf16le' ? state.kept - (state.kept % 2) : state.kept;
      text += decode(state.last.subarray(0, whole), state.encoding);
      [state.kept, state.size] = [0, 0];
    }
    return text;
  },
  text(buf, offset) {
    const state = stateOf(this);
    [state.kept, state.size] = [0, 0];
    return this.write(buf.slice(offset));
  },
});
Object.defineProperty(StringDecoder.prototype.write, 'name', { value: 'write' });
Object.defineProperties(StringDecoder.prototype, {
  lastChar: { get() { return stateOf(this).last; }, enumerable: true, configurable: true },
  lastNeed: { get() { return stateOf(this).size - stateOf(this).kept; }, enumerable: true, configurable: true },
  lastTotal: { get() { return stateOf(this).size; }, enumerable: true, configurable: true },
});
