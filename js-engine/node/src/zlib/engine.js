// What compresses: the engine's natives, as the streams drive them. A step reads from one array and writes to another.
import { codes, constants } from './constants.js';

const { Z_BUF_ERROR, Z_FINISH, Z_NEED_DICT, Z_OK, Z_STREAM_END } = constants;

export function failure(message, errno, code) {
  return Object.assign(new Error(message), { errno, code });
}

// Formats of zlib.
export class ZlibEngine {
  #held;
  #hasDictionary;
  constructor(mode, { windowBits, level, memLevel, strategy, dictionary }) {
    this.#hasDictionary = dictionary !== undefined;
    const bytes = dictionary && new Uint8Array(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength);
    const held = hb.zlibOpen(mode, level, windowBits, memLevel, strategy, ...(bytes ? [bytes] : []));
    if (typeof held !== 'number') this.#held = held;
    else this.failed = failure(dictionary ? 'Failed to set dictionary' : 'Init error', held, codes[held]);
  }
  // `{ read, written }` and, where something is wrong, `error`.
  step(flush, input, from, output, at) {
    if (this.failed) return { read: 0, written: 0, error: this.failed };
    const [code, read, written] = hb.zlibStep(this.#held, flush, input, from, output, at);
    const error = this.#problem(code, flush, at + written < output.length);
    return { read, written, error };
  }
  #problem(code, flush, hasRoom) {
    if (code === Z_STREAM_END) return undefined;
    if (code === Z_OK || code === Z_BUF_ERROR) return hasRoom && flush === Z_FINISH ? this.#failure('unexpected end of file', code) : undefined;
    if (code === Z_NEED_DICT) return this.#failure(this.#hasDictionary ? 'Bad dictionary' : 'Missing dictionary', code);
    return this.#failure('Zlib error', code);
  }
  #failure(usual, code) {
    return failure(hb.zlibMessage(this.#held) ?? usual, code, codes[code]);
  }
  params(level, strategy) { hb.zlibParams(this.#held, level, strategy); }
  reset() {
    if (this.#held !== undefined) hb.zlibReset(this.#held);
  }
  close() {
    if (this.#held !== undefined) hb.zlibClose(this.#held);
  }
}

const NEEDS_INPUT = 2;
const NAMES = Object.fromEntries(Object.entries(constants).filter(([name]) => name.startsWith('BROTLI_DECODER_ERROR')).map(([name, code]) => [code, name]));

// Decompression of Brotli.
export class BrotliEngine {
  #held = hb.brotliOpen();
  step(flush, input, from, output, at) {
    const [code, read, written] = hb.brotliStep(this.#held, input, from, output, at);
    if (code < 0) return { read, written, error: failure('Decompression failed', code, `ERR_${(NAMES[code] ?? '').replace('BROTLI_DECODER', '')}`) };
    const isCut = code === NEEDS_INPUT && flush === constants.BROTLI_OPERATION_FINISH;
    return { read, written, error: isCut ? failure('unexpected end of file', Z_BUF_ERROR, 'Z_BUF_ERROR') : undefined };
  }
  reset() {
    this.close();
    this.#held = hb.brotliOpen();
  }
  close() { hb.brotliClose(this.#held); }
}
