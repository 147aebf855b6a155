// Pairs of keys of `subtle`: RSA, the curves of NIST, and Curve25519.
import { keyGenerate, keyWrite } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { NOTHING, copyOf } from './bytes.js';
import { readJwk, readKey } from './key_input.js';
import { handleOf, jwkOf, keyObject } from './key_object.js';
import { failed, operationFailed } from './web_convert.js';
import { checkJwk, checkJwkAlgorithm, checkUsages, makeKey, objectOf } from './web_key.js';

// What the private and the public half of a pair are for, what a JWK calls that, and what the host calls the kind.
const KINDS = {
  'RSASSA-PKCS1-v1_5': { secret: ['sign'], open: ['verify'], use: 'sig', kind: 'rsa', family: 'RSA', kty: 'RSA' },
  'RSA-PSS': { secret: ['sign'], open: ['verify'], use: 'sig', kind: 'rsa', family: 'RSA', kty: 'RSA' },
  'RSA-OAEP': { secret: ['decrypt', 'unwrapKey'], open: ['encrypt', 'wrapKey'], use: 'enc', kind: 'rsa', family: 'RSA', kty: 'RSA' },
  ECDSA: { secret: ['sign'], open: ['verify'], use: 'sig', kind: 'ec', family: 'EC', kty: 'EC' },
  ECDH: { secret: ['deriveKey', 'deriveBits'], open: [], use: 'enc', kind: 'ec', family: 'EC', kty: 'EC' },
  Ed25519: { secret: ['sign'], open: ['verify'], use: 'sig', kind: 'ed25519', family: 'Ed25519', kty: 'OKP' },
  X25519: { secret: ['deriveKey', 'deriveBits'], open: [], use: 'enc', kind: 'x25519', family: 'X25519', kty: 'OKP' },
};
const CURVES = ['P-256', 'P-384', 'P-521'];
const RSA_NAMES = {
  'RSASSA-PKCS1-v1_5': { 'SHA-1': 'RS1', 'SHA-256': 'RS256', 'SHA-384': 'RS384', 'SHA-512': 'RS512' },
  'RSA-PSS': { 'SHA-1': 'PS1', 'SHA-256': 'PS256', 'SHA-384': 'PS384', 'SHA-512': 'PS512' },
  'RSA-OAEP': { 'SHA-1': 'RSA-OAEP', 'SHA-256': 'RSA-OAEP-256', 'SHA-384': 'RSA-OAEP-384', 'SHA-512': 'RSA-OAEP-512' },
};
const EC_NAMES = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

export const isPair = ({ name }) => name in KINDS;
const invalid = () => failed('DataError', 'Invalid keyData');

function checkCurve({ namedCurve }, { kind }) {
  if (kind === 'ec' && !CURVES.includes(namedCurve)) throw failed('NotSupportedError', 'Unrecognized namedCurve');
}

// The names that a JWK may give this algorithm.
function jwkNames({ name, hash, namedCurve }) {
  if (hash !== undefined) return [RSA_NAMES[name][hash.name]];
  if (name === 'ECDSA') return [EC_NAMES[namedCurve]];
  return name === 'Ed25519' ? ['Ed25519', 'EdDSA'] : undefined;
}

function checkJwkCurve(jwk, { namedCurve }) {
  if (jwk.crv !== namedCurve) throw failed('DataError', 'JWK "crv" does not match the requested algorithm');
}

function checkPairJwk(jwk, algorithm, { kty, use }, extractable, usages) {
  checkJwk(jwk, kty, use, extractable, usages);
  if (kty === 'OKP' && jwk.crv !== algorithm.name) throw failed('DataError', 'JWK "crv" Parameter and algorithm name mismatch');
  const names = jwkNames(algorithm);
  if (names !== undefined) checkJwkAlgorithm(jwk, ...names);
}

// Whatever is wrong with the data is a DataError.
function attempt(read) {
  try {
    return read();
  } catch {
    throw invalid();
  }
}

function readPair(format, data, algorithm, known, isPublic) {
  if (format === 'jwk') return attempt(() => readJwk(data, isPublic));
  if (format !== 'raw') return attempt(() => readKey({ format: 'der', form: format, public: isPublic }, data));
  const { kind } = known;
  if (kind !== 'ec' && data.length !== 32) throw failed('DataError', `${algorithm.name} raw keys must be exactly 32-bytes`);
  return attempt(() => readKey({ format: 'raw', kind, curve: algorithm.namedCurve, public: true }, data));
}

