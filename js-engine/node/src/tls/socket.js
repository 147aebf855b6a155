// `tls.TLSSocket` and `tls.connect`: a socket whose connection the host makes secure, from the start or later (STARTTLS).
import { coded } from '../errors.js';
import { unavailable } from '../unavailable.js';
import { asNode } from '../net/failures.js';
import { _normalizeArgs } from '../net/arguments.js';
import { Socket, TLS, take } from '../net/socket.js';
import { nextTick } from '../timers.js';
import { createSecureContext, forHost } from './context.js';
import { NAME_IS_WRONG, checkServerIdentity, verifyError } from './identity.js';
import { cipherOf, peerCertificate, peerX509 } from './peer.js';

const { apply } = Reflect;
const { parse } = JSON;
const [OPTIONS, FACTS, BEGUN, LOWER] = [Symbol('kConnectOptions'), Symbol('kFacts'), Symbol('kBegun'), Symbol('kLower')];

export function TLSSocket(socket, opts) {
  if (!(this instanceof TLSSocket)) return new TLSSocket(socket, opts);
  const options = { ...opts };
  this._tlsOptions = options;
  this._secureEstablished = this._securePending = false;
  this._controlReleased = false;
  this.secureConnecting = true;
  this._SNICallback = null;
  this.servername = null;
  this.alpnProtocol = null;
  this.authorized = false;
  this.authorizationError = null;
  this[FACTS] = undefined;
  this[BEGUN] = false;
  if (options.isServer) throw unavailable('a TLS socket of a server');
  const { allowHalfOpen, highWaterMark, signal } = options;
  apply(Socket, this, [{ allowHalfOpen: socket ? socket.allowHalfOpen : allowHalfOpen, highWaterMark, signal }]);
  this[LOWER] = socket ?? null;
  if (socket) wrap(this, socket);
  // What older clients ask for what the handshake found.
  this.ssl = { verifyError: () => problemOf(this, true) ?? null, getPeerCertificate: (detailed) => this.getPeerCertificate(detailed) };
  return undefined;
}
Object.setPrototypeOf(TLSSocket.prototype, Socket.prototype);
Object.setPrototypeOf(TLSSocket, Socket);

// The two live and die together.
function wrap(secure, socket) {
  if (!(socket instanceof Socket) || socket instanceof TLSSocket) {
    nextTick(() => secure.destroy(unavailable('TLS over a stream that is not a net.Socket')));
    return;
  }
  secure._parent = socket;
  secure._host = socket._host;
  secure.connecting = socket.connecting;
  if (socket.connecting) {
    socket.once('connect', () => {
      secure.connecting = false;
      secure.emit('connect');
    });
  }
  socket.on('error', (error) => secure.destroy(error));
  socket.once('close', () => secure.destroy());
  secure.once('close', () => socket.destroy());
}

// With a check of names of the author's own, the host lets a certificate with another name pass.
function asked(socket) {
  const options = socket[OPTIONS];
  const { secureContext, ALPNProtocols } = socket._tlsOptions;
  const context = secureContext ?? createSecureContext(socket._tlsOptions);
  const name = options?.servername || socket.servername || options?.host || socket._host || socket[LOWER]?._host || socket[LOWER]?.remoteAddress || 'localhost';
  const verify = options !== undefined && options.rejectUnauthorized !== false && options.checkServerIdentity === checkServerIdentity;
  return forHost(context, { name, verify, alpn: ALPNProtocols });
}

// What is wrong with the other side's certificate, as far as this is not a matter of names.
function problemOf({ [FACTS]: facts }, onlyChain) {
  const code = facts?.authorization_error;
  if (!code || (onlyChain && code === NAME_IS_WRONG)) return undefined;
  return verifyError(code);
}

function verified(socket, options) {
  const { host, servername, socket: lower } = options;
  const problem = problemOf(socket, true);
  if (problem !== undefined) return problem;
  const checks = options.checkServerIdentity;
  // The host has checked this already, if nobody wanted to know more.
  if (checks === checkServerIdentity && !socket[FACTS]?.authorization_error) return undefined;
  return checks(servername || host || lower?._host || 'localhost', socket.getPeerCertificate(true));
}

function secured(socket, facts) {
  socket[FACTS] = facts;
  socket._secureEstablished = true;
  socket.alpnProtocol = facts.alpn ?? false;
  if (socket[OPTIONS] === undefined) socket.secureConnecting = false;
  socket.emit('secure');
}

function onSecure() {
  const options = this[OPTIONS];
  const problem = verified(this, options);
  this.authorized = !problem;
  if (problem) {
    this.authorizationError = problem.code || problem.message;
    if (options.rejectUnauthorized !== false) {
      this.destroy(problem);
      return;
    }
  }
  this.secureConnecting = false;
  this.emit('secureConnect');
}

// Secured from the start: the host makes the handshake while it connects.
TLSSocket.prototype[TLS] = function () {
  if (this[OPTIONS] === undefined) return null;
  this[BEGUN] = true;
  return asked(this);
};

