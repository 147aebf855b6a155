// `http.ServerResponse`, which frameworks extend and hand to functions, and servers, which hear of requests that the host hands over: requests.js.
import { coded, invalidArgType, invalidArgValue, outOfRange, validateBoolean, validateInteger, validateObject } from '../errors.js';
import { LISTENS, Server as NetServer } from '../net/server.js';
import { Server as SecureNetServer } from '../tls/index.js';
import { IncomingMessage } from './incoming.js';
import { endListening } from './listening.js';
import { STATUS_CODES, hasBadCharacter, headersSent, invalidCharacter } from './names.js';
import { OUT_HEADERS, OutgoingMessage } from './outgoing.js';
import { nextTick } from '../timers.js';

const { apply } = Reflect;
// What a server makes for a request.
export const CLASSES = Symbol('classes');
const CHUNKS = /(?:^|\W)chunked(?:$|\W)/i;
const LINK = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;

export function ServerResponse(req, options) {
  if (!(this instanceof ServerResponse)) return new ServerResponse(req, options);
  apply(OutgoingMessage, this, [options]);
  if (req.method === 'HEAD') this._hasBody = false;
  this.req = req;
  this.sendDate = true;
  this._sent100 = false;
  this._expect_continue = false;
  if (req.httpVersionMajor < 1 || req.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = CHUNKS.test(req.headers.te);
    this.shouldKeepAlive = false;
  }
  return undefined;
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);
ServerResponse.prototype.statusCode = 200;
ServerResponse.prototype.statusMessage = undefined;

function socketClosed() {
  const message = this._httpMessage;
  if (!message) return;
  message.destroyed = true;
  message._closed = true;
  message.emit('close');
}

function linkOf(hints) {
  if (hints.link === null || hints.link === undefined) return '';
  for (const each of [hints.link].flat()) {
    if (typeof each !== 'string' || !LINK.test(each)) {
      throw invalidArgValue('hints', each, 'must be an array or string of format "</styles.css>; rel=preload; as=style"');
    }
  }
  return [hints.link].flat().join(', ');
}

