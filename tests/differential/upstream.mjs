// What the cases call that go over a network: a server on this machine, the same for Node and for Hookbox. It keeps nothing between requests.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

const TEXT = 'the same text again and again '.repeat(100);

const answers = {
  // What was sent, without what differs by connection.
  echo(request, response, body) {
    const headers = Object.entries(request.headersDistinct).filter(([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)).sort();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers, body: body.toString('latin1').replace(/formdata-undici-0\d{11}/g, 'B').replace(/boundary=.*?(?=["\\])/g, 'B') }));
  },
  length(request, response) { response.end(`${request.headers['content-length']} ${request.headers['transfer-encoding']}`); },
  hop(request, response) { response.end(`${request.headers.host.replace(/:\d+/, '')} ${request.headers.authorization}`); },
  gzip(request, response) { response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT)); },
  deflate(request, response) { response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync(TEXT)); },
  raw(request, response) { response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync(TEXT)); },
  twice(request, response) { response.writeHead(200, { 'content-encoding': 'gzip, deflate' }).end(deflateSync(gzipSync(TEXT))); },
  // Short as it comes, and long when it is unpacked.
  packed(request, response) { response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(300_000, 'x'))); },
  unknown(request, response) { response.writeHead(200, { 'content-encoding': 'odd' }).end('odd'); },
  broken(request, response) { response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip at all'); },
  status(request, response) { response.writeHead(Number(new URL(request.url, 'http://x').searchParams.get('code')), 'A reason', { 'x-a': 'b' }).end('text'); },
  redirect(request, response) {
    const query = new URL(request.url, 'http://x').searchParams;
    response.writeHead(Number(query.get('code')), query.has('to') ? { location: query.get('to') } : {}).end('moved');
  },
  headers(request, response) {
    response.writeHead(200, [['X-One', '1'], ['x-two', 'a'], ['X-Two', 'b'], ['Set-Cookie', 'a=1; Path=/'], ['set-cookie', 'b=2'], ['X-Latin', '\xe4'], ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT']].flat()).end('x');
  },
  async chunks(request, response) {
    for (const chunk of ['one,', 'two,', 'three']) {
      response.write(chunk);
      await sleep(5);
    }
    response.end();
  },
  large(request, response) { response.end(Buffer.alloc(400_000, 'x')); },
  // Never answers, or never ends its answer, or breaks off.
  silent() {},
  endless(request, response) { response.write('beginning'); },
  async cut(request, response) {
    response.writeHead(200, { 'content-length': '100' }).write('some');
    await sleep(20);
    response.destroy();
  },
  drop(request) { request.socket.destroy(); },
  empty(request, response) { response.end(); },
};

async function answer(answers, request, response) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const name = new URL(request.url, 'http://x').pathname.slice(1);
  if (Object.hasOwn(answers, name)) await answers[name](request, response, Buffer.concat(pieces));
  else response.writeHead(404).end();
}

export class Upstream {
  #server;

  // With `tls` it speaks TLS; `more` are answers besides.
  static async start({ tls, more } = {}) {
    const upstream = new Upstream();
    const all = { ...answers, ...more };
    const listener = (request, response) => {
      // A request may be broken off.
      answer(all, request, response).catch(() => response.destroy());
    };
    upstream.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
    await new Promise((resolve) => { upstream.#server.listen(0, '127.0.0.1', resolve); });
    return upstream;
  }

  // The host and port by which it is reached.
  get host() {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => { this.#server.close(resolve); });
  }
}
