// What all streams of `zlib` have in common: how chunks go through an engine, one after the other or at once.
import { coded, invalidArgType, outOfRange, validateNumber } from '../errors.js';
import { Buffer, bufferModule } from '../buffer.js';
import { Stream, Transform } from '../stream/index.js';
import { nextTick, setImmediate } from '../timers.js';
import { constants } from './constants.js';

const { apply } = Reflect;
const { Z_BLOCK, Z_DEFAULT_CHUNK, Z_FINISH, Z_FULL_FLUSH, Z_MIN_CHUNK, Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH } = constants;
const [FLUSH, ERROR] = [Symbol('kFlushFlag'), Symbol('kError')];
const MOST = bufferModule.constants.MAX_LENGTH;

// A number that may be left out.
function finite(number, name) {
  if (number === undefined || Number.isNaN(number)) return false;
  if (Number.isFinite(number)) return true;
  validateNumber(number, name);
  throw outOfRange(name, 'a finite number', number);
}

export function inRange(number, name, lower, upper, usual) {
  if (!finite(number, name)) return usual;
  if (number < lower || number > upper) throw outOfRange(name, `>= ${lower} and <= ${upper}`, number);
  return number;
}

const tooLarge = (most) => coded(RangeError, 'ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${most} bytes`);

export function ZlibBase(given, engine, usual) {
  let opts = given;
  let chunkSize = Z_DEFAULT_CHUNK;
  let { flush, finishFlush } = usual;
  let maxOutputLength = MOST;
  if (opts) {
    if (finite(opts.chunkSize, 'options.chunkSize')) {
      ({ chunkSize } = opts);
      if (chunkSize < Z_MIN_CHUNK) throw outOfRange('options.chunkSize', `>= ${Z_MIN_CHUNK}`, chunkSize);
    }
    flush = inRange(opts.flush, 'options.flush', usual.lowest, usual.highest, flush);
    finishFlush = inRange(opts.finishFlush, 'options.finishFlush', usual.lowest, usual.highest, finishFlush);
    maxOutputLength = inRange(opts.maxOutputLength, 'options.maxOutputLength', 1, MOST, MOST);
    if (opts.encoding || opts.objectMode || opts.writableObjectMode) opts = { ...opts, encoding: null, objectMode: false, writableObjectMode: false };
  }
  apply(Transform, this, [{ autoDestroy: true, ...opts }]);
  this[ERROR] = null;
  this.bytesWritten = 0;
  this._handle = engine;
  this._chunkSize = chunkSize;
  this._defaultFlushFlag = flush;
  this._finishFlushFlag = finishFlush;
  this._defaultFullFlushFlag = usual.fullFlush;
  this._info = opts?.info;
  this._maxOutputLength = maxOutputLength;
}
Object.setPrototypeOf(ZlibBase.prototype, Transform.prototype);
Object.setPrototypeOf(ZlibBase, Transform);

Object.defineProperty(ZlibBase.prototype, '_closed', { get() { return !this._handle; }, configurable: true, enumerable: true });
Object.defineProperty(ZlibBase.prototype, 'bytesRead', {
  get() { return this.bytesWritten; },
  set(value) { this.bytesWritten = value; },
  configurable: true,
  enumerable: true,
});

// From the weakest to the strongest.
const STRENGTH = [Z_NO_FLUSH, Z_BLOCK, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH];
const stronger = (a, b) => (STRENGTH.indexOf(a) > STRENGTH.indexOf(b) ? a : b);
// An empty chunk says that there is to be a flush.
const MARKS = STRENGTH.map((flag) => Object.assign(Buffer.from(new ArrayBuffer(0)), { [FLUSH]: flag }));

const bytesOf = (chunk) => (chunk instanceof Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));

function close(stream) {
  stream._handle?.close();
  stream._handle = null;
}

