// The head of a message as text: its first line, its headers, and those that follow from how its body is sent.
import { Buffer } from '../buffer.js';
import { coded, invalidArgValue } from '../errors.js';
import { validateHeaderName, validateHeaderValue } from './names.js';

const CLOSES = /(?:^|\W)close(?:$|\W)/i;
const CHUNKED = /(?:^|\W)chunked(?:$|\W)/i;

// What a header that is there says of how the message is sent.
const MEANINGS = {
  connection(message, found, value) {
    found.connection = true;
    message._removedConnection = false;
    if (CLOSES.test(value)) message._last = true;
    else message.shouldKeepAlive = true;
  },
  'transfer-encoding'(message, found, value) {
    found.te = true;
    message._removedTE = false;
    if (CHUNKED.test(value)) message.chunkedEncoding = true;
  },
  'content-length'(message, found, value) {
    found.contLen = true;
    message._contentLength = +value;
    message._removedContLen = false;
  },
  date(message, found) { found.date = true; },
  expect(message, found) { found.expect = true; },
  trailer(message, found) { found.trailer = true; },
  'keep-alive'(message) { message._defaultKeepAlive = false; },
};

// `[name, value]` for each header. `own` are those that were set one by one.
export function listed(headers, own) {
  if (!headers) return [];
  if (own) return Object.values(headers);
  if (!Array.isArray(headers)) return Object.entries(headers);
  if (Array.isArray(headers[0])) return headers;
  if (headers.length % 2 !== 0) throw invalidArgValue('headers', headers);
  return Array.from({ length: headers.length / 2 }, (_, at) => [headers[2 * at], headers[2 * at + 1]]);
}

function inOneLine(message, name, value) {
  const lower = name.toLowerCase();
  return !Array.isArray(value) || (value.length > 1 && lower === 'cookie') || message._uniqueHeaders?.has(lower);
}

// Returns the text and what was found in it.
export function headOf(message, firstLine, headers, checks) {
  const found = { connection: false, contLen: false, te: false, date: false, expect: false, trailer: false };
  let text = firstLine;
  const add = (name, value) => {
    if (checks) validateHeaderValue(name, value);
    text += `${name}: ${value}\r\n`;
    const lower = name.toLowerCase();
    if (Object.hasOwn(MEANINGS, lower)) MEANINGS[lower](message, found, value);
  };
  for (const [name, value] of headers) {
    if (checks) validateHeaderName(name);
    // A file's name goes out byte for byte.
    const raw = (each) => (name.toLowerCase() === 'content-disposition' && message._contentLength ? Buffer.from(each, 'latin1') : each);
    if (inOneLine(message, name, value)) add(name, Array.isArray(value) ? value.join('; ') : raw(value));
    else for (const each of value) add(name, raw(each));
  }
  return [text, found];
}

function connectionHeader(message, found) {
  if (message._removedConnection) {
    message._last = !message.shouldKeepAlive;
    return '';
  }
  if (found.connection) return '';
  const keeps = message.shouldKeepAlive && (found.contLen || message.useChunkedEncodingByDefault || message.agent);
  if (!keeps) message._last = true;
  if (!keeps || message.maxRequestsOnConnectionReached) return 'Connection: close\r\n';
  if (!message._keepAliveTimeout || !message._defaultKeepAlive) return 'Connection: keep-alive\r\n';
  const most = ~~message._maxRequestsPerSocket > 0 ? `, max=${message._maxRequestsPerSocket}` : '';
  return `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(message._keepAliveTimeout / 1000)}${most}\r\n`;
}

function lengthHeader(message, found) {
  if (found.contLen || found.te) return '';
  if (!message._hasBody) {
    message.chunkedEncoding = false;
  } else if (!message.useChunkedEncodingByDefault) {
    message._last = true;
  } else if (!found.trailer && !message._removedContLen && typeof message._contentLength === 'number') {
    return `Content-Length: ${message._contentLength}\r\n`;
  } else if (!message._removedTE) {
    message.chunkedEncoding = true;
    return 'Transfer-Encoding: chunked\r\n';
  } else {
    message._last = true;
  }
  return '';
}

// The headers that nobody has set and that belong to the message.
export function addedHeaders(message, found) {
  let text = message.sendDate && !found.date ? `Date: ${new Date().toUTCString()}\r\n` : '';
  // These have no body, and a last chunk of none would confuse who comes after.
  if (message.chunkedEncoding && (message.statusCode === 204 || message.statusCode === 304)) {
    message.chunkedEncoding = message.shouldKeepAlive = false;
  }
  text += connectionHeader(message, found) + lengthHeader(message, found);
  if (message.chunkedEncoding !== true && found.trailer) throw coded(Error, 'ERR_HTTP_TRAILER_INVALID', 'Trailers are invalid with this transfer encoding');
  return text;
}
