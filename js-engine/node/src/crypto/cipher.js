// createCipheriv and createDecipheriv. The host's computations stand each for themselves; modes.js chains them.
import { StringDecoder } from '../string_decoder.js';
import { toBytes, toOutput } from './bytes.js';
import { secretBytes } from './keys.js';
import { MODES } from './modes.js';

export const CIPHERS = Object.keys(MODES).flatMap((mode) => [128, 192, 256].map((bits) => `aes-${bits}-${mode}`));

const coded = (error, code) => Object.assign(error, { code });
const CODES = { 'bad decrypt': 'ERR_OSSL_BAD_DECRYPT', 'wrong final block length': 'ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH' };
// Text of these cannot be cut anywhere.
const IN_GROUPS = ['utf8', 'utf-8', 'utf16le', 'utf-16le', 'ucs2', 'ucs-2', 'base64'];

class Cipher {
  #mode;
  #decoder;
  #done = false;
  constructor(encrypts, cipher, key, iv, options) {
    const name = `${cipher}`.toLowerCase().replace(/^id-aes(\d+)-gcm$/, 'aes-$1-gcm');
    if (!CIPHERS.includes(name)) throw coded(new Error(`Unknown cipher ${cipher}`), 'ERR_CRYPTO_UNKNOWN_CIPHER');
    const bytes = secretBytes(key).slice();
    if (bytes.length * 8 !== Number(name.slice(4, 7))) throw coded(new RangeError('Invalid key length'), 'ERR_CRYPTO_INVALID_KEYLEN');
    const vector = toBytes(iv ?? '').slice();
    const mode = name.slice(8);
    if (mode !== 'gcm' && vector.length !== 16) throw coded(new TypeError('Invalid initialization vector'), 'ERR_CRYPTO_INVALID_IV');
    this.#mode = new MODES[mode](encrypts, name, bytes, vector, options?.authTagLength ?? 16);
  }
  update(data, encoding, outputEncoding) {
    if (this.#done) throw coded(new Error('Unsupported state'), 'ERR_CRYPTO_INVALID_STATE');
    return this.#output(this.#mode.update(toBytes(data, encoding)), outputEncoding, false);
  }
  final(outputEncoding) {
    if (this.#done) throw coded(new Error('Unsupported state'), 'ERR_CRYPTO_INVALID_STATE');
    this.#done = true;
    try {
      return this.#output(this.#mode.final(), outputEncoding, true);
    } catch (error) {
      throw error.message in CODES ? coded(error, CODES[error.message]) : error;
    }
  }
  setAAD(data) { this.#mode.additional(toBytes(data).slice()); return this; }
  setAutoPadding(padding = true) { this.#mode.padding = !!padding; return this; }
  #output(bytes, encoding, isLast) {
    if (!IN_GROUPS.includes(`${encoding}`.toLowerCase())) return toOutput(bytes, encoding);
    this.#decoder ??= new StringDecoder(encoding);
    return isLast ? this.#decoder.end(toOutput(bytes)) : this.#decoder.write(toOutput(bytes));
  }
  static modeOf(cipher) { return cipher.#mode; }
}

class Cipheriv extends Cipher {
  constructor(...args) { super(true, ...args); }
  getAuthTag() {
    const { tag } = Cipher.modeOf(this);
    if (!tag) throw coded(new Error('Invalid state for operation getAuthTag'), 'ERR_CRYPTO_INVALID_STATE');
    return toOutput(tag.slice());
  }
}

class Decipheriv extends Cipher {
  constructor(...args) { super(false, ...args); }
  setAuthTag(tag, encoding) { Cipher.modeOf(this).tag = toBytes(tag, encoding).slice(); return this; }
}

export const createCipheriv = (...args) => new Cipheriv(...args);
export const createDecipheriv = (...args) => new Decipheriv(...args);
