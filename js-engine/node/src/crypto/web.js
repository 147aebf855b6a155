// The global `crypto` and its `subtle`. The host computes while JavaScript waits; a promise only carries the answer.
import { bytesOf } from '../encoding.js';
import { ask, hashName, parseKey } from './host.js';
import { getRandomValues, randomUUID, fill } from './random.js';

const SIGNING = { 'RSASSA-PKCS1-v1_5': 'rsa', 'RSA-PSS': 'rsa', ECDSA: 'ec' };
const CIPHERS = { 'AES-GCM': 'gcm', 'AES-CBC': 'cbc', 'AES-CTR': 'ctr' };
const DERIVING = ['PBKDF2', 'HKDF'];
const BLOCK = { md5: 64, sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 };

const failed = (name, message) => new DOMException(message, name);
const bufferOf = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const NAMES = [...Object.keys(SIGNING), ...Object.keys(CIPHERS), ...DERIVING, 'HMAC', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

function normal(algorithm) {
  const given = typeof algorithm === 'string' ? { name: algorithm } : { ...algorithm };
  const name = NAMES.find((known) => known.toLowerCase() === `${given.name}`.toLowerCase());
  if (name === undefined) throw failed('NotSupportedError', `${given.name} is not available in a hook`);
  return { ...given, name };
}

function hashOf(algorithm) {
  const hash = hashName(algorithm?.name ?? algorithm);
  if (hash === undefined || hash === 'md5') throw failed('NotSupportedError', `The hash ${algorithm?.name ?? algorithm} is not available`);
  return hash;
}

// The bytes of a key, if it may be used so; only CryptoKey can tell.
let keyBytes;

const made = Symbol('made by SubtleCrypto');

export class CryptoKey {
  #bytes;
  constructor(guard, type, extractable, algorithm, usages, bytes) {
    if (guard !== made) throw new TypeError('Illegal constructor');
    Object.defineProperties(this, {
      type: { value: type, enumerable: true },
      extractable: { value: !!extractable, enumerable: true },
      algorithm: { value: algorithm, enumerable: true },
      usages: { value: [...usages], enumerable: true },
    });
    this.#bytes = bytes;
  }
  get [Symbol.toStringTag]() { return 'CryptoKey'; }
  static {
    keyBytes = (key, usage) => {
      if (usage !== undefined && !key.usages.includes(usage)) throw failed('InvalidAccessError', `Unable to use this key to ${usage}`);
      return key.#bytes;
    };
  }
}

function secretAlgorithm(algorithm, bytes) {
  const { name } = algorithm;
  if (name === 'HMAC') return { name, hash: { name: algorithm.hash?.name ?? algorithm.hash }, length: algorithm.length ?? bytes.length * 8 };
  if (!(name in CIPHERS)) return { name };
  if (![16, 24, 32].includes(bytes.length)) throw failed('DataError', 'Invalid key length');
  return { name, length: bytes.length * 8 };
}

const base64url = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
const toBase64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

function importSecret(format, data, algorithm, extractable, usages) {
  if (format !== 'raw' && format !== 'jwk') throw failed('NotSupportedError', `Unable to import a ${algorithm.name} key as ${format}`);
  const bytes = format === 'jwk' ? base64url(data.k) : bytesOf(data).slice();
  return new CryptoKey(made, 'secret', extractable, secretAlgorithm(algorithm, bytes), usages, bytes);
}

function importPair(format, data, algorithm, extractable, usages) {
  const isPrivate = format === 'pkcs8' || (format === 'jwk' && data.d !== undefined);
  const key = parseKey(format, isPrivate, format === 'jwk' ? hb.encodeUtf8(JSON.stringify(data)) : bytesOf(data));
  if (key.kind !== SIGNING[algorithm.name]) throw failed('DataError', 'Invalid key type');
  if (key.kind === 'ec' && key.curve !== algorithm.namedCurve) throw failed('DataError', 'Named curve mismatch');
  const details = key.kind === 'ec'
    ? { name: algorithm.name, namedCurve: key.curve }
    : { name: algorithm.name, modulusLength: key.bits, publicExponent: Uint8Array.of(1, 0, 1), hash: { name: algorithm.hash?.name ?? algorithm.hash } };
  return new CryptoKey(made, isPrivate ? 'private' : 'public', extractable, details, usages, key.der);
}

function signingHeader(algorithm, key) {
  const { name } = algorithm;
  if (name !== key.algorithm.name) throw failed('InvalidAccessError', 'Key algorithm mismatch');
  if (name === 'ECDSA') return { scheme: 'ecdsa', hash: hashOf(algorithm.hash), form: 'raw' };
  const hash = hashOf(key.algorithm.hash);
  return name === 'RSA-PSS' ? { scheme: 'pss', hash, salt_length: algorithm.saltLength } : { scheme: 'pkcs1', hash };
}

function cipherRequest(op, algorithm, key, data) {
  const mode = CIPHERS[algorithm.name];
  if (mode === undefined || algorithm.name !== key.algorithm.name) throw failed('InvalidAccessError', 'Key algorithm mismatch');
  const header = { cipher: `aes-${key.algorithm.length}-${mode}` };
  if (mode === 'gcm') header.tag_length = (algorithm.tagLength ?? 128) / 8;
  if (mode === 'ctr') header.counter_bits = algorithm.length;
  const iv = bytesOf(mode === 'ctr' ? algorithm.counter : algorithm.iv);
  try {
    return bufferOf(ask(op, header, keyBytes(key, op), iv, bytesOf(data), bytesOf(algorithm.additionalData)));
  } catch (error) {
    throw error instanceof DOMException ? error : failed('OperationError', 'The operation failed for an operation-specific reason');
  }
}

function derive(algorithm, key, bits) {
  const length = bits / 8;
  const [hash, salt] = [hashOf(algorithm.hash), bytesOf(algorithm.salt)];
  const bytes = keyBytes(key);
  if (algorithm.name === 'HKDF') return bufferOf(ask('hkdf', { hash, length }, bytes, salt, bytesOf(algorithm.info)));
  return bufferOf(ask('pbkdf2', { hash, iterations: algorithm.iterations, length }, bytes, salt));
}

const keyLength = (algorithm) => algorithm.length ?? BLOCK[hashOf(algorithm.hash)] * 8;

function generatePair(algorithm, extractable, usages) {
  const kind = SIGNING[algorithm.name];
  const der = ask('generate', kind === 'ec' ? { kind, curve: algorithm.namedCurve } : { kind, bits: algorithm.modulusLength });
  const only = (usage) => usages.filter((wanted) => wanted === usage);
  return {
    privateKey: importPair('pkcs8', der, algorithm, extractable, only('sign')),
    publicKey: importPair('spki', ask('public', {}, der), algorithm, true, only('verify')),
  };
}

function exportKey(format, key) {
  if (!key.extractable) throw failed('InvalidAccessError', 'key is not extractable');
  const bytes = keyBytes(key);
  const common = { ext: key.extractable, key_ops: key.usages };
  if (key.type === 'secret') return format === 'jwk' ? { kty: 'oct', k: toBase64url(bytes), ...common } : bufferOf(bytes);
  if (format === 'jwk') return { ...JSON.parse(hb.decodeUtf8(ask('export', { to: 'jwk' }, bytes))), ...common };
  if (format !== (key.type === 'private' ? 'pkcs8' : 'spki')) throw failed('NotSupportedError', `Unable to export this key as ${format}`);
  return bufferOf(bytes);
}

export class SubtleCrypto {
  async digest(algorithm, data) { return bufferOf(ask('digest', { hash: hashOf(algorithm) }, bytesOf(data))); }
  async importKey(format, data, algorithm, extractable, usages) {
    const normalised = normal(algorithm);
    return (normalised.name in SIGNING ? importPair : importSecret)(format, data, normalised, extractable, usages);
  }
  async exportKey(format, key) { return exportKey(format, key); }
  async sign(algorithm, key, data) {
    const given = normal(algorithm);
    const bytes = keyBytes(key, 'sign');
    if (given.name === 'HMAC') return bufferOf(ask('hmac', { hash: hashOf(key.algorithm.hash) }, bytes, bytesOf(data)));
    return bufferOf(ask('sign', signingHeader(given, key), bytes, bytesOf(data)));
  }
  async verify(algorithm, key, signature, data) {
    const given = normal(algorithm);
    const bytes = keyBytes(key, 'verify');
    if (given.name !== 'HMAC') return ask('verify', signingHeader(given, key), bytes, bytesOf(data), bytesOf(signature))[0] === 1;
    const [right, claimed] = [ask('hmac', { hash: hashOf(key.algorithm.hash) }, bytes, bytesOf(data)), bytesOf(signature)];
    let difference = right.length ^ claimed.length;
    for (let i = 0; i < right.length; i++) difference |= right[i] ^ claimed[i];
    return difference === 0;
  }
  async encrypt(algorithm, key, data) { return cipherRequest('encrypt', normal(algorithm), key, data); }
  async decrypt(algorithm, key, data) { return cipherRequest('decrypt', normal(algorithm), key, data); }
  async deriveBits(algorithm, key, length) { return derive(normal(algorithm), key, length); }
  async deriveKey(algorithm, key, wanted, extractable, usages) {
    const target = normal(wanted);
    return importSecret('raw', derive(normal(algorithm), key, keyLength(target)), target, extractable, usages);
  }
  async generateKey(algorithm, extractable, usages) {
    const target = normal(algorithm);
    if (target.name in SIGNING) return generatePair(target, extractable, usages);
    return importSecret('raw', fill(new Uint8Array(keyLength(target) / 8)), target, extractable, usages);
  }
  async wrapKey() { throw failed('NotSupportedError', 'crypto.subtle.wrapKey is not available in a hook'); }
  async unwrapKey() { throw failed('NotSupportedError', 'crypto.subtle.unwrapKey is not available in a hook'); }
}

export class Crypto {
  #subtle = new SubtleCrypto();
  get subtle() { return this.#subtle; }
  getRandomValues(array) { return getRandomValues(array); }
  randomUUID() { return randomUUID(); }
  get [Symbol.toStringTag]() { return 'Crypto'; }
}

export const crypto = new Crypto();
