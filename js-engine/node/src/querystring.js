// `require('querystring')`: reads whatever it is given, and never throws for a percent sign that is followed by nothing of use.
import { Buffer } from './buffer.js';
import { coded } from './errors.js';

const { isArray } = Array;

// Bytes of percent-encoded text; what is not encoded stays as it is.
export function unescapeBuffer(text, decodeSpaces) {
  const out = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code === 0x2b && decodeSpaces) {
      code = 0x20;
    } else if (code === 0x25) {
      const digits = text.slice(at + 1, at + 3);
      if (/^[0-9a-f]{2}$/i.test(digits)) {
        code = parseInt(digits, 16);
        at += 2;
      }
    }
    out[length++] = code;
  }
  return length === text.length ? out : out.slice(0, length);
}

// Half of a pair takes whatever follows for its other half, and must not be the last.
function paired(text) {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0xd800 || code > 0xdfff) {
      out += text[at];
      continue;
    }
    if (++at >= text.length) throw coded(URIError, 'ERR_INVALID_URI', 'URI malformed');
    out += String.fromCodePoint(0x10000 + (((code & 0x3ff) << 10) | (text.charCodeAt(at) & 0x3ff)));
  }
  return out;
}

export const { unescape: qsUnescape, escape: qsEscape } = {
  unescape(text, decodeSpaces) {
    try {
      return decodeURIComponent(text);
    } catch {
      return unescapeBuffer(`${text}`, decodeSpaces).toString();
    }
  },
  escape(value) {
    let text = value;
    if (typeof text !== 'string') text = typeof text === 'object' ? String(text) : `${text}`;
    return encodeURIComponent(text.isWellFormed() ? text : paired(text));
  },
};
Object.defineProperty(qsUnescape, 'name', { value: 'qsUnescape' });
Object.defineProperty(qsEscape, 'name', { value: 'qsEscape' });

// What may be replaced by an author is looked up here at each call.
export const querystringModule = {
  unescapeBuffer,
  unescape: qsUnescape,
  escape: qsEscape,
};

const primitive = (value) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return '';
};

export const { stringify, parse } = {
  stringify(obj, sep, eq, options) {
    const [between, equals] = [sep || '&', eq || '='];
    const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : querystringModule.escape;
    // Without an encoder of the author's, only what has something to encode is encoded.
    const encoded = encode === qsEscape ? (value) => qsEscape(primitive(value)) : (value) => encode(primitive(value));
    if (obj === null || typeof obj !== 'object') return '';
    const parts = [];
    for (const key of Object.keys(obj)) {
      const front = `${encoded(key)}${equals}`;
      const value = obj[key];
      if (isArray(value)) for (const each of value) parts.push(front + encoded(each));
      else parts.push(front + encoded(value));
    }
    return parts.join(between);
  },
  parse(qs, sep, eq, options) {
    const result = Object.create(null);
    if (typeof qs !== 'string' || qs.length === 0) return result;
    const between = sep ? `${sep}` : '&';
    const equals = eq ? `${eq}` : '=';
    const most = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
    const given = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : querystringModule.unescape;
    const decode = (text) => {
      if (text === '') return '';
      const spaced = text.replaceAll('+', given === qsUnescape ? ' ' : '%20');
      if (given === qsUnescape && !/%[0-9a-f]{2}/i.test(spaced)) return spaced;
      return decodeWith(given, spaced);
    };
    let pairs = most > 0 ? most : Infinity;
    for (let at = 0; at <= qs.length && pairs > 0;) {
      const found = between === '' ? -1 : qs.indexOf(between, at);
      const end = found < 0 ? qs.length : found;
      if (end > at) {
        const pair = qs.slice(at, end);
        const split = pair.indexOf(equals);
        add(result, decode(split < 0 ? pair : pair.slice(0, split)), split < 0 ? '' : decode(pair.slice(split + equals.length)));
        pairs--;
      }
      at = found < 0 ? qs.length + 1 : end + between.length;
    }
    return result;
  },
};

function decodeWith(decode, text) {
  try {
    return decode(text);
  } catch {
    return qsUnescape(text, true);
  }
}

function add(result, key, value) {
  if (!(key in result)) result[key] = value;
  else if (isArray(result[key])) result[key].push(value);
  else result[key] = [result[key], value];
}

Object.assign(querystringModule, { stringify, encode: stringify, parse, decode: parse });
