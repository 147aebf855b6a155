// TextEncoder and TextDecoder: UTF-8 in the engine, UTF-16LE and Latin-1 here. Another encoding names itself.
const LABELS = new Map([
  ...['utf-8', 'utf8', 'unicode-1-1-utf-8'].map((label) => [label, 'utf-8']),
  ...['utf-16le', 'utf-16', 'ucs-2', 'unicode'].map((label) => [label, 'utf-16le']),
  ...['latin1', 'iso-8859-1', 'ascii', 'us-ascii', 'windows-1252', 'l1'].map((label) => [label, 'windows-1252']),
]);
const UPPER = '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

export function bytesOf(source) {
  if (source === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError('The argument must be an instance of ArrayBuffer or ArrayBufferView');
}

export class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') { return hb.encodeUtf8(`${text}`); }
  encodeInto(text, target) {
    let [read, written] = [0, 0];
    for (const char of `${text}`) {
      const encoded = hb.encodeUtf8(char);
      if (written + encoded.length > target.length) break;
      target.set(encoded, written);
      written += encoded.length;
      read += char.length;
    }
    return { read, written };
  }
}

// How many bytes at the end begin a character that more bytes could complete.
function unfinished(bytes) {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

function units(bytes, unit) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) {
    const codes = [];
    for (let j = i; j < Math.min(i + 4096, bytes.length - unit + 1); j += unit) {
      codes.push(unit === 2 ? bytes[j] | (bytes[j + 1] << 8) : bytes[j]);
    }
    text += String.fromCharCode(...codes);
  }
  return text;
}

const decoders = {
  'utf-8': (bytes, fatal) => hb.decodeUtf8(bytes, fatal),
  'utf-16le': (bytes) => units(bytes, 2),
  'windows-1252': (bytes) => units(bytes, 1).replace(/[\x80-\x9f]/g, (char) => UPPER[char.charCodeAt(0) - 0x80]),
};

export class TextDecoder {
  #rest = new Uint8Array(0);
  #started = false;
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    const encoding = LABELS.get(`${label}`.trim().toLowerCase());
    if (!encoding) throw new RangeError(`The "${label}" encoding is not supported`);
    Object.defineProperties(this, { encoding: { value: encoding }, fatal: { value: !!fatal }, ignoreBOM: { value: !!ignoreBOM } });
  }
  decode(source, { stream = false } = {}) {
    let bytes = bytesOf(source);
    if (this.#rest.length > 0) {
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, this.#rest.length);
      bytes = joined;
    }
    const kept = !stream ? 0 : this.encoding === 'utf-8' ? unfinished(bytes) : this.encoding === 'utf-16le' ? bytes.length % 2 : 0;
    this.#rest = bytes.slice(bytes.length - kept);
    let text = decoders[this.encoding](bytes.subarray(0, bytes.length - kept), this.fatal);
    if (!this.#started && !this.ignoreBOM && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    this.#started = stream && (this.#started || text.length > 0);
    return text;
  }
}
