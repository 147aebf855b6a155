// Keys derived from passwords and from other keys: pbkdf2, scrypt and hkdf.
import { hkdf as hostHkdf, pbkdf2 as hostPbkdf2, scrypt as hostScrypt } from 'hookbox:crypto';
import { coded, invalidArgType, outOfRange, validateInteger, validateString, validateUint32 } from '../errors.js';
import { NOTHING, arrayBufferOf, bufferOf, bytesOf, copyOf, isTextOrBytes, later } from './bytes.js';
import { invalidDigest, invalidKeyLength } from './failures.js';
import { keyObjectOf, handleOf } from './key_object.js';
import { findHash } from './names.js';

function knownHash(digest) {
  const hash = findHash(digest);
  if (hash === undefined || hash.name === 'md5-sha1') throw invalidDigest(digest);
  return hash;
}

// The host does not derive nothing.
const derived = (length, compute) => (length === 0 ? NOTHING : compute());
const requireFixed = (hash) => { if (hash.extendable) throw new Error('Deriving bits failed'); };

// Functions with the name of an operation are made as methods, as the bundle may call a declaration otherwise.

// Each of these checks its arguments and returns what is then to be done.
function pbkdf2Job(password, salt, iterations, length, digest) {
  validateString(digest, 'digest');
  const [key, seasoning] = [bytesOf(password, 'password'), bytesOf(salt, 'salt')];
  validateInteger(iterations, 'iterations', 1, 2 ** 31 - 1);
  validateInteger(length, 'keylen', 0, 2 ** 31 - 1);
  const hash = knownHash(digest);
  return () => {
    requireFixed(hash);
    return bufferOf(derived(length, () => hostPbkdf2({ hash: hash.name, iterations, length }, key, seasoning)));
  };
}

export function pbkdf2Sync(password, salt, iterations, keylen, digest) { return pbkdf2Job(password, salt, iterations, keylen, digest)(); }

export const { pbkdf2 } = { pbkdf2(password, salt, iterations, keylen, digest, callback) {
  const [name, done] = typeof digest === 'function' ? [undefined, digest] : [digest, callback];
  const job = pbkdf2Job(password, salt, iterations, keylen, name);
  later(done, job);
} };

const twice = () => coded(Error, 'ERR_CRYPTO_SCRYPT_INVALID_PARAMETER', 'Invalid scrypt parameter');
const refused = (reason = '') => coded(RangeError, 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS', `Invalid scrypt params${reason}`);

function scryptOption(options, names, usual) {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 2) throw twice();
  if (given.length === 0) return usual;
  const value = options[given[0]];
  validateUint32(value, given[0]);
  return value;
}

function scryptOptions(options) {
  const given = options ?? {};
  const n = scryptOption(given, ['N', 'cost'], 16384) || 16384;
  const r = scryptOption(given, ['r', 'blockSize'], 8) || 8;
  const p = scryptOption(given, ['p', 'parallelization'], 1) || 1;
  const { maxmem = 32 * 1024 * 1024 } = given;
  if (given.maxmem !== undefined) validateInteger(maxmem, 'maxmem', 0);
  return { n, r, p, maxmem: maxmem || 32 * 1024 * 1024 };
}

function scryptJob(password, salt, length, options) {
  const { n, r, p, maxmem } = scryptOptions(options);
  const [key, seasoning] = [bytesOf(password, 'password'), bytesOf(salt, 'salt')];
  validateInteger(length, 'keylen', 0, 2 ** 31 - 1);
  if (n < 2 || (n & (n - 1)) !== 0 || p > (2 ** 30 - 1) / r || (r < 8 && n >= 2 ** (16 * r))) throw refused();
  // What OpenSSL counts: the blocks of each lane, the table, and two blocks more.
  if (128 * r * (p + n + 2) > maxmem) throw refused(': error:030000AC:digital envelope routines::memory limit exceeded');
  return () => bufferOf(derived(length, () => hostScrypt({ n, r, p, length }, key, seasoning)));
}

export function scryptSync(password, salt, keylen, options = {}) { return scryptJob(password, salt, keylen, options)(); }

export const { scrypt } = { scrypt(password, salt, keylen, options, callback = undefined) {
  const [given, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
  const job = scryptJob(password, salt, keylen, given);
  later(done, job);
} };

const HKDF_BYTES = ['ArrayBuffer', 'TypedArray', 'DataView', 'Buffer'];

function inputKey(key) {
  const object = keyObjectOf(key);
  if (object !== undefined && object.type === 'secret') return handleOf(object).der;
  if (!isTextOrBytes(key)) throw invalidArgType('ikm', ['string', 'SecretKeyObject', ...HKDF_BYTES], key);
  return bytesOf(key, 'ikm');
}

function hkdfJob(digest, key, salt, info, length) {
  validateString(digest, 'digest');
  const secret = inputKey(key);
  const [seasoning, context] = [bytesOf(salt, 'salt', undefined, ['string', ...HKDF_BYTES]), bytesOf(info, 'info', undefined, ['string', ...HKDF_BYTES])];
  validateInteger(length, 'length', 0, 2 ** 32);
  if (context.length > 1024) throw outOfRange('info', 'must not contain more than 1024 bytes', context.length);
  const hash = knownHash(digest);
  if (length > hash.size * 255) throw invalidKeyLength();
  return () => {
    requireFixed(hash);
    return arrayBufferOf(copyOf(derived(length, () => hostHkdf({ hash: hash.name, length }, secret, seasoning, context))));
  };
}

export function hkdfSync(hash, key, salt, info, length) { return hkdfJob(hash, key, salt, info, length)(); }

export const { hkdf } = { hkdf(hash, key, salt, info, length, callback) {
  later(callback, hkdfJob(hash, key, salt, info, length));
} };
