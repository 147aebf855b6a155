// `require('bcryptjs')`, as version 3 of the package has it, and as version 2.4 has it where they differ.
import { setImmediate } from '../timers.js';
import { encode, valueOf } from './base64.js';
import { HASH_LENGTH, SALT_LENGTH, randomSalt, raw, twoDigits } from './host.js';

const ROUNDS = 10;
const HASH_LETTERS = 60;
const SALT_LETTERS = 29;

const types = (...values) => values.map((value) => typeof value).join(', ');
const illegal = (...values) => new Error(`Illegal arguments: ${types(...values)}`);

// UTF-8, in which half of a pair is written as if it were a letter.
function utf8(text) {
  const bytes = [];
  for (const letter of text) {
    const point = letter.codePointAt(0);
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push((point >> 6) | 0xc0, (point & 0x3f) | 0x80);
    else if (point < 0x10000) bytes.push((point >> 12) | 0xe0, ((point >> 6) & 0x3f) | 0x80, (point & 0x3f) | 0x80);
    else bytes.push((point >> 18) | 0xf0, ((point >> 12) & 0x3f) | 0x80, ((point >> 6) & 0x3f) | 0x80, (point & 0x3f) | 0x80);
  }
  return bytes;
}

// More letters than count, but no half of a pair among those that do.
const keyOf = (password, ended) => Uint8Array.from(utf8((ended ? `${password}\0` : password).slice(0, 74)));

function encodeBase64(bytes, length) {
  if (length <= 0 || length > bytes.length) throw new Error(`Illegal len: ${length}`);
  return encode(bytes, length);
}

// A fourth letter that is none counts as all bits, which the package does not catch.
function decodeBase64(string, length) {
  if (length <= 0) throw new Error(`Illegal len: ${length}`);
  const bytes = [];
  for (let at = 0; at < string.length - 1 && bytes.length < length; at += 4) {
    const [first, second, third, fourth] = [0, 1, 2, 3].map((offset) => valueOf(string.charAt(at + offset)));
    if (first < 0 || second < 0) break;
    bytes.push((first << 2) | (second >> 4));
    if (bytes.length >= length || at + 2 >= string.length || third < 0) break;
    bytes.push(((second & 0x0f) << 4) | (third >> 2));
    if (bytes.length >= length || at + 3 >= string.length) break;
    bytes.push((((third & 0x03) << 6) | fourth) & 0xffff);
  }
  return bytes;
}

// What a salt says, once it is known to be one.
function parsed(salt) {
  if (!salt.startsWith('$2')) throw new Error(`Invalid salt version: ${salt.slice(0, 2)}`);
  const minor = salt[2] === '$' ? '' : salt.charAt(2);
  if (minor === '' ? salt[2] !== '$' : !/^[aby]$/.test(minor) || salt[3] !== '$') throw new Error(`Invalid salt revision: ${salt.slice(2, 4)}`);
  const rest = salt.slice(3 + minor.length);
  if (rest.charAt(2) > '$') throw new Error('Missing salt rounds');
  const rounds = Number.parseInt(rest.charAt(0), 10) * 10 + Number.parseInt(rest.charAt(1), 10);
  return { minor, rounds, bytes: decodeBase64(rest.slice(3, 25), SALT_LENGTH) };
}

function checked({ rounds, bytes }) {
  if (rounds < 4 || rounds > 31) throw new Error(`Illegal number of rounds (4-31): ${rounds}`);
  if (bytes.length !== SALT_LENGTH) throw new Error(`Illegal salt length: ${bytes.length} != ${SALT_LENGTH}`);
}

function finished(password, { minor, rounds, bytes }) {
  // Rounds that are no number make one.
  const hash = raw(keyOf(password, minor !== ''), Uint8Array.from(bytes), rounds || 0);
  return `$2${minor}$${twoDigits(rounds)}$${encode(bytes, SALT_LENGTH)}${encode(hash, HASH_LENGTH)}`;
}

function crypt(password, salt) {
  const read = parsed(salt);
  checked(read);
  return finished(password, read);
}

// The package takes turns of a tenth of a second, with one at the end of which it answers; progress is told before each.
function cryptLater(password, salt, callback, progress) {
  let [read, hash] = [];
  try {
    if (typeof password !== 'string' || typeof salt !== 'string') throw new Error('Invalid string / salt: Not a string');
    read = parsed(salt);
  } catch (error) {
    setImmediate(callback, error);
    return;
  }
  try {
    checked(read);
    progress?.(0);
    hash = finished(password, read);
  } catch (error) {
    setImmediate(callback, error, null);
    return;
  }
  setImmediate(() => {
    progress?.(1);
    callback(null, hash);
  });
}

