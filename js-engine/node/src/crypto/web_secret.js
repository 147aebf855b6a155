// Secret keys of `subtle`: AES, HMAC, and what is derived from.
import { Buffer } from '../buffer.js';
import { invalidArgValue } from '../errors.js';
import { copyOf } from './bytes.js';
import { handleOf, secretKey } from './key_object.js';
import { fill } from './random.js';
import { failed, operationFailed } from './web_convert.js';
import { checkJwk, checkJwkAlgorithm, checkUsages, makeKey, objectOf } from './web_key.js';

const AES_USAGES = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
const BITS = [128, 192, 256];
const SUFFIXES = { 'AES-CBC': 'CBC', 'AES-CTR': 'CTR', 'AES-GCM': 'GCM', 'AES-KW': 'KW' };
const HMAC_NAMES = { 'SHA-1': 'HS1', 'SHA-256': 'HS256', 'SHA-384': 'HS384', 'SHA-512': 'HS512' };
// The length of a key of HMAC is that of a block, where nobody says.
const BLOCKS = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };

const notImportable = (what, format) => failed('NotSupportedError', `Unable to import ${what} key with format ${format}`);

function jwkName({ name, length, hash }) {
  return name === 'HMAC' ? HMAC_NAMES[hash.name] : `A${length}${SUFFIXES[name]}`;
}

function secretOfJwk(jwk) {
  if (jwk.k === undefined) throw failed('DataError', 'Invalid keyData');
  return Uint8Array.from(Buffer.from(jwk.k, 'base64url'));
}

function checkAesUsages(name, usages) {
  checkUsages(usages, name === 'AES-KW' ? ['wrapKey', 'unwrapKey'] : AES_USAGES, 'Unsupported key usage for an AES key');
}

function importAes(format, data, { name }, extractable, usages) {
  checkAesUsages(name, usages);
  if (format !== 'raw' && format !== 'jwk') throw notImportable('AES', format);
  if (format === 'jwk') checkJwk(data, 'oct', 'enc', extractable, usages);
  const bytes = format === 'jwk' ? secretOfJwk(data) : data;
  const algorithm = { name, length: bytes.length * 8 };
  if (!BITS.includes(algorithm.length)) throw failed('DataError', 'Invalid key length');
  if (format === 'jwk') checkJwkAlgorithm(data, jwkName(algorithm));
  return makeKey(secretKey(bytes), algorithm, usages, extractable);
}

function importHmac(format, data, { name, hash, length }, extractable, usages) {
  checkUsages(usages, ['sign', 'verify'], 'Unsupported key usage for an HMAC key');
  if (format !== 'raw' && format !== 'jwk') throw notImportable('HMAC', format);
  if (format === 'jwk') {
    checkJwk(data, 'oct', 'sig', extractable, usages);
    checkJwkAlgorithm(data, HMAC_NAMES[hash.name]);
  }
  const bytes = format === 'jwk' ? secretOfJwk(data) : data;
  if (bytes.length === 0 || length === 0) throw failed('DataError', 'Zero-length key is not supported');
  if (length !== undefined && length !== bytes.length * 8) throw failed('DataError', 'Invalid key length');
  return makeKey(secretKey(bytes), { name, hash, length: bytes.length * 8 }, usages, extractable);
}

function importGeneric(format, data, { name }, extractable, usages) {
  if (extractable) throw failed('SyntaxError', `${name} keys are not extractable`);
  checkUsages(usages, ['deriveKey', 'deriveBits'], `Unsupported key usage for a ${name} key`);
  if (format !== 'raw') throw notImportable(name, format);
  return makeKey(secretKey(data), { name }, usages, extractable);
}

export function importSecret(format, data, algorithm, extractable, usages) {
  if (algorithm.name === 'HMAC') return importHmac(format, data, algorithm, extractable, usages);
  return (algorithm.name in SUFFIXES ? importAes : importGeneric)(format, data, algorithm, extractable, usages);
}

export function generateSecret({ name, length, hash }, extractable, usages) {
  const bits = length ?? BLOCKS[hash.name];
  if (name === 'HMAC') {
    checkUsages(usages, ['sign', 'verify'], 'Unsupported key usage for an HMAC key');
    if (bits === 0) throw operationFailed();
    if (bits % 8 !== 0) throw invalidArgValue('algorithm.length', bits, 'must be a multiple of 8');
  } else {
    if (!BITS.includes(bits)) throw failed('OperationError', 'AES key length must be 128, 192, or 256 bits');
    checkAesUsages(name, usages);
  }
  if (bits > 2 ** 31) throw operationFailed();
  return makeKey(secretKey(fill(new Uint8Array(bits / 8))), name === 'HMAC' ? { name, length: bits, hash } : { name, length: bits }, usages, extractable);
}

// How many bits are derived for a key.
export function derivedLength({ name, length, hash }) {
  if (name === 'HKDF' || name === 'PBKDF2') return null;
  if (name !== 'HMAC') {
    if (!BITS.includes(length)) throw failed('OperationError', 'Invalid key length');
    return length;
  }
  if (length === 0) throw failed('OperationError', 'Invalid key length');
  return length ?? BLOCKS[hash.name];
}

export function exportSecret(format, key) {
  const { der } = handleOf(objectOf(key));
  if (format === 'raw') return copyOf(der);
  if (format !== 'jwk') return undefined;
  return { key_ops: [...key.usages], ext: key.extractable, kty: 'oct', k: Buffer.from(der).toString('base64url'), alg: jwkName(key.algorithm) };
}
