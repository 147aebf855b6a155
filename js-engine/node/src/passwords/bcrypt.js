// `require('bcrypt')`, as versions 5 and 6 of the package have it, down to what its C++ makes of odd salts.
import { Buffer } from '../buffer.js';
import { nextTick, setImmediate } from '../timers.js';
import { encode, valueOf } from './base64.js';
import { HASH_LENGTH, SALT_LENGTH, randomSalt, raw, twoDigits } from './host.js';

const ROUNDS = 10;
// The letters of a salt.
const SALT_LETTERS = 22;

const isData = (data) => typeof data === 'string' || data instanceof Buffer;
const bytesOf = (data) => (typeof data === 'string' ? Buffer.from(data, 'utf8') : data);

// Text as C has it: bytes, up to the first zero.
function cText(text) {
  const [before] = Buffer.from(text, 'utf8').toString('latin1').split('\0', 1);
  return before;
}

// A number at the beginning of a text, and 0 where there is none.
const atoi = (text) => Number(/^[\t-\r ]*([+-]?\d+)/.exec(text)?.[1] ?? 0) | 0;

// What a salt, or a hash that begins with one, says; undefined if it is none.
function parsed(text) {
  if (text[0] !== '$' || !(text[1] <= '2')) return undefined;
  const minor = text[2] === '$' ? '' : text[2];
  if (minor !== '' && minor !== 'a' && minor !== 'b') return undefined;
  const rest = text.slice(3 + minor.length);
  const cost = atoi(rest);
  if (rest[2] !== '$' || cost < 4 || cost > 30) return undefined;
  const letters = rest.slice(3);
  return letters.length < SALT_LETTERS ? undefined : { minor, cost, salt: decoded(letters) };
}

// As far as the letters are of the alphabet.
function decoded(letters) {
  const salt = new Uint8Array(SALT_LENGTH);
  let [bits, held, at] = [0, 0, 0];
  for (let i = 0; at < SALT_LENGTH; i++) {
    const value = valueOf(letters[i]);
    if (value < 0) break;
    held = ((held << 6) | value) & 0x3fff;
    bits += 6;
    if (bits >= 8) salt[at++] = held >> (bits -= 8);
  }
  return salt;
}

// The key ends in a zero byte, but in the oldest form. The length of the forms before `b` is counted in a byte.
function keyOf(data, minor) {
  if (minor === 'b') return Buffer.concat([data.subarray(0, 72), Buffer.alloc(1)]);
  const whole = Buffer.concat([data, Buffer.alloc(1)]);
  const length = (data.length + (minor === 'a' ? 1 : 0)) & 0xff;
  return whole.subarray(0, Math.max(length, 1));
}

function hashed(data, { minor, cost, salt }) {
  const hash = raw(keyOf(bytesOf(data), minor), salt, cost);
  return `$2${minor}$${twoDigits(cost)}$${encode(salt, SALT_LENGTH)}${encode(hash, HASH_LENGTH)}`;
}

function encrypt(data, salt) {
  const read = parsed(cText(salt));
  if (read === undefined) throw new Error('Invalid salt. Salt must be in the form of: $Vers$log2(NumRounds)$saltvalue');
  return hashed(data, read);
}

function matches(data, hash) {
  const text = cText(hash);
  const read = parsed(text);
  return read !== undefined && hashed(data, read) === text;
}

function newSalt(rounds, minor) {
  const cost = Math.min(Math.max(rounds & 0xff, 4), 31);
  return `$2${minor}$${twoDigits(cost)}$${encode(randomSalt(), SALT_LENGTH)}`;
}

// The package computes on other threads, so its callbacks come in a later turn.
function answer(callback, compute) {
  let result;
  try {
    result = compute();
  } catch (error) {
    setImmediate(callback, error);
    return;
  }
  setImmediate(callback, undefined, result);
}

function refuse(callback, message) {
  const error = new Error(message);
  nextTick(() => { callback(error); });
}

function promised(call) {
  return new Promise((resolve, reject) => {
    call((error, result) => { if (error) reject(error); else resolve(result); });
  });
}