Object.assign(TLSSocket.prototype, {
  encrypted: true,
  _connected(facts) {
    if (facts) secured(this, facts);
  },
  _start() {
    if (this[BEGUN] || this.destroyed) return;
    if (this.connecting) {
      this.once('connect', this._start);
      return;
    }
    const lower = this[LOWER] ?? this;
    if (!lower._handle) return;
    this[BEGUN] = true;
    const wire = lower._handle;
    lower._handle = null;
    wire.secure(asked(this), (error, answer) => {
      if (this.destroyed) {
        wire.close();
        return;
      }
      if (error !== null) {
        wire.close();
        this._tlsError(asNode(error));
        return;
      }
      take(this, wire, lower);
      secured(this, parse(hb.decodeUtf8(answer)));
      if (!this.destroyed) this.emit(TLS);
    });
  },
  // Nothing goes in or out before the handshake is over.
  _read(size) {
    if (this._handle || !this[LOWER]) apply(Socket.prototype._read, this, [size]);
    else this.once(TLS, () => this._read(size));
  },
  _writeGeneric(writev, data, encoding, callback) {
    if (this._handle || !this[LOWER]) {
      apply(Socket.prototype._writeGeneric, this, [writev, data, encoding, callback]);
      return;
    }
    this._start();
    this.once(TLS, () => this._writeGeneric(writev, data, encoding, callback));
  },
  _final(callback) {
    if (this._handle || !this[LOWER]) apply(Socket.prototype._final, this, [callback]);
    else this.once(TLS, () => this._final(callback));
  },
  _tlsError(error) {
    this.emit('_tlsError', error);
    this.destroy(error);
    return error;
  },
  _releaseControl() {
    if (this._controlReleased) return false;
    this._controlReleased = true;
    return true;
  },
  _finishInit() {},
  _destroySSL() {},
  disableRenegotiation() {},
  renegotiate(options, callback) {
    const error = coded(Error, 'ERR_TLS_RENEGOTIATION_DISABLED', 'TLS session renegotiation disabled for this socket');
    if (typeof callback === 'function') nextTick(callback, error);
    return false;
  },
  exportKeyingMaterial(length, label, context) { throw unavailable('tls.TLSSocket.exportKeyingMaterial'); },
  setMaxSendFragment(size) { return true; },
  setServername(name) {
    if (typeof name === 'string') this.servername = name;
  },
  setSession(session) {},
  setKeyCert(context) { throw unavailable('tls.TLSSocket.setKeyCert'); },
  getPeerCertificate(detailed) { return this.destroyed ? null : peerCertificate(this[FACTS], detailed); },
  getCertificate() { return {}; },
  getPeerX509Certificate(detailed) { return peerX509(this[FACTS]); },
  getX509Certificate() { return undefined; },
  getCipher() { return this[FACTS] ? cipherOf(this[FACTS]) : null; },
  getSharedSigalgs() { return []; },
  getEphemeralKeyInfo() { return {}; },
  getFinished() { return undefined; },
  getPeerFinished() { return undefined; },
  getProtocol() { return this[FACTS]?.protocol ?? null; },
  getSession() { return undefined; },
  getTLSTicket() { return undefined; },
  isSessionReused() { return false; },
  enableTrace() {},
});

// What somebody else has found out about the connection, such as the host in place of a request.
export function tell(socket, facts, options) {
  const authorized = options.rejectUnauthorized !== false && !facts?.authorization_error;
  Object.assign(socket, { [FACTS]: facts, secureConnecting: false, _secureEstablished: true, authorized,
    authorizationError: facts?.authorization_error ?? null, alpnProtocol: facts?.alpn ?? false });
}

function connectArguments(args) {
  const [given, callback] = _normalizeArgs(args);
  const more = [args[1], args[2]].find((each) => each !== null && typeof each === 'object');
  return [more === undefined ? given : Object.assign(given, more), callback];
}

export function connect(...args) {
  const [given, callback] = connectArguments(args);
  const rejects = globalThis.process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0';
  const options = { rejectUnauthorized: rejects, checkServerIdentity, ...given };
  options.rejectUnauthorized = options.rejectUnauthorized !== false;
  const secureContext = options.secureContext || createSecureContext(options);
  const { socket, allowHalfOpen, ALPNProtocols, highWaterMark, signal, timeout, servername } = options;
  const secure = new TLSSocket(socket, { allowHalfOpen, secureContext, isServer: false, requestCert: true, rejectUnauthorized: options.rejectUnauthorized,
    ALPNProtocols, highWaterMark, signal });
  secure[OPTIONS] = options;
  if (callback) secure.once('secureConnect', callback);
  if (servername) secure.setServername(servername);
  if (socket) {
    secure._start();
  } else {
    if (timeout) secure.setTimeout(timeout);
    secure.connect(options);
  }
  secure._releaseControl();
  secure.on('secure', onSecure);
  return secure;
}
