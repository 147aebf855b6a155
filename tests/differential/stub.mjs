// Whom the network cases talk to: a server of HTTP, one of TLS, and one that greets, echoes and turns to TLS when it is asked to (STARTTLS).
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import zlib from 'node:zlib';

// Made for this, and good for a hundred years.
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUCgAwIBAgITITkaNo4/V0gKNPs/aAYmNcL0UjAKBggqhkjOPQQDAjAa
MRgwFgYDVQQDDA9EaWZmZXJlbnRpYWwgQ0EwIBcNMjYxMTI3MTkyNDQ1WhgPMjEy
NjExMDMxOTI0NDVaMBoxGDAWBgNVBAMMD0RpZmZlcmVudGlhbCBDQTBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABPNIhvSdz3mJQq0Qn2ghDCForUeElePab3hlSW9Q
O9RDNKRCsku9glQJZzYiMjqmYBsE6LXKWo65a8SEZD5L6oCjYzBhMB0GA1UdDgQW
BBRlJnodAYCAtEem1/GrV9p8pjIwxTAfBgNVHSMEGDAWgBRlJnodAYCAtEem1/Gr
V9p8pjIwxTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjO
PQQDAgNIADBFAiEA/lf/1xTphnlf0SN3BPvenuuUaUj6qKekgkZX0uHpwLACIGVk
QWztn+Hg7Y3XGEr4othVIYOfDZHHDQXsuIzFU0P5
-----END CERTIFICATE-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBwDCCAWWgAwIBAgIUDUmetv7UFOHuuDWGlQIw5XE+kOUwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPRGlmZmVyZW50aWFsIENBMCAXDTI2MTEyNzE5MjUyMVoYDzIx
MjYxMTAzMTkyNTIxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARpC60K4wULuFqpmn+VJaRipjDAoCrFBH9Sa/+8Wu9Fw2x9
qeHTyPUybOYwSiblQOvxu1IQpgnoY5xA1GC2tGAKo4GMMIGJMBoGA1UdEQQTMBGC
CWxvY2FsaG9zdIcEfwAAATAJBgNVHRMEAjAAMAsGA1UdDwQEAwIHgDATBgNVHSUE
DDAKBggrBgEFBQcDATAdBgNVHQ4EFgQU/UsEmvZ3TNdo4HjGdkEMYmULQPwwHwYD
VR0jBBgwFoAUZSZ6HQGAgLRHptfxq1fafKYyMMUwCgYIKoZIzj0EAwIDSQAwRgIh
AIld2uE7v9t0iJcPksu6o/snZMby4ES3LHHakKRUJVtVAiEAiPMw6Yn1fSvSwczk
W/GKLQd2F97c9QnswuUCagFjIpg=
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoO9/G7VhOuF6I2cB
VpqPJpRF0YX5cvT5sfUStOU7TEuhRANCAARpC60K4wULuFqpmn+VJaRipjDAoCrF
BH9Sa/+8Wu9Fw2x9qeHTyPUybOYwSiblQOvxu1IQpgnoY5xA1GC2tGAK
-----END PRIVATE KEY-----`;
const own = { key: KEY, cert: CERTIFICATE };

const PACKINGS = { '/gzip': ['gzip', zlib.gzipSync], '/deflate': ['deflate', zlib.deflateSync], '/br': ['br', zlib.brotliCompressSync] };
// What the two clients do not say alike, because it is their connection's.
const UNTOLD = new Set(['connection', 'content-length', 'expect', 'host', 'transfer-encoding']);

const PATHS = {
  '/hang-up'(request) { request.socket.destroy(); },
  '/never'() {},
  '/half'(request, response) {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('half');
    setTimeout(() => request.socket.destroy(), 30);
  },
  '/slowly'(request, response) {
    let left = 5;
    const timer = setInterval(() => {
      response.write(`piece ${left} `);
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      response.end();
    }, 10);
  },
  '/late'(request, response) { setTimeout(() => response.end('late'), 200); },
  '/big'(request, response) {
    for (let at = 0; at < 50; at++) response.write(Buffer.alloc(10_000, 65 + (at % 26)));
    response.end();
  },
};

function answer(request, response, body) {
  const path = request.url.split('?')[0];
  const [, kind, number] = /^\/(status|redirect)\/(\d+)$/.exec(path) ?? [];
  if (Object.hasOwn(PATHS, path)) {
    PATHS[path](request, response);
    return;
  }
  if (kind === 'redirect') {
    response.writeHead(Number(number), { Location: '/after' });
    response.end('moved');
    return;
  }
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !UNTOLD.has(name)));
  const told = JSON.stringify({ method: request.method, url: request.url, headers, body: body.toString('latin1') });
  const [encoding, pack] = PACKINGS[path] ?? [];
  if (encoding) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Date', 'today');
  response.writeHead(Number(number ?? 200), number ? 'In Other Words' : undefined, { 'X-Twice': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2'], 'X-Latin': 'caf\u00e9' });
  response.end(number === '204' || number === '304' ? undefined : (pack?.(told) ?? told));
}

function greet(socket) {
  socket.on('error', () => {});
  socket.write('hello\n');
  socket.on('data', function heard(bytes) {
    const text = bytes.toString();
    if (text === 'STARTTLS\n') {
      socket.removeListener('data', heard);
      socket.write('go on\n', () => whisper(new tls.TLSSocket(socket, { isServer: true, ...own })));
    } else if (text === 'reset\n') {
      socket.resetAndDestroy();
    } else {
      socket.write(`echo ${text}`);
      if (text.includes('bye')) socket.end();
    }
  });
}

function whisper(socket) {
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    socket.write(`secret ${bytes}`);
    if (bytes.includes('bye')) socket.end();
  });
}

const listening = (server) => new Promise((resolve, reject) => {
  server.on('error', reject);
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});

// Starts all of them: what a case has to know, and how they are stopped.
export async function startStub() {
  const requests = http.createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => answer(request, response, Buffer.concat(pieces)));
  });
  const sockets = new Set();
  const servers = [requests, net.createServer(greet), tls.createServer({ ...own, ALPNProtocols: ['one', 'two'] }, whisper)];
  for (const server of servers) server.on('connection', (socket) => { sockets.add(socket.on('close', () => sockets.delete(socket))); });
  const [web, echo, secret] = await Promise.all(servers.map(listening));
  const stop = () => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { known: { WEB: web, ECHO: echo, SECRET: secret, CA: AUTHORITY }, stop };
}