function rsaDetails({ name, hash }, { bits, exponent }) {
  const even = exponent.length % 2 === 0 ? exponent : `0${exponent}`;
  return { name, modulusLength: bits, publicExponent: Uint8Array.from(Buffer.from(even, 'hex')), hash };
}

function details(algorithm, info) {
  if (algorithm.hash !== undefined) return rsaDetails(algorithm, info);
  return algorithm.namedCurve === undefined ? { name: algorithm.name } : { name: algorithm.name, namedCurve: algorithm.namedCurve };
}

const wrongUsage = (name, family) => `Unsupported key usage for ${family === 'RSA' ? 'an' : 'a'} ${name} key`;

export function importPair(format, data, algorithm, extractable, usages) {
  const known = KINDS[algorithm.name];
  checkCurve(algorithm, known);
  if (format === 'raw' && known.family === 'RSA') throw failed('NotSupportedError', 'Unable to import RSA key with format raw');
  const isPublic = format === 'spki' || format === 'raw' || (format === 'jwk' && data.d === undefined);
  if (format === 'jwk' && !data.kty) throw invalid();
  if (format === 'jwk' && data.kty !== known.kty) throw failed('DataError', 'Invalid JWK "kty" Parameter');
  if (format === 'jwk' && known.kind === 'ec') checkJwkCurve(data, algorithm);
  checkUsages(usages, isPublic ? known.open : known.secret, wrongUsage(algorithm.name, known.family));
  if (format === 'jwk') checkPairJwk(data, algorithm, known, extractable, usages);
  const handle = readPair(format, data, algorithm, known, isPublic);
  if (handle.info.kind !== known.kind) throw failed('DataError', 'Invalid key type');
  if (known.kind === 'ec' && handle.info.curve !== algorithm.namedCurve) throw failed('DataError', 'Named curve mismatch');
  return makeKey(keyObject(isPublic ? 'public' : 'private', handle), details(algorithm, handle.info), usages, extractable);
}

function generation(algorithm, { kind }) {
  if (kind !== 'rsa') return { kind, curve: algorithm.namedCurve };
  const exponent = algorithm.publicExponent.reduce((number, byte) => number * 256 + byte, 0);
  if (exponent < 3 || exponent % 2 === 0 || exponent > 2 ** 32) throw operationFailed();
  return { kind, bits: algorithm.modulusLength, exponent };
}

export function generatePair(algorithm, extractable, usages) {
  const known = KINDS[algorithm.name];
  checkCurve(algorithm, known);
  checkUsages(usages, [...known.secret, ...known.open], `Unsupported key usage for a ${known.family === 'RSA' ? 'RSA' : algorithm.name} key`);
  const of = (allowed) => allowed.filter((usage) => usages.includes(usage));
  const [secretUsages, openUsages] = [of(known.secret), of(known.open)];
  if (secretUsages.length === 0) throw failed('SyntaxError', 'Usages cannot be empty when creating a key.');
  return () => {
    const fields = generation(algorithm, known);
    const pair = keyGenerate(fields);
    const open = readKey({ format: 'der', public: true }, pair.public);
    const secret = readKey({ format: 'der', public: false }, pair.private);
    const publicKey = makeKey(keyObject('public', open), details(algorithm, open.info), openUsages, true);
    const privateKey = makeKey(keyObject('private', secret), details(algorithm, secret.info), secretUsages, extractable);
    // In Node's order.
    return Object.assign(Object.create(null), known.kty === 'OKP' ? { privateKey, publicKey } : { publicKey, privateKey });
  };
}

// Undefined where a key cannot be had in that format.
export function exportPair(format, key) {
  const handle = handleOf(objectOf(key));
  if (format === 'jwk') {
    const [name] = key.algorithm.name === 'ECDSA' ? [] : jwkNames(key.algorithm) ?? [];
    const jwk = { key_ops: [...key.usages], ext: key.extractable, ...jwkOf(handle) };
    return name === undefined ? jwk : { ...jwk, alg: name };
  }
  if (format === (key.type === 'private' ? 'pkcs8' : 'spki')) return copyOf(handle.der);
  return format === 'raw' && key.type === 'public' && handle.info.kind !== 'rsa' ? keyWrite({ format: 'raw' }, handle.der, NOTHING) : undefined;
}