// Calls back, or returns a promise where there is no callback.
function answered(callback, start) {
  if (!callback) return new Promise((resolve, reject) => { start((error, result) => { if (error) reject(error); else resolve(result); }); });
  if (typeof callback !== 'function') throw new Error(`Illegal callback: ${typeof callback}`);
  start(callback);
}

function same(known, unknown, length) {
  let difference = 0;
  for (let i = 0; i < length; i++) difference |= known.charCodeAt(i) ^ unknown.charCodeAt(i);
  return difference === 0;
}

const sameWhole = (known, unknown) => known.length === unknown.length && same(known, unknown, known.length);
const sameBeginning = (known, unknown) => known.length <= unknown.length && same(known, unknown, known.length);

// `prefix` is what new salts begin with, `equal` how hashes are compared.
function make(prefix, equal) {
  function setRandomFallback(random) {}

  function genSaltSync(rounds, seed_length) {
    const wanted = rounds || ROUNDS;
    if (typeof wanted !== 'number') throw illegal(wanted, seed_length);
    return `${prefix}${twoDigits(Math.min(Math.max(wanted, 4), 31))}$${encode(randomSalt(), SALT_LENGTH)}`;
  }

  function genSalt(rounds, seed_length, callback) {
    const done = [rounds, seed_length].find((each) => typeof each === 'function') ?? callback;
    const wanted = typeof rounds === 'function' || rounds === undefined ? ROUNDS : rounds;
    if (typeof wanted !== 'number') throw new Error(`illegal arguments: ${typeof wanted}`);
    return answered(done, (answer) => setImmediate(() => answer(null, genSaltSync(wanted))));
  }

  function hashSync(password, salt) {
    const given = salt === undefined ? ROUNDS : salt;
    const text = typeof given === 'number' ? genSaltSync(given) : given;
    if (typeof password !== 'string' || typeof text !== 'string') throw illegal(password, text);
    return crypt(password, text);
  }

  function hash(password, salt, callback, progressCallback) {
    return answered(callback, (answer) => {
      if (typeof password !== 'string' || (typeof salt !== 'string' && typeof salt !== 'number')) setImmediate(answer, illegal(password, salt));
      else if (typeof salt === 'string') cryptLater(password, salt, answer, progressCallback);
      else genSalt(salt, (_, made) => cryptLater(password, made, answer, progressCallback));
    });
  }

  function compareSync(password, hash) {
    if (typeof password !== 'string' || typeof hash !== 'string') throw illegal(password, hash);
    return hash.length === HASH_LETTERS && equal(hashSync(password, hash.slice(0, SALT_LETTERS)), hash);
  }

  function compare(password, hashValue, callback, progressCallback) {
    return answered(callback, (answer) => {
      if (typeof password !== 'string' || typeof hashValue !== 'string') {
        setImmediate(answer, illegal(password, hashValue));
      } else if (hashValue.length !== HASH_LETTERS) {
        setImmediate(answer, null, false);
      } else {
        const compared = (error, found) => (error ? answer(error) : answer(null, equal(found, hashValue)));
        hash(password, hashValue.slice(0, SALT_LETTERS), compared, progressCallback);
      }
    });
  }

  return { setRandomFallback, genSaltSync, genSalt, hashSync, hash, compareSync, compare, getRounds, getSalt, truncates, encodeBase64, decodeBase64 };
}

function getRounds(hash) {
  if (typeof hash !== 'string') throw illegal(hash);
  return Number.parseInt(hash.split('$')[2], 10);
}

function getSalt(hash) {
  if (typeof hash !== 'string') throw illegal(hash);
  if (hash.length !== HASH_LETTERS) throw new Error(`Illegal hash length: ${hash.length} != ${HASH_LETTERS}`);
  return hash.slice(0, SALT_LETTERS);
}

// No letter of UTF-16 takes less than a byte.
function truncates(password) {
  if (typeof password !== 'string') throw illegal(password);
  return utf8(password.slice(0, 74)).length > 72;
}

export const bcryptjs = make('$2b$', sameWhole);
const { truncates: _, ...older } = make('$2a$', sameBeginning);
export const bcryptjs2 = older;
