// `http.OutgoingMessage`: headers and a body that go out over a socket. How bytes are written is outgoing-body.js.
import { coded, invalidArgType, validateString } from '../errors.js';
import { rejection } from '../events/emitter.js';
import { Stream } from '../stream/index.js';
import { unavailable } from '../unavailable.js';
import { addedHeaders, headOf, listed } from './header-text.js';
import { hasBadCharacter, headersSent, invalidCharacter, validateHeaderName, validateHeaderValue } from './names.js';
import { CORKED, MARK, NEEDS_DRAIN, REJECTS, WRITTEN, body } from './outgoing-body.js';

const { apply } = Reflect;
const { assign, create, defineProperty, entries, fromEntries, keys, values } = Object;
export const OUT_HEADERS = Symbol('kOutHeaders');
const ERRORED = Symbol('errored');

export function OutgoingMessage(options) {
  apply(Stream, this, []);
  this.outputData = [];
  this.outputSize = 0;
  this.writable = true;
  this.destroyed = false;
  this._last = false;
  this.chunkedEncoding = false;
  this.shouldKeepAlive = true;
  this.maxRequestsOnConnectionReached = false;
  this._defaultKeepAlive = true;
  this.useChunkedEncodingByDefault = true;
  this.sendDate = false;
  this._removedConnection = false;
  this._removedContLen = false;
  this._removedTE = false;
  this.strictContentLength = false;
  this[WRITTEN] = 0;
  this._contentLength = null;
  this._hasBody = true;
  this._trailer = '';
  this[NEEDS_DRAIN] = false;
  this.finished = false;
  this._headerSent = false;
  this[CORKED] = 0;
  this._closed = false;
  this.socket = null;
  this._header = null;
  this[OUT_HEADERS] = null;
  this._keepAliveTimeout = 0;
  this._onPendingData = () => {};
  this[ERRORED] = null;
  this[MARK] = options?.highWaterMark ?? Stream.getDefaultHighWaterMark(false);
  this[REJECTS] = options?.rejectNonStandardBodyWrites ?? false;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

const getters = {
  errored() { return this[ERRORED]; },
  closed() { return this._closed; },
  writableFinished() { return this.finished && this.outputSize === 0 && (!this.socket || this.socket.writableLength === 0); },
  writableObjectMode() { return false; },
  writableLength() { return this.outputSize + (this.socket ? this.socket.writableLength : 0); },
  writableHighWaterMark() { return this.socket ? this.socket.writableHighWaterMark : this[MARK]; },
  writableCorked() { return (this.socket ? this.socket.writableCorked : 0) + this[CORKED]; },
  headersSent() { return Boolean(this._header); },
  writableEnded() { return this.finished; },
  writableNeedDrain() { return !this.destroyed && !this.finished && this[NEEDS_DRAIN]; },
};
for (const [name, get] of entries(getters)) defineProperty(OutgoingMessage.prototype, name, { get, configurable: true, enumerable: name === 'headersSent' });
defineProperty(OutgoingMessage.prototype, 'connection', { get() { return this.socket; }, set(socket) { this.socket = socket; }, configurable: true });
defineProperty(OutgoingMessage.prototype, '_headers', {
  get() { return this.getHeaders(); },
  set(given) {
    const isNone = given === null || given === undefined;
    this[OUT_HEADERS] = isNone ? null : assign(create(null), fromEntries(entries(given).map(([name, value]) => [name.toLowerCase(), [name, value]])));
  },
  configurable: true,
});
defineProperty(OutgoingMessage.prototype, '_headerNames', {
  get() { return this[OUT_HEADERS] && assign(create(null), fromEntries(entries(this[OUT_HEADERS]).map(([key, [name]]) => [key, name]))); },
  set(names) {
    for (const [key, name] of entries(names ?? {})) if (this[OUT_HEADERS]?.[key]) this[OUT_HEADERS][key][0] = name;
  },
  configurable: true,
});

function checkUnsent(message, what) {
  if (message._header) throw headersSent(what);
}

const FLAGS = { connection: '_removedConnection', 'content-length': '_removedContLen', 'transfer-encoding': '_removedTE' };

const head = {
  _renderHeaders() {
    checkUnsent(this, 'render');
    return fromEntries(listed(this[OUT_HEADERS], true));
  },
  setHeader(name, value) {
    checkUnsent(this, 'set');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this[OUT_HEADERS] ??= create(null);
    this[OUT_HEADERS][name.toLowerCase()] = [name, value];
    return this;
  },
  setHeaders(headers) {
    checkUnsent(this, 'set');
    if (!headers || Array.isArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function') {
      throw invalidArgType('headers', ['Headers', 'Map'], headers);
    }
    const cookies = [];
    for (const [name, value] of headers) {
      if (name === 'set-cookie') cookies.push(...[value].flat());
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader('set-cookie', cookies);
    return this;
  },
  appendHeader(name, value) {
    checkUnsent(this, 'append');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const present = this[OUT_HEADERS]?.[name.toLowerCase()];
    if (!present) return this.setHeader(name, value);
    present[1] = [present[1], value].flat();
    return this;
  },
  getHeader(name) {
    validateString(name, 'name');
    return this[OUT_HEADERS]?.[name.toLowerCase()]?.[1];
  },
  getHeaderNames() { return keys(this[OUT_HEADERS] ?? {}); },
  getRawHeaderNames() { return values(this[OUT_HEADERS] ?? {}).map(([name]) => name); },
  getHeaders() {
    const all = create(null);
    for (const key of keys(this[OUT_HEADERS] ?? {})) [, all[key]] = this[OUT_HEADERS][key];
    return all;
  },
  hasHeader(name) {
    validateString(name, 'name');
    return this[OUT_HEADERS] !== null && Boolean(this[OUT_HEADERS][name.toLowerCase()]);
  },
  removeHeader(name) {
    validateString(name, 'name');
    checkUnsent(this, 'remove');
    const key = name.toLowerCase();
    if (Object.hasOwn(FLAGS, key)) this[FLAGS[key]] = true;
    if (key === 'date') this.sendDate = false;
    if (this[OUT_HEADERS] !== null) delete this[OUT_HEADERS][key];
  },
  _storeHeader(firstLine, headers) {
    const own = headers === this[OUT_HEADERS];
    const [text, found] = headOf(this, firstLine, listed(headers, own), !own);
    this._header = `${text}${addedHeaders(this, found)}\r\n`;
    this._headerSent = false;
    // Whoever has to agree to the body has to see the head first.
    if (found.expect) this._send('');
  },
  _implicitHeader() { throw coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _implicitHeader() method is not implemented'); },
  addTrailers(headers) {
    this._trailer = '';
    if (this._unframed && Object.keys(headers).length > 0) throw unavailable('trailers of a request');
    for (const [name, value] of Array.isArray(headers) ? headers : entries(headers)) {
      validateHeaderName(name, 'Trailer name');
      const apart = Array.isArray(value) && value.length > 1 && !this._uniqueHeaders?.has(name.toLowerCase());
      for (const each of apart ? value : [Array.isArray(value) ? value.join('; ') : value]) {
        if (hasBadCharacter(each)) throw invalidCharacter('trailer content', name);
        this._trailer += `${name}: ${each}\r\n`;
      }
    }
  },
  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._send('');
  },
  setTimeout(msecs, callback) {
    if (callback) this.on('timeout', callback);
    if (this.socket) this.socket.setTimeout(msecs);
    else this.once('socket', (socket) => socket.setTimeout(msecs));
    return this;
  },
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this[ERRORED] = error;
    if (this.socket) this.socket.destroy(error);
    else this.once('socket', (socket) => socket.destroy(error));
    return this;
  },
  pipe() { this.emit('error', coded(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable')); },
  [rejection](error) { this.destroy(error); },
};
assign(OutgoingMessage.prototype, head, body);
