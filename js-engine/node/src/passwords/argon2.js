// `require('argon2')`, as version 0.40 of the package and later ones have it.
import { argon2 as hostArgon2, ARGON2_KINDS } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { bufferOf, timingSafeEqual, viewOf } from '../crypto/bytes.js';
import { fill } from '../crypto/random.js';
import { setImmediate } from '../timers.js';
import { deserialize, serialize } from './phc.js';

const [argon2d, argon2i, argon2id] = [0, 1, 2];
const DEFAULTS = { hashLength: 32, memoryCost: 1 << 16, parallelism: 4, timeCost: 3, type: argon2id, version: 0x13 };
const MOST_LANES = 2 ** 24 - 1;

// What the C library checks, in its order and words.
function check({ hashLength, salt, m, t, p, kind }) {
  const wrong = [
    [hashLength < 4, 'Output is too short'],
    [salt.length < 8, 'Salt is too short'],
    [m < 8 || m < ((8 * p) >>> 0), 'Memory cost is too small'],
    [t < 1, 'Time cost is too small'],
    [p < 1, 'Too few lanes'],
    [p > MOST_LANES, 'Too many lanes'],
    [kind === undefined, 'There is no such version of Argon2'],
  ].find(([is]) => is);
  if (wrong !== undefined) throw new Error(wrong[1]);
}

function derived({ data, hashLength, m, t, p, password, salt, secret, type, version }) {
  const numbers = { hashLength: hashLength >>> 0, m: m >>> 0, t: t >>> 0, p: p >>> 0, kind: ARGON2_KINDS[type >>> 0] };
  check({ ...numbers, salt });
  const header = { kind: numbers.kind, version: version >>> 0, memory: numbers.m, passes: numbers.t, lanes: numbers.p, length: numbers.hashLength };
  return bufferOf(hostArgon2(header, password, salt, secret, data));
}

function checkBytes(...values) {
  for (const value of values) if (!ArrayBuffer.isView(value)) throw new Error('Invalid argument');
}

// The package computes on another thread, so its promise is kept in a later turn.
function computed(request) {
  const { data, salt, secret } = request;
  checkBytes(salt, secret, data);
  const bytes = { data: viewOf(data), salt: viewOf(salt), secret: viewOf(secret) };
  return new Promise((resolve, reject) => {
    try {
      setImmediate(resolve, derived({ ...request, ...bytes }));
    } catch (error) {
      setImmediate(reject, error);
    }
  });
}

function checkLarge({ hashLength, memoryCost, timeCost, parallelism }) {
  for (const [name, value, most] of [
    ['Hash length', hashLength, 2 ** 32 - 1],
    ['Memory cost', memoryCost, 2 ** 32 - 1],
    ['Time cost', timeCost, 2 ** 32 - 1],
    ['Parallelism', parallelism, MOST_LANES],
  ]) if (value > most) throw new RangeError(`${name} is too large`);
}

async function hash(password, options) {
  const { raw, salt: given, ...rest } = { ...DEFAULTS, ...options };
  checkLarge(rest);
  const salt = given ?? bufferOf(fill(new Uint8Array(16)));
  const { hashLength, secret = Buffer.alloc(0), type, version, memoryCost: m, timeCost: t, parallelism: p, associatedData: data = Buffer.alloc(0) } = rest;
  const result = await computed({ data, hashLength, m, p, password: Buffer.from(password), salt, secret, t, type, version });
  if (raw) return result;
  const params = data.byteLength > 0 ? { m, p, t, data } : { m, p, t };
  return serialize({ id: ARGON2_KINDS[type], version, params, salt, hash: result });
}

function needsRehash(digest, options = {}) {
  const { memoryCost, timeCost, parallelism, version } = { ...DEFAULTS, ...options };
  const { version: used, params: { m, t, p } } = deserialize(digest);
  const pairs = [[used, version], [m, memoryCost], [t, timeCost], [p, parallelism]];
  return pairs.some(([had, wanted]) => Number(had) !== Number(wanted));
}

async function verify(digest, password, options = {}) {
  const { id, ...rest } = deserialize(digest);
  const type = ARGON2_KINDS.indexOf(id);
  if (type < 0) return false;
  const { version = 0x10, params: { m, t, p, data = '' }, salt, hash: actual } = rest;
  const { secret = Buffer.alloc(0) } = options;
  const numbers = { hashLength: actual.byteLength, m: Number(m), p: Number(p), t: Number(t), type, version: Number(version) };
  const expected = await computed({ ...numbers, data: Buffer.from(data, 'base64'), password: Buffer.from(password), salt, secret });
  return timingSafeEqual(expected, actual);
}

export const argon2 = { argon2d, argon2i, argon2id, hash, needsRehash, verify };
