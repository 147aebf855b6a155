// Diffie-Hellman in a group of numbers. The group's prime is given, or is one of those that have names: making one takes too long here.
import { power } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { coded, invalidArgType, validateInt32 } from '../errors.js';
import { bytesOf, isTextOrBytes, toOutput } from './bytes.js';
import { groupPrime } from './dh_groups.js';
import { openssl } from './failures.js';
import { fromNumber, isPrime, toNumber } from './primes.js';
import { fill } from './random.js';

const SIZES = ['number', 'string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
// As many bytes of a private key are enough for any of the groups.
const PRIVATE = 64;
const NOT_PRIME = 1;
const NOT_SAFE = 2;
const UNSUITABLE = 8;
const TOO_SMALL = 128;

function start(object, prime, generator) {
  Object.defineProperty(object, 'keys', { value: { prime, generator, secret: undefined, open: undefined, fault: undefined } });
}

// What is wrong with a group, as the bits of OpenSSL's constants.
function faultOf({ prime, generator }) {
  const [p, g] = [toNumber(prime), toNumber(generator)];
  const base = (g <= 1n || g >= p - 1n ? UNSUITABLE : 0) | (p >> 511n === 0n ? TOO_SMALL : 0);
  if (!isPrime(p)) return base | NOT_PRIME;
  return isPrime(p >> 1n) ? base : base | NOT_SAFE;
}

const outside = (word) => coded(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', `Supplied key is too ${word}`);

const methods = {
  generateKeys(encoding) {
    const { keys } = this;
    keys.secret ??= fill(new Uint8Array(Math.min(PRIVATE, keys.prime.length - 1 || 1)));
    keys.open = power({}, keys.generator, keys.secret, keys.prime);
    return toOutput(keys.open, encoding, true);
  },
  computeSecret(otherPublicKey, inputEncoding, outputEncoding) {
    const { keys } = this;
    const other = toNumber(bytesOf(otherPublicKey, 'otherPublicKey', inputEncoding));
    if (other < 2n) throw outside('small');
    if (other > toNumber(keys.prime) - 2n) throw outside('large');
    if (keys.secret === undefined) throw coded(Error, 'ERR_CRYPTO_INVALID_STATE', 'No private key');
    return toOutput(power({}, fromNumber(other), keys.secret, keys.prime), outputEncoding, true);
  },
  getPrime(encoding) { return toOutput(Uint8Array.from(this.keys.prime), encoding, true); },
  getGenerator(encoding) { return toOutput(Uint8Array.from(this.keys.generator), encoding, true); },
  getPublicKey(encoding) {
    if (this.keys.open === undefined) throw coded(Error, 'ERR_CRYPTO_INVALID_STATE', 'No public key - did you forget to generate one?');
    return toOutput(Uint8Array.from(this.keys.open), encoding, true);
  },
  getPrivateKey(encoding) {
    if (this.keys.secret === undefined) throw coded(Error, 'ERR_CRYPTO_INVALID_STATE', 'No private key - did you forget to generate one?');
    return toOutput(Uint8Array.from(this.keys.secret), encoding, true);
  },
};

const setters = {
  setPublicKey(key, encoding) {
    this.keys.open = Uint8Array.from(bytesOf(key, 'key', encoding));
    return this;
  },
  setPrivateKey(key, encoding) {
    this.keys.secret = Uint8Array.from(bytesOf(key, 'key', encoding));
    return this;
  },
};

const fault = { get() { return this.keys.fault ??= faultOf(this.keys); }, enumerable: true, configurable: true };

function generatorOf(generator, encoding) {
  if (!generator) return Uint8Array.of(2);
  if (typeof generator === 'number') {
    validateInt32(generator, 'generator');
    if (generator < 2) throw badGenerator();
    return fromNumber(BigInt(generator));
  }
  if (!isTextOrBytes(generator)) throw invalidArgType('generator', SIZES, generator);
  const bytes = Uint8Array.from(bytesOf(generator, 'generator', encoding));
  if (toNumber(bytes) < 2n) throw badGenerator();
  return bytes;
}

const badGenerator = () => openssl('02800065', 'Diffie-Hellman routines', 'bad generator', 'ERR_OSSL_DH_BAD_GENERATOR');

export function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!new.target) return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  if (typeof sizeOrKey !== 'number' && !isTextOrBytes(sizeOrKey)) throw invalidArgType('sizeOrKey', SIZES, sizeOrKey);
  if (typeof sizeOrKey === 'number') {
    validateInt32(sizeOrKey, 'sizeOrKey');
    if (sizeOrKey < 2) throw openssl('0280007E', 'Diffie-Hellman routines', 'modulus too small', 'ERR_OSSL_DH_MODULUS_TOO_SMALL');
    throw new Error('a prime for Diffie-Hellman cannot be made in a hook; give one, or use a named group');
  }
  // The encoding may be left out.
  const named = !keyEncoding || Buffer.isEncoding(keyEncoding) || keyEncoding === 'buffer';
  const [encoding, given, givenEncoding] = named ? [keyEncoding, generator, genEncoding] : [undefined, keyEncoding, generator];
  const prime = Uint8Array.from(bytesOf(sizeOrKey, 'sizeOrKey', encoding));
  start(this, prime, generatorOf(given, givenEncoding));
}
Object.assign(DiffieHellman.prototype, methods, setters);
Object.defineProperty(DiffieHellman.prototype, 'verifyError', fault);

export function DiffieHellmanGroup(name) {
  if (!new.target) return new DiffieHellmanGroup(name);
  if (typeof name !== 'string') throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'Group name must be a string');
  const prime = groupPrime(name.toLowerCase());
  if (prime === undefined) throw coded(Error, 'ERR_CRYPTO_UNKNOWN_DH_GROUP', 'Unknown DH group');
  start(this, Uint8Array.from(Buffer.from(prime, 'hex')), Uint8Array.of(2));
  this.keys.fault = 0;
}
Object.assign(DiffieHellmanGroup.prototype, methods);
Object.defineProperty(DiffieHellmanGroup.prototype, 'verifyError', fault);

export function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
}

export function createDiffieHellmanGroup(name) { return new DiffieHellmanGroup(name); }
