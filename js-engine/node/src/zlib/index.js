// `require('zlib')`.
import { Buffer } from '../buffer.js';
import { coded, invalidArgType, validateFunction, validateUint32 } from '../errors.js';
import { nextTick } from '../timers.js';
import { unavailable } from '../unavailable.js';
import { ZlibBase, inRange, whole, wholeSync } from './base.js';
import { codes, constants } from './constants.js';
import { BrotliEngine, ZlibEngine } from './engine.js';

const { apply } = Reflect;
const { DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP } = constants;
const USUAL = { flush: constants.Z_NO_FLUSH, finishFlush: constants.Z_FINISH, fullFlush: constants.Z_FULL_FLUSH, lowest: constants.Z_NO_FLUSH,
  highest: constants.Z_BLOCK };
const BROTLI_USUAL = { flush: constants.BROTLI_OPERATION_PROCESS, finishFlush: constants.BROTLI_OPERATION_FINISH, fullFlush: constants.BROTLI_OPERATION_FLUSH,
  lowest: constants.BROTLI_OPERATION_PROCESS, highest: constants.BROTLI_OPERATION_EMIT_METADATA };

function dictionaryOf(dictionary) {
  if (dictionary === undefined || ArrayBuffer.isView(dictionary)) return dictionary;
  if (dictionary instanceof ArrayBuffer) return Buffer.from(dictionary);
  throw invalidArgType('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
}

function parameters(opts, mode) {
  const usual = { windowBits: constants.Z_DEFAULT_WINDOWBITS, level: constants.Z_DEFAULT_COMPRESSION, memLevel: constants.Z_DEFAULT_MEMLEVEL,
    strategy: constants.Z_DEFAULT_STRATEGY };
  if (!opts) return usual;
  const own = { ...usual };
  // What decompresses finds the size in the header.
  if (!opts.windowBits && opts.windowBits !== false && [INFLATE, GUNZIP, UNZIP].includes(mode) && !Number.isNaN(opts.windowBits)) {
    own.windowBits = 0;
  } else {
    const least = constants.Z_MIN_WINDOWBITS + (mode === GZIP ? 1 : 0);
    own.windowBits = inRange(opts.windowBits, 'options.windowBits', least, constants.Z_MAX_WINDOWBITS, usual.windowBits);
  }
  own.level = inRange(opts.level, 'options.level', constants.Z_MIN_LEVEL, constants.Z_MAX_LEVEL, usual.level);
  own.memLevel = inRange(opts.memLevel, 'options.memLevel', constants.Z_MIN_MEMLEVEL, constants.Z_MAX_MEMLEVEL, usual.memLevel);
  own.strategy = inRange(opts.strategy, 'options.strategy', constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, usual.strategy);
  own.dictionary = dictionaryOf(opts.dictionary);
  return own;
}

function Zlib(opts, mode) {
  const own = parameters(opts, mode);
  apply(ZlibBase, this, [opts, new ZlibEngine(mode, own), USUAL]);
  this._level = own.level;
  this._strategy = own.strategy;
}
Object.setPrototypeOf(Zlib.prototype, ZlibBase.prototype);
Object.setPrototypeOf(Zlib, ZlibBase);

Zlib.prototype.params = function params(level, strategy, callback) {
  inRange(level, 'level', constants.Z_MIN_LEVEL, constants.Z_MAX_LEVEL);
  inRange(strategy, 'strategy', constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED);
  if (this._level === level && this._strategy === strategy) {
    nextTick(callback);
    return;
  }
  this.flush(constants.Z_SYNC_FLUSH, () => {
    this._handle.params(level, strategy);
    if (this.destroyed) return;
    this._level = level;
    this._strategy = strategy;
    if (callback) callback();
  });
};

const MOST_PARAMETER = constants.BROTLI_PARAM_NDIRECT;

// What tunes compression is checked and does nothing.
function checkParameters(opts) {
  const seen = new Set();
  for (const [name, value] of Object.entries(opts?.params ?? {})) {
    const key = Number(name);
    if (Number.isNaN(key) || key < 0 || key > MOST_PARAMETER || seen.has(key)) {
      throw coded(RangeError, 'ERR_BROTLI_INVALID_PARAM', `${name} is not a valid Brotli parameter`);
    }
    if (typeof value !== 'number' && typeof value !== 'boolean') throw invalidArgType('options.params[key]', 'number', value);
    seen.add(key);
  }
}

function Brotli(opts, mode) {
  checkParameters(opts);
  if (mode === constants.BROTLI_ENCODE) throw unavailable('zlib: compression with Brotli');
  apply(ZlibBase, this, [opts, new BrotliEngine(), BROTLI_USUAL]);
}
Object.setPrototypeOf(Brotli.prototype, Zlib.prototype);
Object.setPrototypeOf(Brotli, Zlib);

function streamClass(name, Base, mode) {
  const Class = { [name]: function (opts) {
    if (!(this instanceof Class)) return new Class(opts);
    // zlib knows no window of 8 bits without a header.
    if (mode === DEFLATERAW && opts && opts.windowBits === 8) opts.windowBits = 9;
    apply(Base, this, [opts, mode]);
    return undefined;
  } }[name];
  Object.setPrototypeOf(Class.prototype, Base.prototype);
  Object.setPrototypeOf(Class, Base);
  return Class;
}

const classes = {
  Deflate: streamClass('Deflate', Zlib, DEFLATE),
  Inflate: streamClass('Inflate', Zlib, INFLATE),
  Gzip: streamClass('Gzip', Zlib, GZIP),
  Gunzip: streamClass('Gunzip', Zlib, GUNZIP),
  DeflateRaw: streamClass('DeflateRaw', Zlib, DEFLATERAW),
  InflateRaw: streamClass('InflateRaw', Zlib, INFLATERAW),
  Unzip: streamClass('Unzip', Zlib, UNZIP),
  BrotliCompress: streamClass('BrotliCompress', Brotli, constants.BROTLI_ENCODE),
  BrotliDecompress: streamClass('BrotliDecompress', Brotli, constants.BROTLI_DECODE),
};

function crc32(data, value = 0) {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw invalidArgType('data', ['Buffer', 'TypedArray', 'DataView', 'string'], data);
  validateUint32(value, 'value');
  const bytes = typeof data === 'string' ? Buffer.from(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return hb.crc32(bytes, value) >>> 0;
}

export const zlib = { crc32, ...classes };
for (const [name, Class] of Object.entries(classes)) {
  const method = name[0].toLowerCase() + name.slice(1);
  zlib[method] = function asyncBufferWrapper(buffer, opts, callback) {
    const [options, done] = typeof opts === 'function' ? [{}, opts] : [opts, callback];
    validateFunction(done, 'callback');
    return whole(new Class(options), buffer, done);
  };
  zlib[`${method}Sync`] = function syncBufferWrapper(buffer, opts) { return wholeSync(new Class(opts), buffer); };
}
for (const [name, Class] of Object.entries(classes)) {
  const create = `create${name}`;
  Object.defineProperty(zlib, create, { value: { value(options) { return new Class(options); } }.value, configurable: true, enumerable: true });
}
Object.defineProperty(zlib, 'constants', { value: constants, enumerable: true });
Object.defineProperty(zlib, 'codes', { value: codes, enumerable: true });
for (const [name, value] of Object.entries(constants)) if (!name.startsWith('BROTLI')) Object.defineProperty(zlib, name, { value, enumerable: false });
