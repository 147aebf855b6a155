// What `http.request` is asked for: its arguments, sorted out and checked.
import { coded, invalidArgType } from '../errors.js';
import { URL } from '../address/whatwg.js';
import { urlToHttpOptions } from '../address/files.js';
import { unavailable } from '../unavailable.js';
import { invalidToken, isToken } from './names.js';
import { OUT_HEADERS } from './outgoing.js';

const BAD_PATH = /[^\u0021-\u00ff]/;
export const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

const given = (value) => value !== null && value !== undefined;
// Whosever class it is of.
export const isURL = (value) => Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);

export function hostOf(value, name) {
  if (given(value) && typeof value !== 'string') throw invalidArgType(`options.${name}`, ['string', 'undefined', 'null'], value);
  return value;
}

// `(url, options, callback)`, each of the first two of which may be left out.
export function sorted(input, options, callback) {
  let first = null;
  if (typeof input === 'string') first = urlToHttpOptions(new URL(input));
  else if (isURL(input)) first = urlToHttpOptions(input);
  const [own, last] = first === null ? [input, options] : [options, callback];
  if (typeof own === 'function') return [first ?? {}, own];
  return [Object.assign(first ?? {}, own), last];
}

export function agentOf({ agent, createConnection }, usual) {
  if (agent === false) return new usual.constructor();
  if (!given(agent)) return typeof createConnection === 'function' ? agent : usual;
  if (typeof agent.addRequest !== 'function') throw invalidArgType('options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
  return agent;
}

export function methodOf({ method }) {
  if (given(method) && typeof method !== 'string') throw invalidArgType('options.method', 'string', method);
  if (!method) return 'GET';
  if (!isToken(method)) throw invalidToken('Method', method);
  return method.toUpperCase();
}

export function uniqueNames(headers) {
  return Array.isArray(headers) ? new Set(headers.flatMap((each) => (Array.isArray(each) ? each : [each])).map((name) => name.toLowerCase())) : null;
}

export function hostHeader(host, port, usualPort) {
  const named = /:.*:/.test(host) && host[0] !== '[' ? `[${host}]` : host;
  return port && +port !== usualPort ? `${named}:${port}` : named;
}

export function checkTarget({ path }, protocol, expected) {
  if (path && BAD_PATH.test(String(path))) throw coded(TypeError, 'ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
  if (protocol !== expected) throw coded(TypeError, 'ERR_INVALID_PROTOCOL', `Protocol "${protocol}" not supported. Expected "${expected}"`);
}

// What the host does not do.
export function refusal({ method, path, socketPath, _header: header, [OUT_HEADERS]: headers }) {
  if (socketPath) return unavailable('a request over a local socket (socketPath)');
  if (method === 'CONNECT') return unavailable('the method CONNECT');
  if (headers?.upgrade || /\r\nupgrade: /i.test(header ?? '')) return unavailable('an upgrade of a connection, such as to a WebSocket,');
  if (!/^[/?]/.test(path)) return unavailable('a request for a whole URL, as a proxy takes them,');
  return undefined;
}
