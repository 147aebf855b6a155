// One request over the network and its answer: an operation of the host, the pieces of the request's body that are written to it, and those
// of the answer's that are read from it when somebody wants them.
import { abort, operation } from '../operations.js';
import { HeadersList, makeNetworkError, makeResponse, readAllBytes, redirectStatusSet, sameOrigin } from './classes.cjs';
import { IncomingBody } from './incoming-body.js';

const { parse } = JSON;
const { encodeUtf8, decodeUtf8 } = hb;
const EMPTY = new Uint8Array(0);
const MOST = 65536;
// A body of at most so many bytes comes with the answer.
const WHOLE = 16384;
const CONDITIONS = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range'];

// What Node sends along unless the author says otherwise.
function headersOf(request) {
  if (request.headers !== undefined) return request.headers;
  const list = new HeadersList(request.headersList);
  const usual = (name, value) => { if (!list.contains(name, true)) list.append(name, value, true); };
  usual('accept', '*/*');
  usual('accept-language', '*');
  list.set('sec-fetch-mode', request.mode, true);
  usual('user-agent', 'node');
  const cache = request.cache === 'default' && CONDITIONS.some((name) => list.contains(name, true)) ? 'no-store' : request.cache;
  if (cache === 'no-cache') usual('cache-control', 'max-age=0');
  if (cache === 'no-store' || cache === 'reload') {
    usual('pragma', 'no-cache');
    usual('cache-control', 'no-cache');
  }
  if (list.contains('range', true)) list.append('accept-encoding', 'identity', true);
  usual('accept-encoding', request.url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate');
  // What is the host's to say.
  for (const name of ['host', 'connection', 'keep-alive', 'transfer-encoding']) list.delete(name, true);
  if (request.body === null || request.body.source !== null) list.delete('content-length', true);
  return Array.from(list.rawValues(), ({ name, value }) => [name, value]);
}

// The whole body, where it was given as a whole; a promise of it, where it is made of several things.
function wholeBody({ body, method }) {
  if (body === null) return method === 'POST' || method === 'PUT' ? EMPTY : undefined;
  if (typeof body.source === 'string') return encodeUtf8(body.source);
  if (body.source instanceof Uint8Array) return body.source;
  return readAllBytes(body.stream.getReader());
}

export class Exchange {
  #request;
  #handle = -1;
  #state = 'under way';
  #response;
  // `kept` has to live as long as this does: what the author's signal is followed with.
  constructor(request, kept) {
    this.#request = request;
    this.kept = kept;
  }
  #begin(body, payload) {
    const { method, url, redirect } = this.#request;
    const address = url.hash === '' ? url.href : url.href.slice(0, -url.hash.length);
    const answer = operation({ op: 'fetch', method, url: address, headers: headersOf(this.#request), body,
      redirect: redirect === 'follow' ? 'follow' : 'manual', decompress: true, whole: WHOLE }, payload);
    this.#handle = answer.handle;
    return answer;
  }
  async run() {
    if (this.#request.body !== null && this.#request.body.source === null) return this.#answered(await this.#streamed());
    let whole = wholeBody(this.#request);
    if (whole instanceof Promise) {
      whole = await whole;
      if (this.#state !== 'under way') throw new Error('aborted');
    }
    return this.#answered(await this.#begin(whole === undefined ? 'none' : 'bytes', whole));
  }
  // The answer may come before all is sent. What fails in sending fails the request.
  #streamed() {
    const answer = this.#begin('stream');
    const { promise, resolve, reject } = Promise.withResolvers();
    answer.then(resolve, reject);
    this.#write().catch((error) => {
      this.#close();
      this.#response?.body?.fail(new TypeError('terminated', { cause: error }));
      reject(error);
    });
    return promise;
  }
  async #write() {
    const of = this.#handle;
    for await (const chunk of this.#request.body.stream) {
      if (this.#state !== 'under way') return;
      const bytes = typeof chunk === 'string' ? encodeUtf8(chunk) : chunk;
      if (!(bytes instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
      if (bytes.length > 0) await operation({ op: 'write', of }, bytes);
    }
    if (this.#state === 'under way') await operation({ op: 'end', of });
  }
  #answered(bytes) {
    const head = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) + 4;
    const told = parse(decodeUtf8(bytes.subarray(4, head)));
    const request = this.#request;
    if (redirectStatusSet.has(told.status) && request.redirect === 'error') {
      this.#close();
      return makeNetworkError('unexpected redirect');
    }
    if (told.status === 407) {
      this.#close();
      return makeNetworkError();
    }
    const headersList = new HeadersList();
    for (const [name, value] of told.headers) headersList.append(name.toLowerCase(), value, true);
    const urlList = [...request.urlList];
    if (told.redirected) urlList.push(new URL(told.url));
    const response = makeResponse({ type: 'basic', status: told.status, statusText: told.status_text, headersList, urlList });
    const refused = told.redirected ? this.#taint(response, urlList) : undefined;
    if (refused !== undefined) return refused;
    response.body = this.#body(told.body, bytes.slice(head));
    this.#response = response;
    return response;
  }
  // What came from another origin than the one that was asked.
  #taint(response, urlList) {
    const { mode } = this.#request;
    if (sameOrigin(urlList[0], urlList.at(-1))) return undefined;
    if (mode === 'same-origin') {
      this.#close();
      return makeNetworkError('request mode cannot be "same-origin"');
    }
    response.type = 'cors';
    return undefined;
  }
  // What came with the head, or is to be read.
  #body(isLeft, came) {
    const read = () => (isLeft && this.#state === 'under way' ? operation({ op: 'read', of: this.#handle, max: MOST }) : Promise.resolve(EMPTY));
    return new IncomingBody(read, () => this.#close(), isLeft ? undefined : came);
  }
  #close() {
    if (this.#state !== 'under way') return;
    this.#state = 'over';
    if (this.#handle !== -1) abort(this.#handle);
  }
  // The author's signal.
  abort(reason) {
    if (this.#state !== 'under way') return;
    this.#close();
    if (this.#response === undefined) return;
    this.#response.aborted = true;
    this.#response.body?.fail(reason);
  }
}