function writeHead(statusCode, reason, obj) {
  if (this._header) throw headersSent('write');
  const code = statusCode | 0;
  if (code < 100 || code > 999) throw coded(RangeError, 'ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${statusCode}`);
  const given = typeof reason === 'string' ? obj : (obj ?? reason);
  if (typeof reason === 'string') this.statusMessage = reason;
  else this.statusMessage ||= STATUS_CODES[code] || 'unknown';
  this.statusCode = code;
  let headers = given;
  if (this[OUT_HEADERS]) {
    if (Array.isArray(given)) {
      if (given.length % 2 !== 0) throw invalidArgValue('headers', given);
      for (let at = 0; at < given.length; at += 2) if (given[at]) this.setHeader(given[at], given[at + 1]);
    } else {
      for (const [name, value] of Object.entries(given ?? {})) if (name) this.setHeader(name, value);
    }
    headers = this[OUT_HEADERS];
  }
  if (hasBadCharacter(this.statusMessage)) throw invalidCharacter('statusMessage');
  if (code === 204 || code === 304 || code < 200) this._hasBody = false;
  if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
  this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}\r\n`, headers);
  return this;
}

Object.assign(ServerResponse.prototype, {
  _finish() { apply(OutgoingMessage.prototype._finish, this, []); },
  assignSocket(socket) {
    if (socket._httpMessage) throw coded(Error, 'ERR_HTTP_SOCKET_ASSIGNED', 'ServerResponse has an already assigned socket');
    socket._httpMessage = this;
    socket.on('close', socketClosed);
    this.socket = socket;
    this.emit('socket', socket);
    this._flush();
  },
  detachSocket(socket) {
    socket.removeListener('close', socketClosed);
    socket._httpMessage = null;
    this.socket = null;
  },
  writeContinue(cb) {
    this._writeInterim('HTTP/1.1 100 Continue\r\n\r\n', cb);
    this._sent100 = true;
  },
  writeProcessing(cb) { this._writeInterim('HTTP/1.1 102 Processing\r\n\r\n', cb); },
  // Whoever hands requests over does not hear of what precedes the answer.
  _writeInterim(text, cb) {
    if (!this._unframed) this._writeRaw(text, 'ascii', cb);
    else if (typeof cb === 'function') nextTick(cb);
  },
  writeEarlyHints(hints, cb) {
    validateObject(hints, 'hints');
    const link = linkOf(hints);
    if (link === '') return;
    const others = Object.entries(hints).filter(([name]) => name !== 'link').map(([name, value]) => `${name}: ${value}\r\n`);
    this._writeInterim(`HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n${others.join('')}\r\n`, cb);
  },
  _implicitHeader() { this.writeHead(this.statusCode); },
  writeHead,
  writeHeader: writeHead,
});

// Milliseconds, of which nobody takes notice.
function settings(server, options) {
  if (options.maxHeaderSize !== undefined) validateInteger(options.maxHeaderSize, 'maxHeaderSize', 0);
  for (const name of ['insecureHTTPParser', 'requireHostHeader', 'joinDuplicateHeaders', 'rejectNonStandardBodyWrites']) {
    if (options[name] !== undefined) validateBoolean(options[name], `options.${name}`);
  }
  const number = (name, usual) => {
    if (options[name] !== undefined) validateInteger(options[name], name, 0);
    return options[name] ?? usual;
  };
  server.requestTimeout = number('requestTimeout', 300_000);
  server.headersTimeout = number('headersTimeout', Math.min(60_000, server.requestTimeout));
  if (server.requestTimeout > 0 && server.headersTimeout > server.requestTimeout) throw outOfRange('headersTimeout', '<= requestTimeout', server.headersTimeout);
  server.keepAliveTimeout = number('keepAliveTimeout', 5_000);
  server.connectionsCheckingInterval = number('connectionsCheckingInterval', 30_000);
  server.timeout = 0;
  server.maxHeadersCount = null;
  server.maxRequestsPerSocket = 0;
}

function serverClass(Base) {
  function Server(options, requestListener) {
    if (!(this instanceof Server)) return new Server(options, requestListener);
    const given = typeof options === 'function' ? {} : (options ?? {});
    if (typeof given !== 'object') throw invalidArgType('options', 'object', options);
    settings(this, given);
    this[CLASSES] = { IncomingMessage: given.IncomingMessage ?? IncomingMessage, ServerResponse: given.ServerResponse ?? ServerResponse };
    this.joinDuplicateHeaders = given.joinDuplicateHeaders;
    this.rejectNonStandardBodyWrites = given.rejectNonStandardBodyWrites ?? false;
    apply(Base, this, [{ ...given, allowHalfOpen: true }]);
    const listener = typeof options === 'function' ? options : requestListener;
    if (typeof listener === 'function') this.on('request', listener);
    return undefined;
  }
  Object.setPrototypeOf(Server.prototype, Base.prototype);
  Object.setPrototypeOf(Server, Base);
  Server.prototype[LISTENS] = true;
  Object.assign(Server.prototype, {
    close(...args) {
      if (!endListening(this)) return apply(Base.prototype.close, this, args);
      if (typeof args[0] === 'function') this.once('close', args[0]);
      nextTick(() => this.emit('close'));
      return this;
    },
    closeAllConnections() {},
    closeIdleConnections() {},
    setTimeout(msecs, callback) {
      this.timeout = msecs;
      if (callback) this.on('timeout', callback);
      return this;
    },
  });
  Object.defineProperty(Server.prototype.close, 'length', { value: 0, configurable: true });
  return Server;
}

export const Server = serverClass(NetServer);
export const SecureServer = serverClass(SecureNetServer);
