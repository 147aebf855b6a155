// `net.Socket`: a connection as a stream, by the operations `connect`, `read`, `write` and `end` of the host.
import { Buffer } from '../buffer.js';
import { invalidArgValue, validateAbortSignal, validateFunction, validateNumber } from '../errors.js';
import { abort, operate } from '../operations.js';
import { Duplex, Stream } from '../stream/index.js';
import { clearTimeout, nextTick, setImmediate, setTimeout } from '../timers.js';
import { unavailable } from '../unavailable.js';
import { isIP } from './addresses.js';
import { normalized, target } from './arguments.js';
import { asNode, closed, closedBefore, duration } from './failures.js';
import { Wire } from './wire.js';

const { apply } = Reflect;
const { parse } = JSON;
const TIMER = Symbol('timeout');
const ATTEMPT = Symbol('kAttempt');
const [READ, WRITTEN, REFED] = [Symbol('kBytesRead'), Symbol('kBytesWritten'), Symbol('kRefed')];
// What the operation `connect` is asked beside where to; sockets of TLS have something to say.
export const TLS = Symbol('kTls');

function checkedOptions(options) {
  for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode']) {
    if (options?.[name]) throw invalidArgValue(`options.${name}`, options[name], 'is not supported');
  }
  if (options?.keepAliveInitialDelay !== undefined) validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
  if (typeof options === 'number' || options?.fd !== undefined) throw unavailable('a socket of a file descriptor');
  return { ...options, allowHalfOpen: Boolean(options?.allowHalfOpen), emitClose: false, autoDestroy: true };
}

export function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  const own = checkedOptions(options);
  this.connecting = false;
  this._hadError = false;
  this._parent = null;
  this._host = null;
  this._handle = own.handle ?? null;
  this._peername = this._sockname = null;
  this[TIMER] = null;
  this[ATTEMPT] = undefined;
  this[READ] = this[WRITTEN] = 0;
  this[REFED] = true;
  this.server = this._server = null;
  const { signal } = own;
  delete own.signal;
  apply(Duplex, this, [own]);
  this.on('end', onEnd);
  if (signal) {
    validateAbortSignal(signal, 'options.signal');
    Stream.addAbortSignal(signal, this);
  }
  return undefined;
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

// What is written after the other side has ended is an error that says so.
function writeAfterEnd(chunk, encoding, callback) {
  if (!this.writableEnded) return apply(Duplex.prototype.write, this, [chunk, encoding, callback]);
  const error = Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
  const done = typeof encoding === 'function' ? encoding : callback;
  if (typeof done === 'function') nextTick(done, error);
  this.destroy(error);
  return false;
}

function onEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

// What came in; whether there is room for more.
function received(socket, bytes, error) {
  if (socket.destroyed) return false;
  socket._unrefTimer();
  if (error !== null) {
    socket.destroy(asNode(error));
    return false;
  }
  if (bytes.length > 0) return socket.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  socket.push(null);
  // Nobody may be there to notice that this was the end.
  socket.read(0);
  return false;
}

const wireOf = (socket, id) => {
  const wire = new Wire(id, (bytes, error) => received(socket, bytes, error));
  if (!socket[REFED]) wire.unref();
  return wire;
};

// A socket goes on with a connection that another one had.
export function take(socket, wire, other) {
  wire.onread = (bytes, error) => received(socket, bytes, error);
  socket._handle = wire;
  socket._peername = other._peername;
  socket._sockname = other._sockname;
}

function end({ address, port, family } = {}) {
  return address === undefined ? {} : { address, family: family === 6 ? 'IPv6' : 'IPv4', port };
}

// The connection is there.
function connected(socket, id, host, answer) {
  const { remote, local, tls } = parse(hb.decodeUtf8(answer));
  socket[ATTEMPT] = undefined;
  socket._handle = wireOf(socket, id);
  socket._peername = end(remote);
  socket._sockname = end(local);
  if (!isIP(host)) socket.emit('lookup', null, remote?.address, remote?.family, host);
  if (socket.destroyed) return;
  socket.connecting = false;
  socket._unrefTimer();
  if (socket.readable && !socket.isPaused()) socket.read(0);
  socket.emit('connect');
  socket.emit('ready');
  socket._connected?.(tls);
}

function failed(socket, host, error) {
  asNode(error);
  const { syscall, address } = error;
  if (syscall === 'getaddrinfo') socket.emit('lookup', error, undefined, undefined, host);
  else if (address !== undefined && !isIP(host)) socket.emit('lookup', null, address, isIP(address), host);
  socket.destroy(error);
}

