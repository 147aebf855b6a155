// AES with createCipheriv and createDecipheriv. The host computes once, in `final`; what `update` returns is empty.
import { join, toBytes, toOutput } from './bytes.js';
import { ask } from './host.js';
import { secretBytes } from './keys.js';

export const CIPHERS = ['gcm', 'cbc', 'ctr'].flatMap((mode) => [128, 192, 256].map((bits) => `aes-${bits}-${mode}`));

class Cipher {
  #cipher;
  #key;
  #iv;
  #chunks = [];
  #aad = [];
  #padding = true;
  #tagLength = 16;
  #done = false;
  constructor(cipher, key, iv, options) {
    this.#cipher = `${cipher}`.toLowerCase().replace(/^id-aes(\d+)-gcm$/, 'aes-$1-gcm');
    if (!CIPHERS.includes(this.#cipher)) throw Object.assign(new Error(`Unknown cipher ${cipher}`), { code: 'ERR_CRYPTO_UNKNOWN_CIPHER' });
    this.#key = secretBytes(key).slice();
    this.#iv = toBytes(iv ?? '').slice();
    if (this.#key.length * 8 !== Number(this.#cipher.slice(4, 7))) {
      throw Object.assign(new RangeError('Invalid key length'), { code: 'ERR_CRYPTO_INVALID_KEYLEN' });
    }
    this.#tagLength = options?.authTagLength ?? 16;
  }
  update(data, encoding, outputEncoding) {
    if (this.#done) throw Object.assign(new Error('Unsupported state'), { code: 'ERR_CRYPTO_INVALID_STATE' });
    this.#chunks.push(toBytes(data, encoding).slice());
    return toOutput(new Uint8Array(0), outputEncoding);
  }
  setAAD(data) { this.#aad.push(toBytes(data).slice()); return this; }
  setAutoPadding(padding = true) { this.#padding = padding; return this; }
  // Everything at once: with GCM the tag is at the end of the ciphertext.
  static compute(op, cipher, tag) {
    if (cipher.#done) throw Object.assign(new Error('Unsupported state'), { code: 'ERR_CRYPTO_INVALID_STATE' });
    cipher.#done = true;
    const header = { cipher: cipher.#cipher, tag_length: tag?.length ?? cipher.#tagLength, padding: cipher.#padding };
    const data = join([...cipher.#chunks, ...(tag ? [tag] : [])]);
    return ask(op, header, cipher.#key, cipher.#iv, data ?? new Uint8Array(0), join(cipher.#aad));
  }
  static isAuthenticated(cipher) { return cipher.#cipher.endsWith('gcm'); }
  static tagLength(cipher) { return cipher.#tagLength; }
}

class Cipheriv extends Cipher {
  #tag;
  final(encoding) {
    const output = Cipher.compute('encrypt', this);
    if (!Cipher.isAuthenticated(this)) return toOutput(output, encoding);
    const end = output.length - Cipher.tagLength(this);
    this.#tag = output.slice(end);
    return toOutput(output.slice(0, end), encoding);
  }
  getAuthTag() {
    if (!this.#tag) throw Object.assign(new Error('Invalid state for operation getAuthTag'), { code: 'ERR_CRYPTO_INVALID_STATE' });
    return toOutput(this.#tag);
  }
}

class Decipheriv extends Cipher {
  #tag;
  setAuthTag(tag, encoding) { this.#tag = toBytes(tag, encoding).slice(); return this; }
  final(encoding) {
    if (Cipher.isAuthenticated(this) && !this.#tag) throw new Error('Unsupported state or unable to authenticate data');
    try {
      return toOutput(Cipher.compute('decrypt', this, this.#tag), encoding);
    } catch (error) {
      if (error.message === 'authentication failed') throw new Error('Unsupported state or unable to authenticate data');
      throw error;
    }
  }
}

export const createCipheriv = (...args) => new Cipheriv(...args);
export const createDecipheriv = (...args) => new Decipheriv(...args);
