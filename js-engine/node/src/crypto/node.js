// `require('crypto')`.
import { types } from '../kinds.js';
import { timingSafeEqual } from './bytes.js';
import { X509Certificate } from './certificate.js';
import { Cipheriv, Decipheriv, createCipher, createCipheriv, createDecipher, createDecipheriv } from './cipher.js';
import { constants } from './constants.js';
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from './derive.js';
import { DiffieHellman, DiffieHellmanGroup, createDiffieHellman, createDiffieHellmanGroup } from './dh.js';
import { ECDH, createECDH, diffieHellman } from './ecdh.js';
import { generateKey, generateKeyPair, generateKeyPairSync, generateKeySync } from './generate.js';
import { Hash, Hmac, createHash, createHmac, hash } from './hash.js';
import { createPrivateKey, createPublicKey } from './key_input.js';
import { KeyObject, createSecretKey, isKeyObject } from './key_object.js';
import { getCipherInfo, getCiphers, getCurves, getHashes } from './names.js';
import { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync } from './primes.js';
import { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from './random.js';
import { privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt } from './rsa.js';
import { Sign, Verify, createSign, createVerify, signOneShot, verifyOneShot } from './sign.js';
import { Certificate } from './spkac.js';
import { crypto } from './web.js';

export const cryptoModule = {
  checkPrime,
  checkPrimeSync,
  createCipheriv,
  createDecipheriv,
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createSign,
  createVerify,
  diffieHellman,
  generatePrime,
  generatePrimeSync,
  getDiffieHellman: createDiffieHellmanGroup,
  hash,
  getCiphers: () => getCiphers(),
  getCipherInfo,
  getCurves: () => getCurves(),
  getHashes: () => getHashes(),
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  generateKeyPair,
  generateKeyPairSync,
  generateKey,
  generateKeySync,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  scrypt,
  scryptSync,
  sign: signOneShot,
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 0 }),
  setEngine(id, flags) {},
  timingSafeEqual,
  getFips: () => 0,
  setFips(fips) {},
  verify: verifyOneShot,
  Certificate,
  Cipheriv,
  Decipheriv,
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
  Hash,
  Hmac,
  KeyObject,
  Sign,
  Verify,
  X509Certificate,
  constants,
  webcrypto: crypto,
  subtle: crypto.subtle,
  getRandomValues(array) { return crypto.getRandomValues(array); },
};

// `util.types` comes before there are keys.
Object.assign(types, { isKeyObject: { isKeyObject(value) { return isKeyObject(value); } }.isKeyObject });

// What Node has too, but does not show to those who look through the module.
const hidden = { createCipher, createDecipher, pseudoRandomBytes: randomBytes, prng: randomBytes, rng: randomBytes, fips: 0 };
for (const [name, value] of Object.entries(hidden)) {
  Object.defineProperty(cryptoModule, name, { value, writable: true, enumerable: false, configurable: true });
}
