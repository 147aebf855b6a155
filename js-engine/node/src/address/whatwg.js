// URL. An address is parsed, and changed by a setter, in the engine; here are the objects.
import { invalidThis, missingArgs } from '../errors.js';
import { URLSearchParams, paramsOf } from './params.js';

const custom = Symbol.for('nodejs.util.inspect.custom');
const toText = (value) => `${value}`.toWellFormed();
const { urlParse, urlCanParse, urlSet } = hb;

// Where the parts lie in what the engine answers.
const [SCHEME_END, USER, USER_END, SECRET, SECRET_END, HOST, HOST_END, PORT, PORT_END, PATH, PATH_END, QUERY_END] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
// The numbers of the setters.
const [SET_PROTOCOL, SET_USER, SET_SECRET, SET_HOST, SET_HOSTNAME, SET_PORT, SET_PATH, SET_SEARCH, SET_HASH] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const WITH_ORIGIN = new Set(['http:', 'https:', 'ftp:', 'ws:', 'wss:']);

export function invalidUrl(input, base) {
  const error = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input });
  return base === undefined ? error : Object.assign(error, { base });
}

// What a name becomes as that of a host, or nothing.
export function asciiDomain(name) {
  const parts = name === '' ? undefined : urlSet('ws://x/', SET_HOSTNAME, name);
  return parts === undefined ? '' : parts[0].slice(parts[HOST], parts[HOST_END]);
}

export let isURL;

export const { URL } = {
  URL: class {
    // The engine's answer, whose first element is the address.
    #parts;
    #params;
    // Whether the list of parameters was changed and the address not yet.
    #behind = false;

    constructor(input, base = undefined) {
      if (arguments.length === 0) throw missingArgs('url');
      const text = toText(input);
      const against = base === undefined ? undefined : toText(base);
      const parts = urlParse(text, against);
      if (parts === undefined) throw invalidUrl(text, against);
      this.#parts = parts;
    }
    static {
      isURL = (value) => value !== null && typeof value === 'object' && #parts in value;
    }
    static canParse(url, base = undefined) {
      if (arguments.length === 0) throw missingArgs('url');
      return urlCanParse(`${url}`, base === undefined ? undefined : `${base}`);
    }
    static parse(url, base = undefined) {
      if (arguments.length === 0) throw missingArgs('url');
      const [text, against] = [`${url}`, base === undefined ? undefined : `${base}`];
      return urlCanParse(text, against) ? new URL(text, against) : null;
    }

    #current() {
      if (this.#behind) {
        this.#behind = false;
        this.#parts = urlSet(this.#parts[0], SET_SEARCH, this.#params.toString());
      }
      return this.#parts;
    }
    #slice(from, to) {
      const parts = this.#current();
      return parts[0].slice(parts[from], parts[to]);
    }
    #set(part, value) {
      this.#parts = urlSet(this.#current()[0], part, `${value}`) ?? this.#parts;
    }
    #renewParams() {
      if (this.#params) paramsOf.set(this.#params, this.search.slice(1));
    }

    toString() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#current()[0];
    }
    get href() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#current()[0];
    }
    set href(value) {
      if (!isURL(this)) throw invalidThis('URL');
      const text = toText(value);
      const parts = urlParse(text);
      if (parts === undefined) throw invalidUrl(text);
      this.#behind = false;
      this.#parts = parts;
      this.#renewParams();
    }
    get origin() {
      if (!isURL(this)) throw invalidThis('URL');
      const { protocol } = this;
      if (WITH_ORIGIN.has(protocol)) return `${protocol}//${this.host}`;
      if (protocol !== 'blob:' || !urlCanParse(this.pathname)) return 'null';
      const inner = new URL(this.pathname);
      return inner.protocol === 'http:' || inner.protocol === 'https:' ? inner.origin : 'null';
    }
    get protocol() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#parts[0].slice(0, this.#parts[SCHEME_END] + 1);
    }
    set protocol(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_PROTOCOL, value);
    }
    get username() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#slice(USER, USER_END);
    }
    set username(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_USER, value);
    }
    get password() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#slice(SECRET, SECRET_END);
    }
    set password(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_SECRET, value);
    }
    get host() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#slice(HOST, PORT_END);
    }
    set host(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_HOST, value);
    }
    get hostname() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#slice(HOST, HOST_END);
    }
    set hostname(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_HOSTNAME, value);
    }
    get port() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#slice(PORT, PORT_END);
    }
    set port(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_PORT, value);
    }
    get pathname() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#slice(PATH, PATH_END);
    }
    set pathname(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_PATH, value);
    }
    get search() {
      if (!isURL(this)) throw invalidThis('URL');
      const search = this.#slice(PATH_END, QUERY_END);
      return search === '?' ? '' : search;
    }
    set search(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_SEARCH, value);
      this.#renewParams();
    }
    get searchParams() {
      if (!isURL(this)) throw invalidThis('URL');
      if (this.#params === undefined) {
        this.#params = new URLSearchParams(this.search);
        paramsOf.onChange(this.#params, () => { this.#behind = true; });
      }
      return this.#params;
    }
    get hash() {
      if (!isURL(this)) throw invalidThis('URL');
      const parts = this.#current();
      const hash = parts[0].slice(parts[QUERY_END]);
      return hash === '#' ? '' : hash;
    }
    set hash(value) {
      if (!isURL(this)) throw invalidThis('URL');
      this.#set(SET_HASH, value);
    }
    toJSON() {
      if (!isURL(this)) throw invalidThis('URL');
      return this.#current()[0];
    }
    [custom](depth, options, inspect) {
      if (!isURL(this)) throw invalidThis('URL');
      if (typeof depth === 'number' && depth < 0) return this;
      const { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash } = this;
      const shown = { href, origin, protocol, username, password, host, hostname, port, pathname, search, searchParams, hash };
      return `${this.constructor.name} ${inspect(shown, options)}`;
    }
  },
};

const { prototype } = URL;
const NAMES = ['toString', 'href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams',
  'hash', 'toJSON'];
for (const name of NAMES) Object.defineProperty(prototype, name, { enumerable: true });
for (const name of ['canParse', 'parse']) Object.defineProperty(URL, name, { enumerable: true });
Object.defineProperty(prototype, Symbol.toStringTag, { value: 'URL', configurable: true });