// All of a chunk at once.
function processSync(stream, chunk, flush) {
  const input = bytesOf(chunk);
  const pieces = [];
  let [at, length] = [0, 0];
  for (;;) {
    const output = Buffer.allocUnsafe(stream._chunkSize);
    const { read, written, error } = stream._handle.step(flush, input, at, output, 0);
    if (error) {
      close(stream);
      throw error;
    }
    at += read;
    length += written;
    pieces.push(output.subarray(0, written));
    if (length > stream._maxOutputLength) {
      close(stream);
      throw tooLarge(stream._maxOutputLength);
    }
    if (written < output.length) break;
  }
  stream.bytesWritten = at;
  close(stream);
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length);
}

// A chunk step by step, as fast as what comes out is taken.
function process(stream, chunk, flush, callback) {
  if (!stream._handle) {
    nextTick(callback);
    return;
  }
  const input = bytesOf(chunk);
  let at = 0;
  const turn = () => {
    if (stream.destroyed) {
      callback();
      return;
    }
    const output = Buffer.allocUnsafe(stream._chunkSize);
    const { read, written, error } = stream._handle.step(flush, input, at, output, 0);
    if (error) {
      stream[ERROR] = error;
      stream.destroy(error);
      return;
    }
    at += read;
    stream.bytesWritten += read;
    const hasRoom = written === 0 || stream.push(output.subarray(0, written));
    if (stream.destroyed) {
      callback();
    } else if (written < output.length) {
      // Something that did not belong to it came after the end.
      if (at < input.length) stream.push(null);
      callback();
    } else if (hasRoom) {
      setImmediate(turn);
    } else {
      const { _read } = stream;
      stream._read = (size) => {
        stream._read = _read;
        turn();
        stream._read(size);
      };
    }
  };
  setImmediate(turn);
}

Object.assign(ZlibBase.prototype, {
  reset() { return this._handle.reset(); },
  _flush(callback) { this._transform(Buffer.alloc(0), '', callback); },
  _final(callback) { callback(); },
  flush(kind, callback) {
    const isLeftOut = typeof kind === 'function' || (kind === undefined && !callback);
    const done = isLeftOut ? kind : callback;
    const flag = isLeftOut ? this._defaultFullFlushFlag : kind;
    if (this.writableFinished) {
      if (done) nextTick(done);
    } else if (this.writableEnded) {
      if (done) this.once('end', done);
    } else {
      this.write(MARKS.find((mark) => mark[FLUSH] === flag), '', done);
    }
  },
  close(callback) {
    if (callback) Stream.finished(this, callback);
    this.destroy();
  },
  _destroy(error, callback) {
    close(this);
    callback(error);
  },
  _transform(chunk, encoding, callback) {
    let flush = typeof chunk[FLUSH] === 'number' ? chunk[FLUSH] : this._defaultFlushFlag;
    if (this.writableEnded && this.writableLength === chunk.byteLength) flush = stronger(flush, this._finishFlushFlag);
    process(this, chunk, flush, callback);
  },
  _processChunk(chunk, flushFlag, cb) {
    if (typeof cb !== 'function') return processSync(this, chunk, flushFlag);
    process(this, chunk, flushFlag, cb);
    return undefined;
  },
});

export function wholeSync(stream, given) {
  let input = given;
  if (typeof input === 'string') input = Buffer.from(input);
  else if (input instanceof ArrayBuffer) input = Buffer.from(input);
  else if (!ArrayBuffer.isView(input)) throw invalidArgType('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], input);
  const buffer = processSync(stream, input, stream._finishFlushFlag);
  return stream._info ? { buffer, engine: stream } : buffer;
}

export function whole(stream, given, callback) {
  const input = given instanceof ArrayBuffer ? Buffer.from(given) : ArrayBuffer.isView(given) ? Buffer.from(given.buffer, given.byteOffset, given.byteLength) : given;
  const pieces = [];
  let length = 0;
  stream.on('data', (chunk) => {
    pieces.push(chunk);
    length += chunk.length;
    if (length <= stream._maxOutputLength) return;
    stream.close();
    stream.removeAllListeners('end');
    callback(tooLarge(stream._maxOutputLength));
  });
  stream.on('error', (error) => {
    stream.removeAllListeners('end');
    callback(error);
  });
  stream.on('end', () => {
    const buffer = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length);
    stream.close();
    callback(null, stream._info ? { buffer, engine: stream } : buffer);
  });
  stream.end(input);
}
