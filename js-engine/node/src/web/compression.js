// `CompressionStream` and `DecompressionStream`.
import { coded, invalidArgType, invalidArgValue } from '../errors.js';
import { expose } from '../expose.js';
import { viewOf, isBytes } from '../crypto/bytes.js';
import { process } from '../process.js';
import { majorOf } from '../versions.js';
import { TransformStream } from './streams.js';
import { pairMembers } from './text-streams.js';

const { zlibOpen, zlibStep, zlibMessage, zlibClose } = hb;
// Node's modes of zlib; its codes, as far as they occur here; and how it is told to write all that there is.
const COMPRESS = { deflate: 1, gzip: 3, 'deflate-raw': 5 };
const DECOMPRESS = { deflate: 2, gzip: 4, 'deflate-raw': 6 };
const [OK, END, NEED_DICTIONARY, BUFFER] = [0, 1, 2, -5];
const CODES = { 2: 'Z_NEED_DICT', '-2': 'Z_STREAM_ERROR', '-3': 'Z_DATA_ERROR', '-4': 'Z_MEM_ERROR', '-5': 'Z_BUF_ERROR' };
const [NO_FLUSH, FINISH] = [0, 4];
const [LEVEL, BITS, MEMORY, STRATEGY] = [-1, 15, 8, 0];
const ROOM = 16384;
const EMPTY = new Uint8Array(0);

// Node says what is wrong in other words since version 22.
const isRecent = () => majorOf(process.version) >= 22;

function badFormat(name, format) {
  if (!isRecent()) return invalidArgValue('format', format);
  const text = `Failed to construct '${name}': 1st argument value '${format}' is not a valid enum value of type CompressionFormat.`;
  return coded(TypeError, 'ERR_INVALID_ARG_VALUE', text);
}

function failure(stream, code) {
  const usual = code === BUFFER ? 'unexpected end of file' : code === NEED_DICTIONARY ? 'Missing dictionary' : 'Zlib error';
  const error = new Error(zlibMessage(stream) ?? usual);
  Object.assign(error, { errno: code, code: CODES[code] ?? 'Z_ERRNO' });
  if (!isRecent()) return error;
  return Object.assign(new TypeError(undefined, { cause: error }), { code: error.code });
}

class Converter {
  #mode;
  #stream;
  #ended = false;
  constructor(mode) {
    this.#mode = mode;
  }
  start() {
    this.#stream = zlibOpen(this.#mode, LEVEL, BITS, MEMORY, STRATEGY);
    if (typeof this.#stream === 'number') throw Object.assign(new Error('Initialization failed'), { errno: this.#stream, code: CODES[this.#stream] });
  }
  #run(input, flush, controller) {
    let from = 0;
    this.#ended = false;
    for (;;) {
      const output = new Uint8Array(ROOM);
      const [code, read, written] = zlibStep(this.#stream, flush, input, from, output, 0);
      from += read;
      if (written > 0) controller.enqueue(output.subarray(0, written));
      const isFull = written === ROOM;
      if (code === END) {
        this.#ended = true;
        return;
      }
      if ((code !== OK && code !== BUFFER) || (code === BUFFER && flush === FINISH && !isFull)) throw failure(this.#stream, code);
      if (!isFull && (from >= input.length || read === 0)) return;
    }
  }
  transform(chunk, controller) {
    if (typeof chunk === 'string') chunk = hb.encodeUtf8(chunk);
    if (!isBytes(chunk)) throw invalidArgType('chunk', ['string', 'Buffer', 'TypedArray', 'DataView'], chunk);
    // Several files of gzip may follow one another; what is behind the end of anything else is nothing.
    if (!this.#ended || this.#mode === DECOMPRESS.gzip) this.#run(viewOf(chunk), NO_FLUSH, controller);
  }
  flush(controller) {
    if (!this.#ended) this.#run(EMPTY, FINISH, controller);
    zlibClose(this.#stream);
  }
}

function making(name, modes) {
  const parts = new WeakMap();
  const Class = { [name]: class {
    constructor(format) {
      if (!Object.hasOwn(modes, format)) throw badFormat(name, format);
      const { readable, writable } = new TransformStream(new Converter(modes[format]));
      parts.set(this, { readable, writable });
    }
  } }[name];
  Object.defineProperties(Class.prototype, pairMembers(name, parts, ['readable', 'writable']));
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: name, configurable: true });
  return Class;
}

export const CompressionStream = making('CompressionStream', COMPRESS);
export const DecompressionStream = making('DecompressionStream', DECOMPRESS);

expose({ CompressionStream, DecompressionStream });
