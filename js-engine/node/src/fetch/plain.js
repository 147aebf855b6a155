// The request of a call that needs nothing of what `Request` can do: an address, and at most a method, headers, a body and a signal that are
// plain values. Most calls are such, and what goes out is what `Request` would have sent, at a fraction of the fuel.
import { AbortSignal } from '../events/abort.js';
import { isURL, URL } from '../address/whatwg.js';

const { getPrototypeOf, prototype: plain } = Object;
const MEMBERS = new Set(['body', 'headers', 'method', 'signal']);
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;
// Headers that mean something to fetch.
const SPECIAL = new Set(['accept-encoding', 'connection', 'content-length', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range',
  'if-unmodified-since', 'keep-alive', 'range', 'sec-fetch-mode', 'set-cookie', 'transfer-encoding']);

const isPlain = (value) => typeof value === 'object' && value !== null && getPrototypeOf(value) === plain;

// Each name in lower case with name and value, or undefined where one is special, there twice, or wrong.
function headersOf(given) {
  const headers = new Map();
  for (const name in given) {
    const value = given[name];
    const lower = name.toLowerCase();
    if (typeof value !== 'string' || SPECIAL.has(lower) || headers.has(lower) || !NAME.test(name) || !VALUE.test(value)) return undefined;
    headers.set(lower, [name, value]);
  }
  return headers;
}

function addressOf(input) {
  try {
    const url = new URL(isURL(input) ? input.href : input);
    const isOfNetwork = url.protocol === 'http:' || url.protocol === 'https:';
    return isOfNetwork && url.username === '' && url.password === '' ? url : undefined;
  } catch {
    return undefined;
  }
}

// The request as `Exchange` wants it, or undefined where it is for `Request` to make it, or to say what is wrong with it.
export function plainRequest(input, init = {}) {
  if ((typeof input !== 'string' && !isURL(input)) || !isPlain(init)) return undefined;
  for (const name in init) if (!MEMBERS.has(name)) return undefined;
  const { body = null, headers: given = {}, method = 'GET', signal = null } = init;
  if (signal !== null && !(signal instanceof AbortSignal)) return undefined;
  if (!isPlain(given) || !METHODS.has(method) || (body !== null && (typeof body !== 'string' || method === 'GET' || method === 'HEAD'))) return undefined;
  const headers = headersOf(given);
  const url = headers && addressOf(input);
  if (url === undefined) return undefined;
  const usual = (name, value) => { if (!headers.has(name)) headers.set(name, [name, value]); };
  if (body !== null) usual('content-type', 'text/plain;charset=UTF-8');
  usual('accept', '*/*');
  usual('accept-language', '*');
  usual('sec-fetch-mode', 'cors');
  usual('user-agent', 'node');
  usual('accept-encoding', url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate');
  return { method, url, urlList: [url], headers: [...headers.values()], body: body === null ? null : { source: body }, mode: 'cors', redirect: 'follow',
    cache: 'default', integrity: '', signal };
}
