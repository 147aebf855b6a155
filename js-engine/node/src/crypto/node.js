// `require('crypto')`.
import { join, timingSafeEqual, toBytes, toOutput } from './bytes.js';
import { CIPHERS, createCipheriv, createDecipheriv } from './cipher.js';
import { HASHES, ask, hashName } from './host.js';
import { KeyObject, createPrivateKey, createPublicKey, createSecretKey, secretBytes } from './keys.js';
import { getRandomValues, later, randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from './random.js';
import { Sign, Verify, createSign, createVerify, sign, verify } from './sign.js';
import { crypto } from './web.js';

function knownHash(name) {
  const hash = hashName(name);
  if (hash === undefined) throw Object.assign(new Error(`Invalid digest: ${name}`), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
  return hash;
}

class Hash {
  #hash;
  #key;
  #chunks;
  #done = false;
  constructor(hash, key, chunks = []) {
    this.#hash = knownHash(hash);
    this.#key = key;
    this.#chunks = chunks;
  }
  update(data, encoding) {
    if (this.#done) throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
    this.#chunks.push(toBytes(data, encoding).slice());
    return this;
  }
  digest(encoding) {
    if (this.#done) throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
    this.#done = true;
    const data = join(this.#chunks);
    const header = { hash: this.#hash };
    return toOutput(this.#key === undefined ? ask('digest', header, data) : ask('hmac', header, this.#key, data), encoding);
  }
  copy() { return new Hash(this.#hash, this.#key, [...this.#chunks]); }
  write(data) { this.update(data); return true; }
  end(data) { if (data !== undefined) this.update(data); return this; }
}

function pbkdf2Sync(password, salt, iterations, length, hash) {
  return toOutput(ask('pbkdf2', { hash: knownHash(hash), iterations, length }, toBytes(password), toBytes(salt)));
}

function scryptSync(password, salt, length, options = {}) {
  const header = { n: options.N ?? options.cost ?? 16384, r: options.r ?? options.blockSize ?? 8, p: options.p ?? options.parallelization ?? 1, length };
  return toOutput(ask('scrypt', header, toBytes(password), toBytes(salt)));
}

function hkdfSync(hash, key, salt, info, length) {
  const bytes = ask('hkdf', { hash: knownHash(hash), length }, secretBytes(key), toBytes(salt), toBytes(info));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

// The same function with a callback as its last argument.
const withCallback = (work) => (...args) => {
  const callback = args.pop();
  if (typeof callback !== 'function') {
    throw Object.assign(new TypeError('The "callback" argument must be of type function'), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  later(callback, () => work(...args));
};

function generateKeyPairSync(type, { modulusLength, namedCurve, publicKeyEncoding, privateKeyEncoding } = {}) {
  const curve = { prime256v1: 'P-256', secp384r1: 'P-384' }[namedCurve] ?? namedCurve;
  const der = ask('generate', type === 'ec' ? { kind: 'ec', curve } : { kind: type, bits: modulusLength });
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    publicKey: publicKeyEncoding ? publicKey.export(publicKeyEncoding) : publicKey,
    privateKey: privateKeyEncoding ? privateKey.export(privateKeyEncoding) : privateKey,
  };
}

const MISSING = ('createDiffieHellman createDiffieHellmanGroup createECDH diffieHellman getDiffieHellman publicEncrypt publicDecrypt '
  + 'privateEncrypt privateDecrypt createCipher createDecipher generateKey generateKeySync generatePrime checkPrime X509Certificate').split(' ');
const missing = Object.fromEntries(MISSING.map((name) => [name, function absent() {
  throw new Error(`crypto.${name} is not available in a hook`);
}]));

export const cryptoModule = {
  ...missing,
  createHash: (hash) => new Hash(hash),
  createHmac: (hash, key, options) => new Hash(hash, secretBytes(key, options?.encoding).slice()),
  hash: (name, data, encoding = 'hex') => toOutput(ask('digest', { hash: knownHash(name) }, toBytes(data)), encoding),
  Hash,
  Hmac: Hash,
  KeyObject,
  Sign,
  Verify,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createSign,
  createVerify,
  sign,
  verify,
  createCipheriv,
  createDecipheriv,
  pbkdf2Sync,
  pbkdf2: withCallback(pbkdf2Sync),
  scryptSync,
  scrypt: withCallback(scryptSync),
  hkdfSync,
  hkdf: withCallback(hkdfSync),
  generateKeyPairSync,
  generateKeyPair: (type, options, callback) => later(
    (error, pair) => callback(error, pair?.publicKey, pair?.privateKey),
    () => generateKeyPairSync(type, options),
  ),
  randomBytes,
  pseudoRandomBytes: randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID: () => randomUUID(),
  timingSafeEqual,
  getRandomValues,
  getHashes: () => HASHES.flatMap((hash) => [hash, `RSA-${hash.toUpperCase()}`]),
  getCiphers: () => [...CIPHERS],
  getCurves: () => ['prime256v1', 'secp384r1'],
  webcrypto: crypto,
  subtle: crypto.subtle,
  constants: {
    RSA_PKCS1_PADDING: 1,
    RSA_NO_PADDING: 3,
    RSA_PKCS1_OAEP_PADDING: 4,
    RSA_PKCS1_PSS_PADDING: 6,
    RSA_PSS_SALTLEN_DIGEST: -1,
    RSA_PSS_SALTLEN_MAX_SIGN: -2,
    RSA_PSS_SALTLEN_AUTO: -2,
  },
};
