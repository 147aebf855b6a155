// What the `url` module had before URL: `url.parse`, `url.format`, `url.resolve`. How a reference is resolved is the package's.
import * as npm from 'url/url.js';
import { invalidArgType, validateString } from '../errors.js';
import * as querystring from '../querystring.js';
import { asciiDomain, invalidUrl } from './whatwg.js';

const FIELDS = ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href'];
const SLASHED = new Set(['http', 'https', 'ftp', 'gopher', 'file', 'ws', 'wss'].flatMap((name) => [name, `${name}:`]));
const isScript = (protocol) => protocol === 'javascript' || protocol === 'javascript:';

export const { Url } = {
  Url: function () {
    for (const field of FIELDS) this[field] = null;
  },
};

// Spaces around it are none of it, and before the query a backslash is a slash.
function cleaned(url) {
  const text = url.replace(/^[\t\n\f\r \u00a0\ufeff]+|[\t\n\f\r \u00a0\ufeff]+$/g, '');
  const query = text.search(/[?#]/);
  const front = query < 0 ? text : text.slice(0, query);
  return front.replaceAll('\\', '/') + text.slice(front.length);
}

const parseQuery = (text, parsed) => (parsed ? querystring.parse(text) : text);

// A path and at most a query.
function parseSimple(self, rest, asObject) {
  const match = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/.exec(rest);
  if (match === null) return false;
  self.path = rest;
  self.href = rest;
  [, self.pathname] = match;
  if (match[2]) {
    [, , self.search] = match;
    self.query = parseQuery(self.search.slice(1), asObject);
  } else if (asObject) {
    self.query = Object.create(null);
  }
  return true;
}

// How far the host goes, with what stands before an `@`.
function splitAuthority(rest) {
  let [end, at] = [-1, -1];
  for (let i = 0; i < rest.length; i++) {
    const char = rest[i];
    if ('\t\n\r "%\';<>\\^`{|}'.includes(char)) {
      if (end === -1) end = i;
    } else if ('#/?'.includes(char)) {
      if (end === -1) end = i;
      break;
    } else if (char === '@') {
      at = i;
      end = -1;
    }
  }
  return [at, end === -1 ? rest.length : end];
}

function parseHost(self, host, url) {
  const port = /:[0-9]*$/.exec(host)?.[0];
  if (port !== undefined && port !== ':') self.port = port.slice(1);
  let name = port === undefined ? host : host.slice(0, host.length - port.length);
  let behind = '';
  const isV6 = name.startsWith('[') && name.endsWith(']');
  if (!isV6) {
    // A colon that begins no port ends the name.
    const odd = name.search(/[/\\#?:]/);
    if (odd >= 0) [name, behind] = [name.slice(0, odd), `/${name.slice(odd)}`];
  }
  name = name.length > 255 ? '' : name.toLowerCase();
  if (isV6) {
    // eslint-disable-next-line no-control-regex
    if (/[\0\t\n\r #%/<>?@\\^|]/.test(name)) throw invalidUrl(url);
  } else if (name !== '') {
    // eslint-disable-next-line no-control-regex
    if (/[\0\t\n\r #%/:<>?@[\\\]^|]/.test(name)) throw invalidUrl(url);
    name = asciiName(name);
    // eslint-disable-next-line no-control-regex
    if (name === '' || /[\0\t\n\r #%/:<>?@[\\\]^|]/.test(name)) throw invalidUrl(url);
  }
  self.host = name + (self.port ? `:${self.port}` : '');
  self.hostname = isV6 ? name.slice(1, -1) : name;
  return [behind, isV6];
}

// What is ASCII already stays as it is, also where it is no name of a host.
function asciiName(name) {
  // eslint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(name) && !/(^|\.)xn--/.test(name) ? name : asciiDomain(name);
}

const ESCAPED = /[\t\n\r "'<>\\^`{|}]/g;
const escape = (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

// The hash, the query and the path, in what follows the host.
function parseRest(self, rest, asObject, protocol) {
  const hash = rest.indexOf('#');
  const front = hash < 0 ? rest : rest.slice(0, hash);
  if (hash >= 0) self.hash = rest.slice(hash);
  const query = front.indexOf('?');
  if (query >= 0) {
    self.search = front.slice(query);
    self.query = parseQuery(self.search.slice(1), asObject);
  } else if (asObject) {
    self.query = Object.create(null);
  }
  const path = query < 0 ? front : front.slice(0, query);
  if (path !== '') self.pathname = path;
  if (SLASHED.has(protocol) && self.hostname && !self.pathname) self.pathname = '/';
  if (self.pathname || self.search) self.path = (self.pathname || '') + (self.search || '');
}

function parseInto(self, url, asObject, slashesDenoteHost) {
  validateString(url, 'url');
  let rest = cleaned(url);
  if (!slashesDenoteHost && !rest.includes('#') && !/^[^?]*@/.test(rest) && parseSimple(self, rest, asObject)) return self;
  const proto = /^[a-z0-9.+-]+:/i.exec(rest)?.[0];
  const protocol = proto?.toLowerCase();
  if (proto) {
    self.protocol = protocol;
    rest = rest.slice(proto.length);
  }
  let slashes = false;
  if (slashesDenoteHost || proto || /^\/\/[^@/]+@[^@/]+/.test(rest)) {
    slashes = rest.startsWith('//');
    if (slashes && !isScript(protocol)) {
      rest = rest.slice(2);
      self.slashes = true;
    }
  }
  if (!isScript(protocol) && (slashes || (proto && !SLASHED.has(proto)))) {
    // Whatever reads such an address leaves these out.
    rest = rest.replace(/^[^#/?]*/, (authority) => authority.replace(/[\t\n\r]/g, ''));
    const [at, end] = splitAuthority(rest);
    if (at !== -1) self.auth = decodeURIComponent(rest.slice(0, at));
    const [behind, isV6] = parseHost(self, rest.slice(at + 1, end), url);
    rest = behind + rest.slice(end);
    if (isV6 && !rest.startsWith('/')) rest = `/${rest}`;
  }
  if (!isScript(protocol)) rest = rest.replace(ESCAPED, escape);
  parseRest(self, rest, asObject, protocol);
  self.href = formatObject(self);
  return self;
}

const encodeAuth = (auth) => encodeURIComponent(auth).replaceAll('%3A', ':');

function formatObject(self) {
  const auth = self.auth ? `${encodeAuth(self.auth)}@` : '';
  let protocol = self.protocol || '';
  let pathname = self.pathname || '';
  let hash = self.hash || '';
  let host = '';
  if (self.host) {
    host = auth + self.host;
  } else if (self.hostname) {
    host = auth + (self.hostname.includes(':') && !/^\[.*\]$/.test(self.hostname) ? `[${self.hostname}]` : self.hostname);
    if (self.port) host += `:${self.port}`;
  }
  const query = self.query !== null && typeof self.query === 'object' ? querystring.stringify(self.query) : '';
  let search = self.search || (query && `?${query}`) || '';
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  pathname = pathname.replace(/[#?]/g, escape);
  if (self.slashes || SLASHED.has(protocol)) {
    if (self.slashes || host) {
      if (pathname && !pathname.startsWith('/')) pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol === 'file:') {
      host = '//';
    }
  }
  search = search.replaceAll('#', '%23');
  if (hash && !hash.startsWith('#')) hash = `#${hash}`;
  if (search && !search.startsWith('?')) search = `?${search}`;
  return protocol + host + pathname + search + hash;
}

export const { urlParse, urlResolve, urlResolveObject } = {
  urlParse(url, parseQueryString, slashesDenoteHost) {
    return url instanceof Url ? url : parseInto(new Url(), url, parseQueryString, slashesDenoteHost);
  },
  urlResolve(source, relative) { return urlParse(source, false, true).resolve(relative); },
  urlResolveObject(source, relative) { return source ? urlParse(source, false, true).resolveObject(relative) : relative; },
};

export function formatLegacy(object) {
  const url = typeof object === 'string' ? urlParse(object) : object;
  if (typeof url !== 'object' || url === null) throw invalidArgType('urlObject', ['Object', 'string'], object);
  return url instanceof Url ? url.format() : formatObject(url);
}

const copy = (from, to) => Object.assign(to, from);

Object.assign(Url.prototype, {
  parse(url, parseQueryString, slashesDenoteHost) { return parseInto(this, url, parseQueryString, slashesDenoteHost); },
  format() { return formatObject(this); },
  resolve(relative) { return this.resolveObject(urlParse(relative, false, true)).format(); },
  resolveObject(relative) {
    const reference = typeof relative === 'string' ? urlParse(relative, false, true) : relative;
    const resolved = copy(copy(this, new npm.Url()).resolveObject(copy(reference, new npm.Url())), new Url());
    // Who it is to another host is another matter.
    if (reference.host && reference.host !== this.host && !reference.auth && resolved.host === reference.host) {
      resolved.auth = null;
      resolved.href = formatObject(resolved);
    }
    return resolved;
  },
  parseHost() {
    const port = /:[0-9]*$/.exec(this.host)?.[0];
    if (port && port !== ':') this.port = port.slice(1);
    const name = port ? this.host.slice(0, this.host.length - port.length) : this.host;
    if (name) this.hostname = name;
  },
});
