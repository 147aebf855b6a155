// createHash, createHmac and hash. What `update` is given is kept, and the host computes once, in `digest`: so that a hash may be made at
// the top level, copied, and finished in any execution.
import { digest, hmac } from 'hookbox:crypto';
import { coded, invalidArgType, invalidArgValue, validateString, validateUint32 } from '../errors.js';
import { Buffer } from '../buffer.js';
import { NOTHING, copyOf, join, pieceOf, toOutput, viewOf, textBytes } from './bytes.js';
import { invalidDigest, notExtendable, openssl, unknownHash } from './failures.js';
import { secretBytes } from './key_object.js';
import { findHash } from './names.js';
import { streams } from './streams.js';

const kHandle = Symbol('kHandle');
const kState = Symbol('kState');
const kFinalized = Symbol('kFinalized');

export function digestOf(hash, data, length) {
  if (hash.name !== 'md5-sha1') return length === 0 ? NOTHING : digest({ hash: hash.name, length }, data);
  return Buffer.concat([digest({ hash: 'md5' }, data), digest({ hash: 'sha1' }, data)]);
}

// What is behind a hash.
class HashHandle {
  #hash;
  #length;
  #chunks;
  constructor(hash, length, chunks = []) {
    if (length !== undefined && length !== hash.size && !hash.extendable) throw notExtendable();
    this.#hash = hash;
    this.#length = hash.extendable ? length : undefined;
    this.#chunks = chunks;
  }
  add(bytes) { this.#chunks.push(bytes); }
  copy(length) { return new HashHandle(this.#hash, length ?? this.#length, [...this.#chunks]); }
  digest() { return digestOf(this.#hash, join(this.#chunks), this.#length); }
}

export function Hash(algorithm, options) {
  if (!new.target) return new Hash(algorithm, options);
  const isCopy = algorithm instanceof HashHandle;
  if (!isCopy) validateString(algorithm, 'algorithm');
  const length = typeof options === 'object' && options !== null ? options.outputLength : undefined;
  if (length !== undefined) validateUint32(length, 'options.outputLength');
  this._options = options;
  if (isCopy) {
    this[kHandle] = algorithm.copy(length);
  } else {
    const hash = findHash(algorithm);
    if (hash === undefined) throw unknownHash(algorithm);
    this[kHandle] = new HashHandle(hash, length);
  }
  this[kState] = { [kFinalized]: false };
}

const finished = () => coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');

streams(Hash, {
  copy(options) {
    if (this[kState][kFinalized]) throw finished();
    return new Hash(this[kHandle], options);
  },
  update(data, encoding) {
    if (this[kState][kFinalized]) throw finished();
    const bytes = pieceOf(data, encoding);
    this[kHandle].add(typeof data === 'string' ? bytes : copyOf(bytes));
    return this;
  },
  digest(outputEncoding) {
    if (this[kState][kFinalized]) throw finished();
    const result = toOutput(this[kHandle].digest(), outputEncoding);
    this[kState][kFinalized] = true;
    return result;
  },
  _transform(chunk, encoding, callback) {
    this[kHandle].add(copyOf(pieceOf(chunk, encoding)));
    callback();
  },
  _flush(callback) {
    this.push(toOutput(this[kHandle].digest()));
    callback();
  },
});

class HmacHandle {
  #hash;
  #key;
  #chunks = [];
  constructor(hash, key) {
    this.#hash = hash;
    this.#key = key;
  }
  add(bytes) { this.#chunks.push(bytes); }
  digest() { return hmacOf(this.#hash, this.#key, join(this.#chunks)); }
}

function hmacOf(hash, key, data) {
  if (hash.name !== 'md5-sha1') return hmac({ hash: hash.name }, key, data);
  const padded = new Uint8Array(hash.block);
  padded.set(key.length > hash.block ? digestOf(hash, key) : key);
  const inner = digestOf(hash, Buffer.concat([padded.map((byte) => byte ^ 0x36), data]));
  return digestOf(hash, Buffer.concat([padded.map((byte) => byte ^ 0x5c), inner]));
}

export function Hmac(algorithm, key, options) {
  if (!new.target) return new Hmac(algorithm, key, options);
  validateString(algorithm, 'hmac');
  const bytes = secretBytes(key, options?.encoding);
  const hash = findHash(algorithm);
  if (hash === undefined) throw invalidDigest(algorithm);
  if (hash.extendable) throw openssl('00000000', 'lib(0)', 'reason(0)');
  this._options = options;
  this[kHandle] = new HmacHandle(hash, copyOf(bytes));
  this[kState] = { [kFinalized]: false };
}

// A second digest of a code is empty, other than that of a hash, which is an error.
streams(Hmac, {
  update: Hash.prototype.update,
  digest(outputEncoding) {
    if (this[kState][kFinalized]) return toOutput(new Uint8Array(0), outputEncoding);
    const result = toOutput(this[kHandle].digest(), outputEncoding);
    this[kState][kFinalized] = true;
    return result;
  },
  _transform: Hash.prototype._transform,
  _flush(callback) {
    this.push(this.digest());
    callback();
  },
});

// The names that Node's inspect shows.
Object.defineProperty(HashHandle, 'name', { value: 'Hash' });
Object.defineProperty(HmacHandle, 'name', { value: 'Hmac' });

export function createHash(algorithm, options) { return new Hash(algorithm, options); }
export function createHmac(hmac, key, options) { return new Hmac(hmac, key, options); }

export function hash(algorithm, input, outputEncoding = 'hex') {
  validateString(algorithm, 'algorithm');
  if (typeof input !== 'string' && !ArrayBuffer.isView(input)) throw invalidArgType('input', ['string', 'Buffer', 'TypedArray', 'DataView'], input);
  let encoding = outputEncoding;
  if (encoding !== 'hex' && encoding !== 'buffer') {
    validateString(encoding, 'outputEncoding');
    if (!Buffer.isEncoding(encoding) && encoding.toLowerCase() !== 'buffer') throw invalidArgValue('outputEncoding', encoding);
    encoding = encoding.toLowerCase();
  }
  const known = findHash(algorithm);
  if (known === undefined) throw new Error(`Digest method ${algorithm} is not supported`);
  return toOutput(digestOf(known, typeof input === 'string' ? textBytes(input) : viewOf(input)), encoding);
}
