// One request for a server that listens: the host has its head, the engine its body, and the answer is the function's result, in the form that AWS
// Lambda has for answers over HTTP.
import { Buffer } from '../buffer.js';
import { Socket } from '../net/socket.js';
import { nextTick } from '../timers.js';
import { PULL } from './incoming.js';
import { anyServer, firstServer } from './listening.js';
import { CLASSES, SecureServer } from './server.js';

const { apply } = Reflect;
const { parse } = JSON;
const LOCAL = { address: '127.0.0.1', family: 'IPv4', port: 0 };

// The handle of a connection that only one request comes over. What is written to it is the answer's body.
class Line {
  bytesRead = 0;
  bytesWritten = 0;
  reading = false;
  pieces = [];
  readStart() { this.reading = true; }
  readStop() { this.reading = false; }
  write(bytes, done) {
    this.bytesWritten += bytes.length;
    this.pieces.push(bytes);
    done(null);
  }
  shutdown(done) { done(null); }
  close() {}
  ref() {}
  unref() {}
  hasRef() { return true; }
}

function socketOf(server, line) {
  const socket = new Socket({ handle: line, allowHalfOpen: true });
  socket._peername = LOCAL;
  socket._sockname = server.address();
  socket.server = socket._server = server;
  // Whoever called has done so as it should be: where HTTPS is spoken, it ends before the hook.
  if (server instanceof SecureServer) Object.assign(socket, { encrypted: true, authorized: false });
  return socket;
}

function requestOf(server, socket, { method, url, headers }, body) {
  const req = new server[CLASSES].IncomingMessage(socket);
  const raw = headers.flat();
  Object.assign(req, { httpVersionMajor: 1, httpVersionMinor: 1, httpVersion: '1.1', method, url, upgrade: false });
  req.joinDuplicateHeaders = Boolean(server.joinDuplicateHeaders);
  req._addHeaderLines(raw, raw.length);
  req[PULL] = () => {
    if (req.complete) return;
    socket._handle.bytesRead += body.length;
    if (body.length > 0) req.push(body);
    req.complete = true;
    req.push(null);
  };
  return req;
}

function answerOf(res, line) {
  const [first, ...lines] = res._header.slice(0, -4).split('\r\n');
  const headers = lines.map((each) => {
    const at = each.indexOf(': ');
    return [each.slice(0, at), each.slice(at + 2)];
  });
  const body = Buffer.concat(line.pieces);
  const isText = hb.isUtf8(body);
  return { statusCode: Number(first.split(' ', 2)[1]), headers, body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

// As on a connection that stays open. Code that waits for its end has its turn before the run is over.
function finished(req, res, socket, done) {
  const { _handle: line } = socket;
  if (!req._consuming) req._dump();
  res.detachSocket(socket);
  nextTick(() => {
    res.destroyed = true;
    res._closed = true;
    res.emit('close');
    done(answerOf(res, line));
  });
}

// The answer to a request with this body.
export async function serve(bytes) {
  const server = await firstServer();
  const { request } = parse(hb.invocation());
  return new Promise((resolve, reject) => {
    const line = new Line();
    const socket = socketOf(server, line);
    const req = requestOf(server, socket, request, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const res = new server[CLASSES].ServerResponse(req, { highWaterMark: socket.writableHighWaterMark, rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites });
    res._unframed = true;
    res.assignSocket(socket);
    res.on('finish', () => finished(req, res, socket, resolve));
    socket.on('close', () => reject(new Error('the connection was closed before the answer was complete')));
    // What a listener throws is uncaught, as in Node.
    nextTick(() => {
      server.emit('connection', socket);
      server.emit('request', req, res);
    });
  });
}

// The names under which servers and apps are exported, if they do not listen by themselves.
const EXPORTED = ['app', 'server'];

// Whether a source is a server: it has one that listens, or exports one that can be made to. `more` says whether something is under way that may
// end in one.
export function isServer(exports, more) {
  if (anyServer()) return true;
  const inner = exports.default ?? exports;
  const found = [exports, inner, ...EXPORTED.map((name) => exports[name] ?? inner?.[name])].find((each) => typeof each?.listen === 'function');
  if (found !== undefined) apply(found.listen, found, [0]);
  return found !== undefined || more;
}
