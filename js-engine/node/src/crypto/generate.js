// generateKeyPair and generateKey, with and without a callback.
import { keyGenerate } from 'hookbox:crypto';
import {
  invalidArgValue, validateFunction, validateInt32, validateInteger, validateObject, validateOneOf, validateString, validateUint32,
} from '../errors.js';
import { later } from './bytes.js';
import { invalidCurve, invalidDigest, openssl, requireObject } from './failures.js';
import { parsePrivateEncoding, parsePublicEncoding } from './key_encoding.js';
import { readKey } from './key_input.js';
import { keyObject, secretKey, writeKey } from './key_object.js';
import { findCurve, findHash } from './names.js';
import { fill } from './random.js';

const UNSUPPORTED = 'must be a supported key type';

function parseEncoding(kind, name, encoding, parse) {
  if (encoding === undefined || encoding === null) return undefined;
  if (typeof encoding !== 'object') throw invalidArgValue(`options.${name}`, encoding);
  return parse(encoding, kind, name);
}

function parseEncodings(kind, options = {}) {
  requireObject(options, 'options', 'publicKeyEncoding');
  const { publicKeyEncoding, privateKeyEncoding } = options;
  return {
    publicKey: parseEncoding(kind, 'publicKeyEncoding', publicKeyEncoding, parsePublicEncoding),
    privateKey: parseEncoding(kind, 'privateKeyEncoding', privateKeyEncoding, parsePrivateEncoding),
  };
}

function hashOption(value, name) {
  if (value === undefined) return undefined;
  validateString(value, `options.${name}`);
  const hash = findHash(value);
  if (hash === undefined) throw invalidDigest(value);
  return hash.name;
}

function rsaFields(kind, options) {
  validateObject(options, 'options');
  const { modulusLength, publicExponent, hash, mgf1Hash, hashAlgorithm, mgf1HashAlgorithm, saltLength } = options;
  validateUint32(modulusLength, 'options.modulusLength');
  if (publicExponent !== undefined && publicExponent !== null) validateUint32(publicExponent, 'options.publicExponent');
  const fields = { kind, bits: modulusLength, exponent: publicExponent ?? 0x10001 };
  if (fields.exponent < 3 || fields.exponent % 2 === 0) fields.refused = openssl('020000B2', 'rsa routines', 'pub exponent out of range');
  if (kind === 'rsa') return fields;
  if (saltLength !== undefined) validateInt32(saltLength, 'options.saltLength', 0);
  const main = hashOption(hashAlgorithm, 'hashAlgorithm') ?? hashOption(hash, 'hash');
  const mgf1 = hashOption(mgf1HashAlgorithm, 'mgf1HashAlgorithm') ?? hashOption(mgf1Hash, 'mgf1Hash');
  if (main === undefined && mgf1 === undefined && saltLength === undefined) return fields;
  const used = main ?? mgf1 ?? 'sha1';
  return { ...fields, hash: used, mgf1_hash: mgf1 ?? used, salt_length: saltLength ?? findHash(used).size };
}

function ecFields(kind, options) {
  validateObject(options, 'options');
  const { namedCurve, paramEncoding } = options;
  validateString(namedCurve, 'options.namedCurve');
  if (paramEncoding !== undefined && paramEncoding !== null && paramEncoding !== 'named') {
    throw invalidArgValue('options.paramEncoding', paramEncoding);
  }
  const curve = findCurve(namedCurve);
  if (curve === undefined) throw invalidCurve();
  return { kind, curve };
}

const FIELDS = { rsa: rsaFields, 'rsa-pss': rsaFields, ec: ecFields, ed25519: (kind) => ({ kind }), x25519: (kind) => ({ kind }) };

// Checks everything that Node checks before it computes, and returns what is then to be done.
function pairJob(type, options) {
  validateString(type, 'type');
  const encodings = parseEncodings(type, options);
  if (options !== undefined) validateObject(options, 'options');
  if (!Object.hasOwn(FIELDS, type)) throw invalidArgValue('type', type, UNSUPPORTED);
  const { refused, ...fields } = FIELDS[type](type, options);
  return () => {
    if (refused !== undefined) throw refused;
    const pair = keyGenerate(fields);
    const handles = { publicKey: readKey({ format: 'der', public: true }, pair.public), privateKey: readKey({ format: 'der', public: false }, pair.private) };
    const out = (name, kind) => (encodings[name] === undefined ? keyObject(kind, handles[name]) : writeKey(handles[name], encodings[name]));
    return { publicKey: out('publicKey', 'public'), privateKey: out('privateKey', 'private') };
  };
}

export function generateKeyPairSync(type, options) { return pairJob(type, options)(); }

export function generateKeyPair(type, options, callback) {
  const [given, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
  validateFunction(done, 'callback');
  const job = pairJob(type, given);
  later((error, pair) => {
    if (error) done(error);
    else done(null, pair.publicKey, pair.privateKey);
  }, job);
}

const promised = Symbol.for('nodejs.util.promisify.custom');
Object.defineProperty(generateKeyPair, promised, { value: (type, options) => new Promise((resolve, reject) => {
  generateKeyPair(type, options, (error, publicKey, privateKey) => (error ? reject(error) : resolve({ publicKey, privateKey })));
}) });

function keyLength(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  if (type === 'hmac') validateInteger(length, 'options.length', 8, 2 ** 31 - 1);
  else if (type === 'aes') validateOneOf(length, 'options.length', [128, 192, 256]);
  else throw invalidArgValue('type', type, UNSUPPORTED);
  return Math.floor(length / 8);
}

export function generateKeySync(type, options) {
  return secretKey(fill(new Uint8Array(keyLength(type, options))));
}

export function generateKey(type, options, callback) {
  validateFunction(callback, 'callback');
  const length = keyLength(type, options);
  later(callback, () => secretKey(fill(new Uint8Array(length))));
}
