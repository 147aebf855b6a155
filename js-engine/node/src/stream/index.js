// `require('stream')`: the package that Node's own streams are published as, on our events, buffers and errors; and what came to Node later.
import Stream from 'readable-stream/lib/stream.js';
import { Blob } from '../web/blob.js';
import { duplexFromWeb, duplexToWeb, readableFromWeb, readableToWeb, writableFromWeb, writableToWeb } from './web.js';

const { Readable, Writable, Duplex, Transform, PassThrough } = Stream;

const PEER = Symbol('peer');
const WAITING = Symbol('waiting');

class DuplexSide extends Duplex {
  [PEER] = null;
  [WAITING] = null;
  _read() {
    const callback = this[WAITING];
    if (callback === null) return;
    this[WAITING] = null;
    callback();
  }
  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      queueMicrotask(callback);
      return;
    }
    const other = this[PEER];
    other.push(chunk);
    other[WAITING] = callback;
  }
  _final(callback) {
    this[PEER].on('end', callback);
    this[PEER].push(null);
  }
}

function duplexPair(options) {
  const sides = [new DuplexSide(options), new DuplexSide(options)];
  [sides[0][PEER], sides[1][PEER]] = [sides[1], sides[0]];
  return sides;
}

// In Node's order.
const { promises } = Stream;
const names = { isDestroyed: Stream.isDestroyed, isDisturbed: Stream.isDisturbed, isErrored: Stream.isErrored, isReadable: Stream.isReadable,
  isWritable: Stream.isWritable, Readable, Writable, Duplex, Transform, PassThrough, duplexPair, pipeline: Stream.pipeline,
  addAbortSignal: Stream.addAbortSignal, finished: Stream.finished, destroy: Stream.destroy, compose: Stream.compose,
  setDefaultHighWaterMark: Stream.setDefaultHighWaterMark, getDefaultHighWaterMark: Stream.getDefaultHighWaterMark };
for (const name of Object.keys(Stream)) delete Stream[name];
Object.assign(Stream, names);
Object.defineProperty(Stream, 'promises', { get: () => promises, enumerable: true, configurable: true });
Stream.Stream = Stream;
Stream._isArrayBufferView = ArrayBuffer.isView;
// Whatever is a view of bytes can be written.
Stream._isUint8Array = ArrayBuffer.isView;
Stream._uint8ArrayToBuffer = function _uint8ArrayToBuffer(chunk) { return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength); };

// A stream of the web for one of Node's, and the other way.
const conversions = [
  [Readable, { fromWeb(readableStream, options) { return readableFromWeb(readableStream, options); },
    toWeb(streamReadable, options) { return readableToWeb(streamReadable, options); } }],
  [Writable, { fromWeb(writableStream, options) { return writableFromWeb(writableStream, options); },
    toWeb(streamWritable) { return writableToWeb(streamWritable); } }],
  [Duplex, { fromWeb(pair, options) { return duplexFromWeb(pair, options); }, toWeb(duplex) { return duplexToWeb(duplex); } }],
];
for (const [Class, methods] of conversions) {
  for (const [name, method] of Object.entries(methods)) Object.defineProperty(method, 'name', { value: Class[name].name, configurable: true });
  Object.assign(Class, methods);
}

// A Transform that becomes one when its state is first asked for: many objects (a hash above all) can be used as streams and seldom are.
export function LazyTransform(options) {
  this._options = options;
}
Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
Object.setPrototypeOf(LazyTransform, Transform);
for (const name of ['_readableState', '_writableState']) {
  Object.defineProperty(LazyTransform.prototype, name, {
    configurable: true,
    enumerable: true,
    get() {
      Reflect.apply(Transform, this, [this._options]);
      this._writableState.decodeStrings = false;
      if (!this._options?.defaultEncoding) this._writableState.defaultEncoding = 'buffer';
      return this[name];
    },
    set(value) {
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
    },
  });
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

async function arrayBuffer(stream) {
  const { buffer, byteOffset, byteLength } = await collect(stream);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

async function text(stream) {
  const decoder = new TextDecoder();
  let whole = '';
  for await (const chunk of stream) whole += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return whole + decoder.decode();
}

export const consumers = {
  arrayBuffer,
  blob: async function blob(stream) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return new Blob(chunks);
  },
  buffer: async function buffer(stream) { return collect(stream); },
  text,
  json: async function json(stream) { return JSON.parse(await text(stream)); },
};
export { Stream, Readable, Writable, Duplex, Transform, PassThrough, promises };