const NO_NUMBER = 'rounds must be a number';
const NO_MINOR = 'minor must be either "a" or "b"';
const NO_DATA_AND_SALT = 'data and salt arguments required';
const NO_DATA_AND_HASH = 'data and hash arguments required';
const NO_CALLBACK = 'cb must be a function or null to return a Promise';
const WRONG_SALT = 'data must be a string or Buffer and salt must either be a salt string or a number of rounds';

function wrongRounds(rounds, minor) {
  if (rounds && typeof rounds !== 'number') return NO_NUMBER;
  return minor && minor !== 'b' && minor !== 'a' ? NO_MINOR : undefined;
}

function wrongHashing(data, salt) {
  if (data == null || salt == null) return NO_DATA_AND_SALT;
  return isData(data) && (typeof salt === 'string' || typeof salt === 'number') ? undefined : WRONG_SALT;
}

function wrongComparing(data, hash, message) {
  if (data == null || hash == null) return NO_DATA_AND_HASH;
  return isData(data) && typeof hash === 'string' ? undefined : message;
}

function genSaltSync(rounds, minor) {
  const wrong = wrongRounds(rounds, minor);
  if (wrong !== undefined) throw new Error(wrong);
  return newSalt(rounds || ROUNDS, minor || 'b');
}

function genSalt(rounds, minor, cb) {
  if (typeof rounds === 'function') return saltFor(ROUNDS, 'b', rounds);
  if (typeof minor === 'function') return saltFor(rounds, 'b', minor);
  if (!cb) return promised((done) => genSalt.call(this, rounds, minor, done));
  return saltFor(rounds, minor, cb);
}

function saltFor(rounds, minor, callback) {
  const wrong = wrongRounds(rounds, minor);
  if (wrong !== undefined) return refuse(callback, wrong);
  answer(callback, () => newSalt(rounds || ROUNDS, minor || 'b'));
}

function hashSync(data, salt) {
  const wrong = wrongHashing(data, salt);
  if (wrong !== undefined) throw new Error(wrong);
  return encrypt(data, typeof salt === 'number' ? bcrypt.genSaltSync(salt) : salt);
}

function hash(data, salt, cb) {
  if (typeof data === 'function') return refuse(data, WRONG_SALT);
  if (typeof salt === 'function') return refuse(salt, WRONG_SALT);
  if (cb && typeof cb !== 'function') return Promise.reject(new Error(NO_CALLBACK));
  if (!cb) return promised((done) => hash.call(this, data, salt, done));
  const wrong = wrongHashing(data, salt);
  if (wrong !== undefined) return refuse(cb, wrong);
  if (typeof salt === 'number') return bcrypt.genSalt(salt, (_, made) => answer(cb, () => encrypt(data, made)));
  answer(cb, () => encrypt(data, salt));
}

function compareSync(data, hash) {
  const wrong = wrongComparing(data, hash, 'data must be a string or Buffer and hash must be a string');
  if (wrong !== undefined) throw new Error(wrong);
  return matches(data, hash);
}

function compare(data, hash, cb) {
  if (typeof data === 'function') return refuse(data, NO_DATA_AND_HASH);
  if (typeof hash === 'function') return refuse(hash, NO_DATA_AND_HASH);
  if (cb && typeof cb !== 'function') return Promise.reject(new Error(NO_CALLBACK));
  if (!cb) return promised((done) => compare.call(this, data, hash, done));
  const wrong = wrongComparing(data, hash, 'data and hash must be strings');
  if (wrong !== undefined) return refuse(cb, wrong);
  answer(cb, () => matches(data, hash));
}

function getRounds(hash) {
  if (hash == null) throw new Error('hash argument required');
  if (typeof hash !== 'string') throw new Error('hash must be a string');
  const [, rest] = /^\$[^\0](?:[^$\0])?\$(.*)$/s.exec(cText(hash)) ?? [];
  const rounds = rest === undefined ? 0 : atoi(rest) >>> 0;
  if (rounds === 0) throw new Error('invalid hash provided');
  return rounds;
}

export const bcrypt = { genSaltSync, genSalt, hashSync, hash, compareSync, compare, getRounds };
