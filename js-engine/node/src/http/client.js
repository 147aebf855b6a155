// `http.ClientRequest`: a request that the host makes, with Node's events in Node's order.
import { Buffer } from '../buffer.js';
import { validateBoolean, validateInteger } from '../errors.js';
import { duration, resetError } from '../net/failures.js';
import { Stream } from '../stream/index.js';
import { nextTick, setImmediate } from '../timers.js';
import { unavailable } from '../unavailable.js';
import { WITHOUT_BODY, agentOf, checkTarget, hostHeader, hostOf, methodOf, refusal, sorted, uniqueNames } from './asked.js';
import { IncomingMessage, PULL } from './incoming.js';
import { Exchange, isStandIn } from './line.js';
import { headersSent } from './names.js';
import { NEEDS_DRAIN } from './outgoing-body.js';
import { OUT_HEADERS, OutgoingMessage } from './outgoing.js';

const { apply } = Reflect;
const [BROKEN, ERROR, EXCHANGE, SOON] = [Symbol('kBroken'), Symbol('kError'), Symbol('kExchange'), Symbol('kSoon')];
export const agents = { http: undefined };

export function ClientRequest(input, options, cb) {
  if (!(this instanceof ClientRequest)) return new ClientRequest(input, options, cb);
  apply(OutgoingMessage, this, []);
  const [own, callback] = sorted(input, options, cb);
  const usual = own._defaultAgent || agents.http;
  this.agent = agentOf(own, usual);
  const protocol = own.protocol || usual.protocol;
  const expected = this.agent?.protocol || usual.protocol;
  checkTarget(own, protocol, expected);
  const usualPort = own.defaultPort || this.agent?.defaultPort;
  const rest = { __proto__: null, ...own };
  rest.port = own.port || usualPort || 80;
  rest.host = hostOf(own.hostname, 'hostname') || hostOf(own.host, 'host') || 'localhost';
  this.socketPath = own.socketPath;
  if (own.timeout !== undefined) this.timeout = duration(own.timeout, 'timeout');
  if (own.signal) {
    Stream.addAbortSignal(own.signal, this);
    delete rest.signal;
  }
  this.method = methodOf(own);
  if (own.maxHeaderSize !== undefined) validateInteger(own.maxHeaderSize, 'maxHeaderSize', 0);
  this.maxHeaderSize = own.maxHeaderSize;
  if (own.insecureHTTPParser !== undefined) validateBoolean(own.insecureHTTPParser, 'options.insecureHTTPParser');
  this.insecureHTTPParser = own.insecureHTTPParser;
  if (own.joinDuplicateHeaders !== undefined) validateBoolean(own.joinDuplicateHeaders, 'options.joinDuplicateHeaders');
  this.joinDuplicateHeaders = own.joinDuplicateHeaders;
  this.path = own.path || '/';
  if (callback) this.once('response', callback);
  this.useChunkedEncodingByDefault = !WITHOUT_BODY.has(this.method);
  this._ended = false;
  this.res = null;
  this.aborted = false;
  this.timeoutCb = null;
  this.upgradeOrConnect = false;
  this.parser = null;
  this.maxHeadersCount = null;
  this.reusedSocket = false;
  this.host = rest.host;
  this.protocol = protocol;
  this._unframed = true;
  if (this.agent) {
    this.shouldKeepAlive = Boolean(this.agent.keepAlive || Number.isFinite(this.agent.maxSockets));
    this._last = !this.shouldKeepAlive;
  }
  setHeaders(this, own, rest.host, rest.port, usualPort);
  this._uniqueHeaders = uniqueNames(own.uniqueHeaders);
  connect(this, rest);
  return undefined;
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

const firstLine = ({ method, path }) => `${method} ${path} HTTP/1.1\r\n`;

function setHeaders(req, { headers, auth, setHost }, host, port, usualPort) {
  if (Array.isArray(headers)) {
    req._storeHeader(firstLine(req), headers);
    return;
  }
  for (const [name, value] of Object.entries(headers ?? {})) req.setHeader(name, value);
  if (host && !req.getHeader('host') && (setHost === undefined || Boolean(setHost))) req.setHeader('Host', hostHeader(host, port, usualPort));
  if (auth && !req.getHeader('Authorization')) req.setHeader('Authorization', `Basic ${Buffer.from(auth).toString('base64')}`);
  if (req.getHeader('expect')) req._storeHeader(firstLine(req), req[OUT_HEADERS]);
}

function connect(req, options) {
  const refused = refusal(req);
  if (refused !== undefined) {
    req.onSocket(undefined, refused);
  } else if (req.agent) {
    req.agent.addRequest(req, options);
  } else {
    req._last = true;
    req.shouldKeepAlive = false;
    let called = false;
    const created = (error, socket) => {
      if (called) return;
      called = true;
      if (error) nextTick(() => req.emit('error', error));
      else req.onSocket(socket);
    };
    try {
      const socket = options.createConnection(options, created);
      if (socket) created(null, socket);
    } catch (error) {
      created(error);
    }
  }
}

function drained() {
  const req = this._httpMessage;
  if (!req || req.finished || !req[NEEDS_DRAIN]) return;
  req[NEEDS_DRAIN] = false;
  req.emit('drain');
}

function hungUp(req) {
  if (req.socket._hadError) return;
  req.socket._hadError = true;
  req.emit('error', resetError('socket hang up'));
}

function socketClosed() {
  const req = this._httpMessage;
  if (!req) return;
  const { res } = req;
  req.destroyed = true;
  if (res) {
    if (!res.complete) res.destroy(req[BROKEN] ?? resetError('aborted'));
    req._closed = true;
    req.emit('close');
    if (!res.aborted && res.readable) res.push(null);
  } else {
    hungUp(req);
    req._closed = true;
    req.emit('close');
  }
  req.outputData.length = 0;
}

function socketFailed(error) {
  const req = this._httpMessage;
  if (req) {
    req.socket._hadError = true;
    req.emit('error', error);
  }
  this.destroy();
}

function emitTimeout() {
  this._httpMessage?.emit('timeout');
}

function responseTimeout() {
  this._httpMessage?.res?.emit('timeout');
}

function listenForTimeout(req) {
  if (req.timeoutCb) return;
  req.timeoutCb = emitTimeout;
  if (req.socket) req.socket.once('timeout', emitTimeout);
  else req.on('socket', (socket) => socket.once('timeout', emitTimeout));
}

function assignSocket(req, socket) {
  req.socket = socket;
  socket._httpMessage = req;
  socket.on('error', socketFailed);
  socket.on('close', socketClosed);
  socket.on('drain', drained);
  if (req.timeout !== undefined || req.agent?.options?.timeout) listenForTimeout(req);
  req.emit('socket', socket);
}

// The socket is free for another request.
function keepAlive(req) {
  const { socket } = req;
  if (req.timeoutCb) {
    socket.setTimeout(0, req.timeoutCb);
    req.timeoutCb = null;
  }
  socket.removeListener('close', socketClosed);
  socket.removeListener('error', socketFailed);
  socket.removeListener('drain', drained);
  req.destroyed = true;
  if (req.res) req.res.socket = null;
  nextTick(() => {
    req._closed = true;
    req.emit('close');
    req.socket?.emit('free');
  });
}

function responseEnded() {
  const { req } = this;
  const { socket } = req;
  if (socket) {
    if (req.timeoutCb) socket.removeListener('timeout', emitTimeout);
    socket.removeListener('timeout', responseTimeout);
  }
  req._ended = true;
  if (!req.shouldKeepAlive) {
    if (socket?.writable) socket.destroySoon();
  } else if (req.writableFinished && !this.aborted) {
    keepAlive(req);
  }
}

function requestFinished() {
  if (this.shouldKeepAlive && this._ended) keepAlive(this);
}

function responseOf(req, answer) {
  const res = new IncomingMessage(req.socket);
  const [major, minor] = answer.http_version.split('.').map(Number);
  Object.assign(res, { statusCode: answer.status, statusMessage: answer.status_text, joinDuplicateHeaders: Boolean(req.joinDuplicateHeaders), upgrade: false,
    httpVersionMajor: major >= 2 ? 1 : major, httpVersionMinor: major >= 2 ? 1 : minor });
  res.httpVersion = `${res.httpVersionMajor}.${res.httpVersionMinor}`;
  const raw = answer.headers.flat();
  res._addHeaderLines(raw, raw.length);
  return res;
}

// The head of the response is there.
function answered(req, answer) {
  const { socket } = req;
  const res = responseOf(req, answer);
  const exchange = req[EXCHANGE];
  const over = () => {
    exchange.close();
    res.complete = true;
    res.push(null);
  };
  let isReading = false;
  if (answer.body) {
    res[PULL] = () => {
      if (isReading || res.complete) return;
      isReading = true;
      exchange.read();
    };
  }
  Object.assign(exchange.on, {
    data(bytes) {
      isReading = false;
      res.push(bytes);
    },
    ended: over,
    broken(error) {
      if (error.code !== 'ECONNRESET') req[BROKEN] = error;
      socket.destroy();
    },
  });
  if (/(?:^|\W)close(?:$|\W)/i.test(res.headers.connection)) req.shouldKeepAlive = false;
  req.res = res;
  res.req = req;
  res.on('end', responseEnded);
  req.on('finish', requestFinished);
  socket.on('timeout', responseTimeout);
  if (!answer.body) res[PULL] = () => {};
  if (req.aborted || !req.emit('response', res)) res._dump();
  if (!answer.body) over();
}

// Hands the request to the host: whole if it is complete, else its head, and the body piece by piece.
function begin(req) {
  const { method, path, socket, _header: header } = req;
  let sent = () => {};
  const exchange = new Exchange(socket, {
    answered(answer) {
      sent();
      answered(req, answer);
    },
    failed: (error) => socket.destroy(error),
  });
  req[EXCHANGE] = exchange;
  const target = path[0] === '?' ? `/${path}` : path;
  if (!req.finished) {
    if (/\r\nexpect: *100-continue/i.test(header)) setImmediate(() => req.emit('continue'));
    req.prependOnceListener('finish', () => exchange.end());
    exchange.begin({ method, path: target, header, body: 'stream' });
    return;
  }
  const waiting = req.outputData;
  req.outputData = [];
  req.outputSize = 0;
  const payload = Buffer.concat(waiting.map(({ data, encoding }) => (typeof data === 'string' ? Buffer.from(data, encoding ?? 'utf8') : data)));
  socket._handle.bytesWritten += payload.length;
  const hasBody = payload.length > 0 || req.useChunkedEncodingByDefault;
  exchange.begin({ method, path: target, header, body: hasBody ? 'bytes' : 'none', payload: hasBody ? payload : undefined });
  // As on a socket, it is written out when there is a connection.
  sent = () => {
    for (const { callback } of waiting.splice(0)) callback?.();
  };
  setImmediate(() => sent());
}

function socketCame(req, socket, error) {
  if (!req.destroyed && !error && !isStandIn(socket)) {
    socketCame(req, socket, unavailable('a request over a connection of the author\'s own (an agent or createConnection that gives its own socket, such as to a proxy)'));
    return;
  }
  if (!req.destroyed && !error) {
    assignSocket(req, socket);
    req._flush();
    return;
  }
  req.destroyed = true;
  const end = (problem) => {
    const told = problem ?? (req.aborted ? undefined : resetError('socket hang up'));
    if (told) req.emit('error', told);
    req._closed = true;
    req.emit('close');
  };
  if (!socket) {
    end(error || req[ERROR]);
  } else if (!error && req.agent && !socket.destroyed) {
    socket.emit('free');
    end(req[ERROR]);
  } else {
    Stream.finished(socket.destroy(error || req[ERROR]), (problem) => end((problem?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : problem) || error));
  }
}

Object.assign(ClientRequest.prototype, {
  _implicitHeader() {
    if (this._header) throw headersSent('render');
    this._storeHeader(firstLine(this), this[OUT_HEADERS]);
  },
  // Until the host has the request, all of it is kept: it may be complete before the tick is over.
  _writeRaw(data, encoding, callback, size) {
    if (this[EXCHANGE]) return apply(OutgoingMessage.prototype._writeRaw, this, [data, encoding, callback, size]);
    this.outputData.push({ data, encoding, callback });
    this.outputSize += data.length;
    if (this.socket && !this[SOON]) {
      this[SOON] = true;
      nextTick(() => this._flush());
    }
    return this.outputSize < this.writableHighWaterMark;
  },
  _flush() {
    if (this[EXCHANGE] || !this.socket || this.socket.destroyed || (!this.finished && this.outputData.length === 0)) return;
    begin(this);
    if (this.finished) this._finish();
    else apply(OutgoingMessage.prototype._flush, this, []);
  },
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'));
    this.destroy();
  },
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.res?._dump();
    this[ERROR] = error;
    this.socket?.destroy(error);
    return this;
  },
  onSocket(socket, error) { nextTick(socketCame, this, socket, error); },
  _deferToConnect(method, args) {
    const call = () => {
      if (method) apply(this.socket[method], this.socket, args);
    };
    const whenThere = () => {
      if (this.socket.writable) call();
      else this.socket.once('connect', call);
    };
    if (this.socket) whenThere();
    else this.once('socket', whenThere);
  },
  setTimeout(msecs, callback) {
    if (this._ended) return this;
    listenForTimeout(this);
    const delay = duration(msecs, 'msecs');
    if (callback) this.once('timeout', callback);
    const set = (socket) => {
      if (socket.connecting) socket.once('connect', () => socket.setTimeout(delay));
      else socket.setTimeout(delay);
    };
    if (this.socket) set(this.socket);
    else this.once('socket', set);
    return this;
  },
  setNoDelay(noDelay) { this._deferToConnect('setNoDelay', [noDelay]); },
  setSocketKeepAlive(enable, initialDelay) { this._deferToConnect('setKeepAlive', [enable, initialDelay]); },
  clearTimeout(cb) { this.setTimeout(0, cb); },
});
