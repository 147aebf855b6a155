// What stands for a request's socket. The host connects, keeps connections alive and speaks HTTP; here each request is an operation `fetch`, and
// a socket is what libraries look at and wait for on the way.
import { Buffer } from '../buffer.js';
import { abort, hold, operate, release } from '../operations.js';
import { Socket } from '../net/socket.js';
import { asNode } from '../net/failures.js';
import { TLSSocket, tell } from '../tls/socket.js';
import { checkServerIdentity } from '../tls/identity.js';
import { createSecureContext, forHost } from '../tls/context.js';
import { setImmediate } from '../timers.js';

const { parse } = JSON;
const MOST = 65536;
const OURS = new WeakSet();

export const isStandIn = (socket) => OURS.has(socket);

// The host does with TLS as it does for everybody, unless something was asked for.
const SAID = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'secureContext', 'servername', 'minVersion', 'maxVersion', 'secureProtocol', 'ALPNProtocols'];

const USUAL = { minVersion: ['TLSv1', 'TLSv1.1', 'TLSv1.2'], maxVersion: ['TLSv1.3'] };
function isUsual(name, options) {
  const value = options[name];
  if (name === 'servername') return value === options.host;
  return name === 'ALPNProtocols' ? String(value) === 'http/1.1' : Boolean(USUAL[name]?.includes(value));
}

// A check of names of the author's own comes on top of the host's: when it could be asked, the request is on its way.
function tlsOf(options, name) {
  const verify = options.rejectUnauthorized !== false;
  const looks = typeof options.checkServerIdentity === 'function' && options.checkServerIdentity !== checkServerIdentity;
  if (verify && !looks && !SAID.some((each) => options[each] && !isUsual(each, options))) return undefined;
  return forHost(options.secureContext ?? createSecureContext(options), { name: options.servername || name, verify, alpn: options.ALPNProtocols });
}

// The handle of such a socket.
class Line {
  bytesRead = 0;
  bytesWritten = 0;
  reading = false;
  refed = true;
  exchange = null;
  #arrived = false;
  constructor(socket, options, isSecure) {
    this.socket = socket;
    this.options = options;
    this.isSecure = isSecure;
  }
  // The host connects when there is a request. Who waits for the connection first would wait for ever, so it is there soon.
  arrive() {
    if (this.#arrived) return;
    this.#arrived = true;
    const { socket, options, isSecure } = this;
    socket.connecting = false;
    if (isSecure) tell(socket, undefined, options);
    for (const event of isSecure ? ['connect', 'ready', 'secureConnect'] : ['connect', 'ready']) socket.emit(event);
  }
  readStart() { this.reading = true; }
  readStop() { this.reading = false; }
  write(bytes, done) {
    this.bytesWritten += bytes.length;
    if (bytes.length > 0 && this.exchange !== null) this.exchange.write(bytes, done);
    else done(null);
  }
  shutdown(done) { done(null); }
  close() { this.exchange?.close(); }
  ref() {
    this.refed = true;
    this.exchange?.hold();
  }
  unref() {
    this.refed = false;
    this.exchange?.release();
  }
  hasRef() { return this.refed; }
}

export function standIn(options, isSecure) {
  const socket = isSecure ? new TLSSocket(undefined, {}) : new Socket();
  OURS.add(socket);
  socket.connecting = true;
  socket._host = options.host ?? 'localhost';
  socket._handle = new Line(socket, options, isSecure);
  if (options.timeout) socket.setTimeout(options.timeout);
  setImmediate(() => socket._handle?.arrive());
  return socket;
}

// What follows from how the host speaks HTTP is the host's to say.
const FRAMING = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

function headersOf(text, authority, hasLength) {
  const lines = text.slice(text.indexOf('\r\n') + 2, -4);
  const pairs = lines === '' ? [] : lines.split('\r\n').map((line) => {
    const at = line.indexOf(': ');
    return [line.slice(0, at), line.slice(at + 2)];
  });
  return pairs.filter(([name, value]) => {
    const lower = name.toLowerCase();
    if (FRAMING.has(lower) || (lower === 'host' && value === authority)) return false;
    return !(hasLength && lower === 'content-length') && !(lower === 'expect' && /100-continue/i.test(value));
  });
}

// What is no name, such as one with a port, is looked up by Node like any other.
const notFound = (hostname) => Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname });

// One request and its answer. `on` is told: answered(answer), failed(error), data(bytes), ended(), broken(error).
export class Exchange {
  #id;
  #others = new Set();
  #over = false;
  constructor(socket, on) {
    this.socket = socket;
    this.on = on;
    socket._handle.exchange = this;
  }
  begin({ method, path, header, body, payload }) {
    const { options, isSecure } = this.socket._handle;
    const host = `${options.host ?? 'localhost'}`;
    const named = host.includes(':') && host[0] !== '[' ? `[${host}]` : host;
    const usual = isSecure ? 443 : 80;
    const authority = Number(options.port || usual) === usual ? named : `${named}:${options.port}`;
    const tls = isSecure ? tlsOf(options, host) : undefined;
    const request = { op: 'fetch', method, url: `${isSecure ? 'https' : 'http'}://${authority}${path}`, headers: headersOf(header, authority, body !== 'stream'), body,
      redirect: 'manual', decompress: false, tls };
    this.#id = this.#operate(request, payload, (error, answer) => {
      if (error !== null) this.on.failed(asNode(error.message === 'Invalid URL' ? notFound(host) : error));
      else this.#answered(parse(hb.decodeUtf8(answer)), options);
    });
  }
  #answered(answer, options) {
    const { socket } = this;
    socket._handle.arrive();
    if (socket.destroyed) return;
    const { remote, tls } = answer;
    if (remote) socket._peername = { address: remote.address, family: remote.family === 6 ? 'IPv6' : 'IPv4', port: remote.port };
    if (tls) {
      tell(socket, tls, options);
      const checks = options.checkServerIdentity;
      const problem = options.rejectUnauthorized === false || checks === undefined || checks === checkServerIdentity ? undefined
        : checks(options.servername || options.host, socket.getPeerCertificate(true));
      if (problem) {
        this.on.failed(problem);
        return;
      }
    }
    this.on.answered(answer);
  }
  #operate(header, payload, done) {
    const handle = operate(header, payload, (error, answer) => {
      this.#others.delete(handle);
      if (this.#over) return;
      this.socket._unrefTimer();
      done(error, answer);
    });
    this.#others.add(handle);
    if (this.socket._handle?.refed === false) release(handle);
    return handle;
  }
  write(bytes, done) { this.#operate({ op: 'write', of: this.#id }, bytes, done); }
  end() {
    if (!this.#over) this.#operate({ op: 'end', of: this.#id }, undefined, () => {});
  }
  read() {
    this.#operate({ op: 'read', of: this.#id, max: MOST }, undefined, (error, bytes) => {
      if (error !== null) this.on.broken(asNode(error));
      else if (bytes.length === 0) this.on.ended();
      else {
        if (this.socket._handle) this.socket._handle.bytesRead += bytes.length;
        this.on.data(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      }
    });
  }
  hold() { this.#others.forEach(hold); }
  release() { this.#others.forEach(release); }
  close() {
    if (this.#over) return;
    this.#over = true;
    for (const handle of this.#others) abort(handle);
    if (this.#id !== undefined && !this.#others.has(this.#id)) abort(this.#id);
    this.#others.clear();
  }
}
