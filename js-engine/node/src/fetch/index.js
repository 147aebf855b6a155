// `fetch`: requests go out as an operation of the host, which follows redirects and decompresses; data URLs and blobs are answered here.
import { expose } from '../expose.js';
import {
  FormData, Headers, Request, Response, bytesMatch, fromInnerResponse, kState, makeNetworkError, nullBodyStatus, readAllBytes, requestBadPort,
  safelyExtractBody,
} from './classes.cjs';
import { fetchLocally } from './local.js';
import { Exchange } from './exchange.js';
import { plainRequest } from './plain.js';

// A response that fetch fails with, whatever it was that failed.
async function respond(request, exchange) {
  if (requestBadPort(request) === 'blocked') return makeNetworkError('bad port');
  const { protocol } = request.url;
  try {
    return await (protocol === 'http:' || protocol === 'https:' ? exchange.run() : fetchLocally(request));
  } catch (error) {
    return makeNetworkError(error);
  }
}

async function checked(request, response) {
  if (response.status !== 0 && (request.method === 'HEAD' || nullBodyStatus.includes(response.status))) {
    response.body?.stream.cancel().catch(() => {});
    response.body = null;
  }
  if (!request.integrity || response.type === 'error') return response;
  if (response.type === 'opaque' || response.body === null) return makeNetworkError(response.error);
  try {
    const bytes = await readAllBytes(response.body.stream.getReader());
    if (!bytesMatch(bytes, request.integrity)) return makeNetworkError('integrity mismatch');
    [response.body] = safelyExtractBody(bytes);
    return response;
  } catch (error) {
    return makeNetworkError(error);
  }
}

function dropBody(request, reason) {
  const stream = request.body?.stream;
  if (stream !== undefined && !stream.locked) stream.cancel(reason).catch(() => {});
}

// `kept` has to live as long as the exchange does: what the author's signal is followed with.
function send(request, signal, kept) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const exchange = new Exchange(request, kept);
  signal?.addEventListener('abort', () => {
    exchange.abort(signal.reason);
    dropBody(request, signal.reason);
    reject(signal.reason);
  }, { once: true });
  respond(request, exchange).then((response) => checked(request, response)).then((response) => {
    if (signal?.aborted) return;
    if (response.type === 'error') {
      reject(new TypeError('fetch failed', { cause: response.error }));
      return;
    }
    if (response.urlList.length === 0) response.urlList.push(...request.urlList);
    resolve(fromInnerResponse(response, 'immutable'));
  }, reject);
  return promise;
}

export const { fetch } = {
  fetch(input, init = undefined) {
    let request = plainRequest(input, init);
    let signal = request?.signal;
    let made;
    if (request === undefined) {
      try {
        made = new Request(input, init);
      } catch (error) {
        return Promise.reject(error);
      }
      request = made[kState];
      ({ signal } = made);
    }
    if (!signal?.aborted) return send(request, signal, made);
    dropBody(request, signal.reason);
    return Promise.reject(signal.reason);
  },
};

expose({ fetch }, globalThis, true);
expose({ FormData, Headers, Request, Response });
