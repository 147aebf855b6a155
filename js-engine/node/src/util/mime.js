// `util.MIMEType` and `util.MIMEParams`.
import { coded } from '../errors.js';

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const NOT_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const SPACE = '\r\n\t ';

function syntax(production, text, at) {
  const where = at === undefined || at < 0 ? '' : ` at ${at}`;
  return coded(TypeError, 'ERR_INVALID_MIME_SYNTAX', `The MIME syntax for a ${production} in ${JSON.stringify(text)} is invalid${where}`);
}

function trimmed(text, { start = true, end = true } = {}) {
  let [from, to] = [0, text.length];
  while (start && from < to && SPACE.includes(text[from])) from++;
  while (end && to > from && SPACE.includes(text[to - 1])) to--;
  return text.slice(from, to);
}

const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function token(production, text, whole = text, offset = 0) {
  const at = text.search(NOT_TOKEN);
  if (text === '' || at >= 0) throw syntax(production, whole, text === '' ? undefined : at + offset);
  return lower(text);
}

const quoted = (value) => (value === '' || NOT_TOKEN.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value);

// A value in quotes, and where it ends.
function readQuoted(text, at) {
  let value = '';
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  return [value, at + 1];
}

let fill;

export class MIMEParams {
  #data = new Map();
  delete(name) { this.#data.delete(`${name}`); }
  get(name) { return this.#data.get(`${name}`) ?? null; }
  has(name) { return this.#data.has(`${name}`); }
  set(name, value) {
    [name, value] = [`${name}`, `${value}`];
    const bad = name.search(NOT_TOKEN);
    if (name === '' || bad >= 0) throw syntax('parameter name', name, bad);
    const at = value.search(NOT_VALUE);
    if (at >= 0) throw syntax('parameter value', value, at);
    this.#data.set(name, value);
  }
  *entries() { yield* this.#data.entries(); }
  *keys() { yield* this.#data.keys(); }
  *values() { yield* this.#data.values(); }
  toString() { return [...this.#data].map(([name, value]) => `${name}=${quoted(value)}`).join(';'); }
  static {
    fill = (params, text) => {
      let at = 0;
      while (at < text.length) {
        while (at < text.length && SPACE.includes(text[at])) at++;
        const stop = text.slice(at).search(/[;=]/);
        const end = stop < 0 ? text.length : at + stop;
        const name = lower(text.slice(at, end));
        at = end;
        if (at >= text.length || text[at] === ';') {
          at++;
          continue;
        }
        let value;
        at++;
        if (text[at] === '"') {
          [value, at] = readQuoted(text, at + 1);
          const next = text.indexOf(';', at);
          at = next < 0 ? text.length : next;
        } else {
          const next = text.indexOf(';', at);
          const until = next < 0 ? text.length : next;
          value = trimmed(text.slice(at, until), { start: false });
          at = until;
          if (value === '') {
            at++;
            continue;
          }
        }
        at++;
        if (name !== '' && !NOT_TOKEN.test(name) && !NOT_VALUE.test(value) && !params.has(name)) params.#data.set(name, value);
      }
    };
  }
}
Object.defineProperty(MIMEParams.prototype, Symbol.iterator, { value: MIMEParams.prototype.entries, writable: true, configurable: true });
Object.defineProperty(MIMEParams.prototype, 'toJSON', { value: MIMEParams.prototype.toString, writable: true, configurable: true });

export class MIMEType {
  #type;
  #subtype;
  #parameters = new MIMEParams();
  constructor(string) {
    string = `${string}`;
    const text = trimmed(string);
    const slash = text.indexOf('/');
    if (slash < 0) throw syntax('type', string, text.search(NOT_TOKEN));
    this.#type = token('type', trimmed(text.slice(0, slash), { end: false }), string);
    const semicolon = text.indexOf(';', slash);
    const subtype = trimmed(text.slice(slash + 1, semicolon < 0 ? undefined : semicolon), { start: false });
    this.#subtype = token('subtype', subtype, string);
    if (semicolon >= 0) fill(this.#parameters, text.slice(semicolon + 1));
  }
  get type() { return this.#type; }
  set type(value) { this.#type = token('type', `${value}`); }
  get subtype() { return this.#subtype; }
  set subtype(value) { this.#subtype = token('subtype', `${value}`); }
  get essence() { return `${this.#type}/${this.#subtype}`; }
  get params() { return this.#parameters; }
  toString() {
    const parameters = this.#parameters.toString();
    return parameters === '' ? this.essence : `${this.essence};${parameters}`;
  }
}
Object.defineProperty(MIMEType.prototype, 'toJSON', { value: MIMEType.prototype.toString, writable: true, configurable: true });
