// Prime numbers: checkPrime, generatePrime, and what Diffie-Hellman wants to know of its modulus.
import { power } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { coded, invalidArgType, outOfRange, validateBoolean, validateFunction, validateInt32, validateObject, validateUint32 } from '../errors.js';
import { arrayBufferOf, isBytes, later, viewOf } from './bytes.js';
import { fill } from './random.js';

const BYTES = ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView'];
const SMALL = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n, 73n, 79n, 83n, 89n, 97n];
// The bits of the largest prime that is made here.
const LARGEST = 1024;

export const toNumber = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);

export function fromNumber(number, length = 0) {
  const digits = number.toString(16);
  return Uint8Array.from(Buffer.from(digits.padStart(Math.max(length * 2, digits.length + (digits.length % 2)), '0'), 'hex'));
}

const raised = (base, exponent, modulus) => toNumber(power({}, fromNumber(base), fromNumber(exponent), fromNumber(modulus)));

// The test of Miller and Rabin, with random bases.
export function isPrime(number, rounds = 32) {
  if (number < 2n) return false;
  for (const small of SMALL) if (number % small === 0n) return number === small;
  if (number < 10201n) return true;
  let [odd, twos] = [number - 1n, 0];
  for (; (odd & 1n) === 0n; odd >>= 1n) twos += 1;
  const length = fromNumber(number).length;
  const passes = () => {
    const base = (toNumber(fill(new Uint8Array(length + 8))) % (number - 3n)) + 2n;
    let value = raised(base, odd, number);
    if (value === 1n || value === number - 1n) return true;
    for (let i = 1; i < twos; i++) {
      value = (value * value) % number;
      if (value === number - 1n) return true;
    }
    return false;
  };
  return Array.from({ length: rounds }).every(passes);
}

function candidateOf(candidate) {
  if (typeof candidate === 'bigint') {
    if (candidate < 0n) throw outOfRange('candidate', '>= 0', candidate);
    return candidate;
  }
  if (!isBytes(candidate)) throw invalidArgType('candidate', ['bigint', ...BYTES], candidate);
  return toNumber(viewOf(candidate));
}

function checkJob(candidate, options) {
  const number = candidateOf(candidate);
  validateObject(options, 'options');
  const { checks = 0 } = options;
  validateUint32(checks, 'options.checks');
  return () => isPrime(number, Math.min(checks || 32, 64));
}

export function checkPrimeSync(candidate, options = {}) { return checkJob(candidate, options)(); }

const whenDone = (callback) => (error, result) => (error ? callback(error) : callback(undefined, result));

export function checkPrime(candidate, options = {}, callback) {
  const [given, done] = typeof options === 'function' ? [{}, options] : [options, callback];
  validateFunction(done, 'callback');
  later(whenDone(done), checkJob(candidate, given));
}

function bound(value, name) {
  if (value === undefined) return undefined;
  if (typeof value === 'bigint') {
    if (value < 0n) throw outOfRange(`options.${name}`, '>= 0', value);
    return value;
  }
  if (!isBytes(value)) throw invalidArgType(`options.${name}`, [...BYTES, 'bigint'], value);
  return toNumber(viewOf(value));
}

// A number of so many bits, with its two highest set as OpenSSL has them where nothing else is asked for.
function draw(size, add, rem, safe) {
  const bytes = fill(new Uint8Array(Math.ceil(size / 8)));
  const top = BigInt(size - 1);
  let number = (toNumber(bytes) & ((1n << BigInt(size)) - 1n)) | (1n << top);
  if (add === undefined) return number | (size > 2 ? 1n << (top - 1n) : 0n) | 1n;
  number -= number % add;
  return number + (rem ?? (safe ? 3n : 1n));
}

function generateJob(size, options) {
  validateInt32(size, 'size', 1);
  validateObject(options, 'options');
  const { safe = false, bigint = false } = options;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  const [add, rem] = [bound(options.add, 'add'), bound(options.rem, 'rem')];
  if (add !== undefined && add >> BigInt(size) > 0n) throw coded(RangeError, 'ERR_OUT_OF_RANGE', 'invalid options.add');
  if (add !== undefined && rem !== undefined && rem >= add) throw coded(RangeError, 'ERR_OUT_OF_RANGE', 'invalid options.rem');
  if (size > LARGEST) throw outOfRange('size', `<= ${LARGEST} in a hook`, size);
  return () => {
    for (;;) {
      const number = draw(size, add, rem, safe);
      if (number >> BigInt(size) > 0n || !isPrime(number, 1) || (safe && !isPrime(number >> 1n, 1))) continue;
      if (isPrime(number) && (!safe || isPrime(number >> 1n))) return bigint ? number : arrayBufferOf(fromNumber(number, Math.ceil(size / 8)));
    }
  };
}

export function generatePrimeSync(size, options = {}) { return generateJob(size, options)(); }

export function generatePrime(size, options, callback) {
  const [given, done] = typeof options === 'function' ? [{}, options] : [options ?? {}, callback];
  validateFunction(done, 'callback');
  later(whenDone(done), generateJob(size, given));
}
