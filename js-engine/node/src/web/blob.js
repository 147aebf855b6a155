// `Blob` and `File`. What a blob is made of is copied once and shared with its slices; so it is only put together when it is read.
import { invalidArgType, invalidArgValue, invalidThis, missingArgs } from '../errors.js';
import { expose } from '../expose.js';
import { URL } from '../address/whatwg.js';
import { TextDecoder, bytesIn } from '../encoding.js';
import { customInspect, shown, webClass } from './classes.js';
import { useInClones } from './clone.js';
import { ReadableStream } from './streams.js';

const CHUNK = 65536;

let partsOf;
let fromParts;
export let isBlob;

// Text as its bytes, with `endings` as on Linux; anything that has bytes as a copy.
function part(source, endings) {
  if (isBlob(source)) return partsOf(source);
  const bytes = bytesIn(source);
  if (bytes !== undefined) return [bytes.slice()];
  const text = `${source}`;
  return [hb.encodeUtf8(endings === 'native' ? text.replace(/\r\n/g, '\n') : text)];
}

const typed = (type) => (/[^ -~]/.test(type) ? '' : type.toLowerCase());
const sizeOf = (parts) => parts.reduce((sum, { length }) => sum + length, 0);

// The bytes from a place up to another, without a copy.
function cut(parts, start, end) {
  const cuts = [];
  let at = 0;
  for (const bytes of parts) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, bytes.length)];
    if (from < to) cuts.push(bytes.subarray(from, to));
    at += bytes.length;
  }
  return cuts;
}

function joined(parts, size) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const bytes of parts) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

export class Blob {
  #parts;
  #size;
  #type;
  constructor(sources = [], options = undefined) {
    if (sources === null || typeof sources[Symbol.iterator] !== 'function' || typeof sources === 'string') {
      throw invalidArgType('sources', 'a sequence', sources);
    }
    if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') throw invalidArgType('options', 'a dictionary', options);
    const { type = '', endings = 'transparent' } = options ?? {};
    if (`${endings}` !== 'transparent' && `${endings}` !== 'native') throw invalidArgValue('options.endings', `${endings}`);
    this.#parts = Array.from(sources, (source) => part(source, `${endings}`)).flat();
    this.#size = sizeOf(this.#parts);
    this.#type = typed(`${type}`);
  }
  [customInspect](depth, options, inspect) {
    return shown(this, 'Blob', { size: this.size, type: this.type }, depth, options, inspect);
  }
  get type() {
    if (!isBlob(this)) throw invalidThis('Blob');
    return this.#type;
  }
  get size() {
    if (!isBlob(this)) throw invalidThis('Blob');
    return this.#size;
  }
  slice(start = 0, end = undefined, contentType = '') {
    if (!isBlob(this)) throw invalidThis('Blob');
    const place = (at) => (at < 0 ? Math.max(this.#size + at, 0) : Math.min(at, this.#size));
    const [from, to] = [place(start), place(end ?? this.#size)];
    return fromParts(cut(this.#parts, from, Math.max(from, to)), typed(`${contentType}`));
  }
  async arrayBuffer() {
    if (!isBlob(this)) throw invalidThis('Blob');
    return joined(this.#parts, this.#size).buffer;
  }
  async text() {
    if (!isBlob(this)) throw invalidThis('Blob');
    return new TextDecoder().decode(joined(this.#parts, this.#size));
  }
  bytes() {
    if (!isBlob(this)) throw invalidThis('Blob');
    return Promise.resolve(joined(this.#parts, this.#size));
  }
  stream() {
    if (!isBlob(this)) throw invalidThis('Blob');
    const rest = [...this.#parts];
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const next = rest.shift();
        if (next === undefined) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        if (next.length > CHUNK) rest.unshift(next.subarray(CHUNK));
        if (next.length > 0) controller.enqueue(next.slice(0, CHUNK));
        else this.pull(controller);
      },
    }, { highWaterMark: 0 });
  }
  static {
    isBlob = (value) => value !== null && typeof value === 'object' && #parts in value;
    partsOf = (blob) => blob.#parts;
    fromParts = (parts, type) => {
      const blob = new Blob();
      blob.#parts = parts;
      blob.#size = sizeOf(parts);
      blob.#type = type;
      return blob;
    };
  }
}
webClass(Blob, ['size', 'type', 'slice', 'stream', 'text', 'arrayBuffer']);
Object.defineProperty(Blob.prototype.slice, 'length', { value: 0, configurable: true });

export class File extends Blob {
  #name;
  #lastModified;
  constructor(fileBits, fileName, options = {}) {
    if (arguments.length < 2) throw missingArgs('fileBits', 'fileName');
    super(fileBits, options);
    const { lastModified } = options ?? {};
    this.#lastModified = lastModified === undefined ? Date.now() : +lastModified || 0;
    this.#name = `${fileName}`.toWellFormed();
  }
  get name() { return this.#name; }
  get lastModified() { return this.#lastModified; }
  [customInspect](depth, options, inspect) {
    const { size, type, name, lastModified } = this;
    return shown(this, 'File', { size, type, name, lastModified }, depth, options, inspect);
  }
}
webClass(File, ['name', 'lastModified']);

useInClones(isBlob, (blob) => fromParts(partsOf(blob), blob.type));

// `URL.createObjectURL` and what finds it again: the names live as long as an execution.
const objects = new Map();

export function resolveObjectURL(url) {
  try {
    const { protocol, pathname } = new URL(`${url}`);
    return protocol === 'blob:' ? objects.get(pathname) : undefined;
  } catch {
    return undefined;
  }
}

function uuid() {
  const bytes = new Uint8Array(16);
  hb.random(bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const { createObjectURL, revokeObjectURL } = {
  createObjectURL(obj) {
    if (!isBlob(obj)) throw invalidArgType('obj', 'Blob', obj);
    const path = `nodedata:${uuid()}`;
    objects.set(path, fromParts(partsOf(obj), obj.type));
    return `blob:${path}`;
  },
  revokeObjectURL(url) {
    if (arguments.length === 0) throw missingArgs('url');
    try {
      objects.delete(new URL(`${url}`).pathname);
    } catch {
      // It is not the name of any.
    }
  },
};
for (const [name, value] of Object.entries({ createObjectURL, revokeObjectURL })) {
  Object.defineProperty(URL, name, { value, writable: true, enumerable: true, configurable: true });
}

expose({ Blob, File });
