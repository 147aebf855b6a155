// TextEncoder and TextDecoder: UTF-8 in the engine, UTF-16 and Latin-1 here. Another encoding names itself.
const NAMES = {
  'utf-8': 'utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8',
  'utf-16le': 'utf-16le utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff',
  'utf-16be': 'utf-16be unicodefffe',
  'windows-1252': 'windows-1252 latin1 iso-8859-1 ascii us-ascii ansi_x3.4-1968 cp1252 cp819 csisolatin1 ibm819 iso-ir-100 iso8859-1 '
    + 'iso88591 iso_8859-1 iso_8859-1:1987 l1 x-cp1252',
};
const LABELS = new Map(Object.entries(NAMES).flatMap(([name, labels]) => labels.split(' ').map((label) => [label, name])));
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

const coded = (error, code) => Object.assign(error, { code });

function invalid(encoding) {
  return coded(new TypeError(`The encoded data was not valid for encoding ${encoding}`), 'ERR_ENCODING_INVALID_ENCODED_DATA');
}

// How many bytes at the end begin a character that more bytes could complete.
function unfinishedUtf8(bytes) {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte > 0xf4 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

function unfinishedUtf16(bytes, high) {
  const half = bytes.length % 2;
  const last = bytes.length - half - 2;
  return half + (last >= 0 && (bytes[last + high] & 0xfc) === 0xd8 ? 2 : 0);
}

function units(bytes, size, unitAt) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) {
    const codes = [];
    for (let j = i; j < Math.min(i + 4096, bytes.length - size + 1); j += size) codes.push(unitAt(j));
    text += String.fromCharCode(...codes);
  }
  return text;
}

// `high` is where of its two bytes the more significant one of a unit lies.
const utf16 = (encoding, high) => ({
  unfinished: (bytes) => unfinishedUtf16(bytes, high),
  decode(bytes, fatal) {
    const text = units(bytes, 2, (at) => bytes[at + 1 - high] | (bytes[at + high] << 8));
    const half = bytes.length % 2 === 1;
    if (fatal && (half || !text.isWellFormed())) throw invalid(encoding);
    // Half a unit behind half a character is one fault.
    const more = half && !/[\ud800-\udbff]$/.test(text);
    return text.toWellFormed() + (more ? '\ufffd' : '');
  },
});

const decoders = {
  'utf-8': {
    unfinished: unfinishedUtf8,
    decode(bytes, fatal) {
      try {
        return hb.decodeUtf8(bytes, fatal);
      } catch {
        throw invalid('utf-8');
      }
    },
  },
  'utf-16le': utf16('utf-16le', 1),
  'utf-16be': utf16('utf-16be', 0),
  'windows-1252': {
    unfinished: () => 0,
    decode: (bytes) => units(bytes, 1, (at) => bytes[at]).replace(/[\x80-\x9f]/g, (char) => UPPER[char.charCodeAt(0) - 0x80]),
  },
};

function joined(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

export class TextDecoder {
  #rest = new Uint8Array(0);
  #started = false;
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    const encoding = LABELS.get(`${label}`.trim().toLowerCase());
    if (!encoding) throw coded(new RangeError(`The "${label}" encoding is not supported`), 'ERR_ENCODING_NOT_SUPPORTED');
    Object.defineProperties(this, { encoding: { value: encoding }, fatal: { value: !!fatal }, ignoreBOM: { value: !!ignoreBOM } });
  }
  decode(source, { stream = false } = {}) {
    const bytes = this.#rest.length > 0 ? joined(this.#rest, bytesOf(source)) : bytesOf(source);
    const { unfinished, decode } = decoders[this.encoding];
    const whole = bytes.length - (stream ? unfinished(bytes) : 0);
    this.#rest = bytes.slice(whole);
    const started = this.#started;
    this.#started = false;
    const text = decode(bytes.subarray(0, whole), this.fatal);
    this.#started = stream && (started || text.length > 0);
    return !started && !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}
