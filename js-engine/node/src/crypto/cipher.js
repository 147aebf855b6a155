// createCipheriv and createDecipheriv. The state of a cipher under way is a few bytes that the host makes of each piece and gets back
// with the next. What carries a tag is kept besides, as the tag is over the whole.
import { cipherFinal, cipherStart, cipherUpdate, decrypt, encrypt } from 'hookbox:crypto';
import { coded, invalidArgValue, validateString } from '../errors.js';
import { NOTHING, bufferOf, bytesOf, copyOf, decoderFor, join, pieceOf } from './bytes.js';
import { digestOf } from './hash.js';
import { invalidKeyLength, invalidState, invalidTag, invalidVector, unknownCipher } from './failures.js';
import { secretBytes } from './key_object.js';
import { findCipher, findHash } from './names.js';
import { streams } from './streams.js';

const kHandle = Symbol('kHandle');
const unsupported = () => new Error('Trying to add data in unsupported state');
const unauthentic = () => new Error('Unsupported state or unable to authenticate data');

// Of GCM: 4, 8, and 12 to 16.
const GCM_TAGS = [4, 8, 12, 13, 14, 15, 16];

class Machine {
  #encrypts;
  #cipher;
  #key;
  #iv;
  #state;
  #padding = true;
  #data = [];
  #additional = [];
  #tagLength;
  #tag;
  #done = false;
  #failed = false;

  constructor(encrypts, cipher, key, iv, tagLength) {
    this.#encrypts = encrypts;
    this.#cipher = cipher;
    this.#key = key.length === 16 && cipher.host.startsWith('des-ede3') ? join([key, key.subarray(0, 8)]) : key;
    this.#iv = iv ?? NOTHING;
    if (iv === undefined && cipher.ivLength !== undefined) throw invalidVector();
    const { mode, ivLength = 0 } = cipher;
    if (!this.tagged && iv !== undefined && iv.length !== ivLength) throw invalidVector();
    if (mode === 'stream' && iv.length > ivLength) throw invalidVector();
    if (this.tagged) this.#tagLength = this.#startTag(tagLength);
    if (key.length !== cipher.keyLength) throw invalidKeyLength();
    this.#state = this.#begin();
  }