Object.assign(Socket.prototype, {
  connect(...args) {
    const [options, callback] = normalized(args);
    if (callback !== null) this.once('connect', callback);
    if (this._parent?.connecting) return this;
    const { host, port } = target(options);
    if (this.write !== Socket.prototype.write) this.write = Socket.prototype.write;
    if (this.destroyed) this._undestroy();
    this._handle = this._peername = this._sockname = null;
    this._unrefTimer();
    this.connecting = true;
    if (!isIP(host)) this._host = host;
    const id = operate({ op: 'connect', host, port, tls: this[TLS]?.(options) ?? null }, undefined, (error, answer) => {
      if (this.destroyed) return;
      if (error === null) connected(this, id, host, answer);
      else failed(this, host, error);
    });
    this[ATTEMPT] = id;
    return this;
  },
  _unrefTimer() {
    for (let socket = this; socket; socket = socket._parent) socket[TIMER]?.refresh();
  },
  setTimeout(msecs, callback) {
    if (this.destroyed) return this;
    this.timeout = msecs;
    const delay = duration(msecs, 'msecs');
    clearTimeout(this[TIMER]);
    this[TIMER] = delay === 0 ? null : setTimeout(() => this._onTimeout(), delay).unref();
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      if (delay === 0) this.removeListener('timeout', callback);
      else this.once('timeout', callback);
    }
    return this;
  },
  _onTimeout() { this.emit('timeout'); },
  // The host sends at once and watches over its connections itself.
  setNoDelay(enable) { return this; },
  setKeepAlive(enable, initialDelayMsecs) { return this; },
  address() { return this._getsockname(); },
  _read(size) {
    if (this.connecting || !this._handle) this.once('connect', () => this._read(size));
    else if (!this._handle.reading) this._handle.readStart();
  },
  _writeGeneric(writev, data, encoding, callback) {
    if (this.connecting) {
      const onClose = () => callback(closedBefore());
      this.once('connect', () => {
        this.off('close', onClose);
        this._writeGeneric(writev, data, encoding, callback);
      });
      this.once('close', onClose);
      return;
    }
    if (!this._handle) {
      callback(closed());
      return;
    }
    this._unrefTimer();
    const bytes = writev ? Buffer.concat(data.map(({ chunk }) => chunk)) : data;
    this._handle.write(bytes, (error) => {
      this._unrefTimer();
      callback(error === null ? null : asNode(error));
    });
  },
  _writev(chunks, callback) { this._writeGeneric(true, chunks, '', callback); },
  _write(data, encoding, callback) { this._writeGeneric(false, data, encoding, callback); },
  _final(callback) {
    if (this.pending) {
      this.once('connect', () => this._final(callback));
      return;
    }
    // Who closed first does not matter any more.
    this._handle.shutdown(() => callback());
  },
  end(data, encoding, callback) {
    apply(Duplex.prototype.end, this, [data, encoding, callback]);
    return this;
  },
  pause() { return apply(Duplex.prototype.pause, this, []); },
  resume() { return apply(Duplex.prototype.resume, this, []); },
  read(size) { return apply(Duplex.prototype.read, this, [size]); },
  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', this.destroy);
  },
  _destroy(exception, callback) {
    this.connecting = false;
    for (let socket = this; socket; socket = socket._parent) clearTimeout(socket[TIMER]);
    const isOpen = this._handle !== null || this[ATTEMPT] !== undefined;
    if (this[ATTEMPT] !== undefined) abort(this[ATTEMPT]);
    this[ATTEMPT] = undefined;
    if (this._handle) {
      [this[READ], this[WRITTEN]] = [this._handle.bytesRead, this._handle.bytesWritten];
      this._handle.close();
      this._handle = null;
    }
    callback(exception);
    if (isOpen) setImmediate(() => this.emit('close', Boolean(exception)));
    else nextTick(() => this.emit('close'));
  },
  resetAndDestroy() {
    if (!this._handle && !this.connecting) this.destroy(closed());
    else this._reset();
    return this;
  },
  _reset() { return this.destroy(); },
  ref() {
    this[REFED] = true;
    this._handle?.ref?.();
    return this;
  },
  unref() {
    this[REFED] = false;
    this._handle?.unref?.();
    return this;
  },
  _getpeername() { return this._peername ?? {}; },
  _getsockname() { return this._handle && this._sockname ? this._sockname : {}; },
});

const getters = {
  _connecting() { return this.connecting; },
  pending() { return !this._handle || this.connecting; },
  readyState() {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  },
  bufferSize() { return this._handle ? this.writableLength : undefined; },
  bytesRead() { return this._handle ? this._handle.bytesRead : this[READ]; },
  // What is being written counts as dispatched.
  bytesWritten() {
    const { writing, writelen } = this._writableState;
    return this._bytesDispatched + this.writableLength - (this._handle && !this.connecting && writing ? writelen : 0);
  },
  _bytesDispatched() { return this._handle ? this._handle.bytesWritten : this[WRITTEN]; },
  remoteAddress() { return this._getpeername().address; },
  remoteFamily() { return this._getpeername().family; },
  remotePort() { return this._getpeername().port; },
  localAddress() { return this._getsockname().address; },
  localPort() { return this._getsockname().port; },
  localFamily() { return this._getsockname().family; },
};
for (const [name, get] of Object.entries(getters)) Object.defineProperty(Socket.prototype, name, { get, enumerable: true, configurable: true });
for (const [name, length] of [['connect', 0], ['address', 0]]) Object.defineProperty(Socket.prototype[name], 'length', { value: length, configurable: true });