  get tagged() { return ['gcm', 'ccm', 'stream'].includes(this.#cipher.mode); }
  // Those that the host does in one go.
  get #whole() { return this.#cipher.mode === 'ccm' || this.#cipher.mode === 'wrap'; }

  #startTag(length) {
    const { mode, host } = this.#cipher;
    const [shortest, longest] = mode === 'ccm' ? [7, 13] : [1, mode === 'gcm' ? Infinity : 12];
    if (this.#iv.length < shortest || this.#iv.length > longest) throw invalidVector();
    if (length === undefined) {
      if (mode === 'ccm') throw coded(TypeError, 'ERR_CRYPTO_INVALID_AUTH_TAG', `authTagLength required for ${host}`);
      return mode === 'stream' ? 16 : undefined;
    }
    const fits = mode === 'gcm' ? GCM_TAGS.includes(length) : mode === 'ccm' ? length >= 4 && length <= 16 && length % 2 === 0 : length > 0 && length <= 16;
    if (!fits) throw invalidTag(length);
    return length;
  }

  #begin() {
    const { host } = this.#cipher;
    return this.#whole ? NOTHING : cipherStart({ cipher: host, tag_length: this.#tagLength }, this.#key, this.#iv);
  }

  update(piece) {
    if (this.#done || this.#failed) throw unsupported();
    if (this.#whole) return this.#updateWhole(piece);
    if (this.tagged) this.#data.push(copyOf(piece));
    const { state, output } = cipherUpdate({ cipher: this.#cipher.host, encrypt: this.#encrypts, padding: this.#padding }, this.#key, this.#state, piece);
    this.#state = state;
    return output;
  }

  #updateWhole(piece) {
    if (this.#data.length > 0) throw unsupported();
    this.#data.push(copyOf(piece));
    if (this.#cipher.mode === 'ccm') {
      if (!this.#encrypts && this.#tag === undefined) throw unsupported();
      return this.#finishWhole(piece);
    }
    return (this.#encrypts ? encrypt : decrypt)({ cipher: this.#cipher.host }, this.#key, this.#iv, piece, NOTHING);
  }

  // A wrong tag is told of in `final`.
  #finishWhole(piece) {
    try {
      return this.#authenticated(piece);
    } catch {
      this.#failed = true;
      return NOTHING;
    }
  }

  // What the whole comes to; sets or checks the tag.
  #authenticated(data) {
    const fields = { cipher: this.#cipher.host, tag_length: this.#tagLength ?? (this.#encrypts ? 16 : this.#tag.length) };
    const additional = join(this.#additional.length > 0 ? this.#additional : [NOTHING]);
    if (!this.#encrypts) return decrypt(fields, this.#key, this.#iv, join([data, this.#tag]), additional);
    const made = encrypt(fields, this.#key, this.#iv, data, additional);
    const end = made.length - fields.tag_length;
    this.#tag = made.slice(end);
    return made.slice(0, end);
  }

  final() {
    if (this.#done) throw invalidState();
    this.#done = true;
    if (!this.tagged) {
      if (this.#cipher.mode === 'wrap') return NOTHING;
      return cipherFinal({ cipher: this.#cipher.host, encrypt: this.#encrypts, padding: this.#padding }, this.#key, this.#state);
    }
    if (this.#failed || (!this.#encrypts && this.#tag === undefined)) throw unauthentic();
    if (this.#cipher.mode === 'ccm' && this.#data.length > 0) return NOTHING;
    this.#authenticated(join(this.#data.length > 0 ? this.#data : [NOTHING]));
    return NOTHING;
  }

  get tag() {
    if (!this.#done || !this.tagged || !this.#encrypts) throw invalidState('getAuthTag');
    return copyOf(this.#tag);
  }

  set tag(tag) {
    if (this.#done || !this.tagged || this.#encrypts || this.#tag !== undefined) throw invalidState('setAuthTag');
    const fits = this.#cipher.mode === 'gcm'
      ? (this.#tagLength === undefined || this.#tagLength === tag.length) && GCM_TAGS.includes(tag.length)
      : this.#tagLength === tag.length;
    if (!fits) throw invalidTag(tag.length);
    this.#tag = copyOf(tag);
  }

  addAdditional(bytes, plaintextLength) {
    if (this.#done || !this.tagged || (this.#data.length > 0 && this.#cipher.mode !== 'gcm')) throw invalidState('setAAD');
    if (this.#data.some((piece) => piece.length > 0)) throw invalidState('setAAD');
    if (this.#cipher.mode === 'ccm' && plaintextLength < 0) {
      throw coded(TypeError, 'ERR_MISSING_ARGS', 'options.plaintextLength required for CCM mode with AAD');
    }
    this.#additional.push(copyOf(bytes));
  }

  set padding(padding) {
    if (this.#done) throw invalidState('setAutoPadding');
    this.#padding = padding;
  }
}

function lengthOption(options, name) {
  const value = options?.[name];
  if (value === undefined || value === null) return undefined;
  if (value >>> 0 !== value) throw invalidArgValue(`options.${name}`, value);
  return value;
}

function textOption(options, name) {
  const value = options?.[name];
  if (value !== undefined && value !== null) validateString(value, `options.${name}`);
  return value ?? undefined;
}

function start(object, encrypts, cipher, key, iv, options) {
  validateString(cipher, 'cipher');
  const secret = secretBytes(key, textOption(options, 'encoding'));
  const vector = iv === null ? undefined : bytesOf(iv, 'iv');
  const tagLength = lengthOption(options, 'authTagLength');
  const known = findCipher(cipher);
  if (known === undefined) throw unknownCipher(cipher);
  object._options = options;
  object._decoder = null;
  object[kHandle] = new Machine(encrypts, known, copyOf(secret), vector && copyOf(vector), tagLength);
}

function decoded(object, bytes, encoding, method) {
  if (!encoding || encoding === 'buffer') return bufferOf(bytes);
  object._decoder = decoderFor(object._decoder ?? undefined, encoding);
  return object._decoder[method](bufferOf(bytes));
}

const methods = {
  update(data, inputEncoding, outputEncoding) {
    return decoded(this, this[kHandle].update(pieceOf(data, inputEncoding)), outputEncoding, 'write');
  },
  final(outputEncoding) { return decoded(this, this[kHandle].final(), outputEncoding, 'end'); },
  setAutoPadding(autoPadding) {
    this[kHandle].padding = autoPadding === undefined ? true : !!autoPadding;
    return this;
  },
  setAAD(buffer, options) {
    const bytes = bytesOf(buffer, 'aadbuf', textOption(options, 'encoding'));
    this[kHandle].addAdditional(bytes, lengthOption(options, 'plaintextLength') ?? -1);
    return this;
  },
  _transform(chunk, encoding, callback) {
    this.push(bufferOf(this[kHandle].update(pieceOf(chunk, encoding))));
    callback();
  },
  _flush(callback) {
    try {
      this.push(bufferOf(this[kHandle].final()));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  },
};

export function Cipheriv(cipher, key, iv, options) {
  if (!new.target) return new Cipheriv(cipher, key, iv, options);
  start(this, true, cipher, key, iv, options);
}
streams(Cipheriv, { ...methods, getAuthTag() { return bufferOf(this[kHandle].tag); } });

const setTag = {
  setAuthTag(tagbuf, encoding) {
    this[kHandle].tag = bytesOf(tagbuf, 'buffer', encoding);
    return this;
  },
};
export function Decipheriv(cipher, key, iv, options) {
  if (!new.target) return new Decipheriv(cipher, key, iv, options);
  start(this, false, cipher, key, iv, options);
}
streams(Decipheriv, { ...methods, ...setTag });

export function createCipheriv(cipher, key, iv, options) { return new Cipheriv(cipher, key, iv, options); }
export function createDecipheriv(cipher, key, iv, options) { return new Decipheriv(cipher, key, iv, options); }

// What createCipher makes of a password, in the way of `openssl enc` before it knew salts and rounds.
function fromPassword(cipher, password) {
  validateString(cipher, 'cipher');
  const secret = bytesOf(password, 'password');
  const known = findCipher(cipher);
  if (known === undefined) throw unknownCipher(cipher);
  const needed = known.keyLength + (known.ivLength ?? 0);
  let [made, last] = [NOTHING, NOTHING];
  while (made.length < needed) {
    last = digestOf(findHash('md5'), join([last, secret]));
    made = join([made, last]);
  }
  return [made.subarray(0, known.keyLength), known.ivLength === undefined ? null : made.subarray(known.keyLength, needed)];
}

export function createCipher(cipher, password, options) { return new Cipheriv(cipher, ...fromPassword(cipher, password), options); }
export function createDecipher(cipher, password, options) { return new Decipheriv(cipher, ...fromPassword(cipher, password), options); }
