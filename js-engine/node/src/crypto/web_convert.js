// Arguments of `subtle` as WebIDL converts them, and its dictionaries of algorithms. Errors are TypeErrors with a code, in Node's words.
import { copyOf, isBytes, viewOf } from './bytes.js';

export function failed(name, message, cause) {
  const error = new DOMException(message, name);
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true });
  return error;
}
export const operationFailed = (cause) => failed('OperationError', 'The operation failed for an operation-specific reason', cause);

const wrong = (code, message) => Object.assign(new TypeError(message), { code });
const ORDINALS = ['1st', '2nd', '3rd', '4th', '5th', '6th', '7th'];

export const argument = (method, index) => `Failed to execute '${method}' on 'SubtleCrypto': ${ORDINALS[index]} argument`;

export function requireArguments(method, given, needed, of = 'SubtleCrypto') {
  if (given >= needed) return;
  const wanted = `${needed} argument${needed === 1 ? '' : 's'} required, but only ${given} present.`;
  throw wrong('ERR_MISSING_ARGS', `Failed to execute '${method}' on '${of}': ${wanted}`);
}

function text(value, where) {
  if (typeof value === 'symbol') throw wrong('ERR_INVALID_ARG_TYPE', `${where} is a Symbol and cannot be converted to a string.`);
  return `${value}`;
}

// A copy, as the computation is not to see what the author changes later.
export function bufferSource(value, where) {
  if (!isBytes(value)) throw wrong('ERR_INVALID_ARG_TYPE', `${where} is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
  return copyOf(viewOf(value));
}

function integer(value, where, most) {
  const number = Number(value);
  if (!Number.isFinite(number)) throw wrong('ERR_INVALID_ARG_TYPE', `${where} is not a finite number.`);
  const whole = Math.trunc(number) + 0;
  if (whole < 0 || whole > most) throw wrong('ERR_OUT_OF_RANGE', `${where} is outside the expected range of 0 to ${most}.`);
  return whole;
}

const octet = (value, where) => integer(value, where, 255);
const short = (value, where) => integer(value, where, 65535);
const long = (value, where) => integer(value, where, 2 ** 32 - 1);
// A length in bits, which wraps around instead.
export const wrapping = (value) => Number(value) >>> 0;

function bigInteger(value, where) {
  if (!(value instanceof Uint8Array)) throw wrong('ERR_INVALID_ARG_TYPE', `${where} is not an Uint8Array object.`);
  return copyOf(value);
}

function choice(value, where, type, choices) {
  const chosen = text(value, where);
  if (choices.includes(chosen)) return chosen;
  throw wrong('ERR_INVALID_ARG_VALUE', `${where} value '${chosen}' is not a valid enum value of type ${type}.`);
}

export const keyFormat = (value, where) => choice(value, where, 'KeyFormat', ['raw', 'pkcs8', 'spki', 'jwk']);

const USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

function sequence(value, where) {
  if (value === null || typeof value !== 'object' || typeof value[Symbol.iterator] !== 'function') {
    throw wrong('ERR_INVALID_ARG_TYPE', `${where} can not be converted to sequence.`);
  }
  return [...value];
}

export const keyUsages = (value, where) => sequence(value, where).map((each, index) => choice(each, `${where}, index ${index}`, 'KeyUsage', USAGES));

// Whether something is a CryptoKey; their file says how one can tell.
let isKey = () => false;
export function useKeyTest(test) { isKey = test; }

export function cryptoKey(value, where) {
  if (!isKey(value)) throw wrong('ERR_INVALID_ARG_TYPE', `${where} is not of type CryptoKey.`);
  return value;
}

// JSON Web Keys: what is known is converted, the rest is passed over.
const JWK_TEXTS = ['kty', 'use', 'alg', 'crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

export function jsonWebKey(value, where) {
  if (value !== null && typeof value !== 'object' && typeof value !== 'function') {
    throw wrong('ERR_INVALID_ARG_TYPE', `${where} can not be converted to a dictionary`);
  }
  const method = where.slice(0, where.lastIndexOf(': '));
  const at = where.slice(where.lastIndexOf(': ') + 2);
  const jwk = {};
  for (const name of JWK_TEXTS) if (value?.[name] !== undefined) jwk[name] = text(value[name], `${method}: '${name}' of 'JsonWebKey' (${at})`);
  if (value?.ext !== undefined) jwk.ext = !!value.ext;
  if (value?.key_ops !== undefined) jwk.key_ops = sequence(value.key_ops, `${method}: 'key_ops' of 'JsonWebKey' (${at})`).map((each) => `${each}`);
  return jwk;
}

// What each kind of parameters consists of: [member, conversion, whether it must be there].
const hash = (value) => normalize(value, 'digest');
const DICTIONARIES = {
  RsaHashedKeyGenParams: [['hash', hash, true], ['modulusLength', long, true], ['publicExponent', bigInteger, true]],
  RsaHashedImportParams: [['hash', hash, true]],
  EcKeyGenParams: [['namedCurve', text, true]],
  EcKeyImportParams: [['namedCurve', text, true]],
  AesKeyGenParams: [['length', short, true]],
  AesDerivedKeyParams: [['length', short, true]],
  HmacKeyGenParams: [['hash', hash, true], ['length', long]],
  HmacImportParams: [['hash', hash, true], ['length', long]],
  RsaPssParams: [['saltLength', long, true]],
  RsaOaepParams: [['label', bufferSource]],
  EcdsaParams: [['hash', hash, true]],
  HkdfParams: [['hash', hash, true], ['info', bufferSource, true], ['salt', bufferSource, true]],
  Pbkdf2Params: [['hash', hash, true], ['iterations', long, true], ['salt', bufferSource, true]],
  AesCbcParams: [['iv', bufferSource, true]],
  AesGcmParams: [['additionalData', bufferSource], ['iv', bufferSource, true], ['tagLength', octet]],
  AesCtrParams: [['counter', bufferSource, true], ['length', octet, true]],
  EcdhKeyDeriveParams: [['public', cryptoKey, true]],
};

// Which algorithms there are for which operation, and with which parameters.
const all = (names, type) => Object.fromEntries(names.map((name) => [name, type]));
const HASHES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];
const RSA = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP'];
const AES = ['AES-CTR', 'AES-CBC', 'AES-GCM', 'AES-KW'];
const signing = { 'RSASSA-PKCS1-v1_5': null, 'RSA-PSS': 'RsaPssParams', ECDSA: 'EcdsaParams', HMAC: null, Ed25519: null };
const encrypting = { 'RSA-OAEP': 'RsaOaepParams', 'AES-CBC': 'AesCbcParams', 'AES-CTR': 'AesCtrParams', 'AES-GCM': 'AesGcmParams' };
const ALGORITHMS = {
  digest: all(HASHES, null),
  generateKey: {
    ...all(RSA, 'RsaHashedKeyGenParams'),
    ...all(['ECDSA', 'ECDH'], 'EcKeyGenParams'),
    ...all(AES, 'AesKeyGenParams'),
    ...all(['Ed25519', 'X25519'], null),
    HMAC: 'HmacKeyGenParams',
  },
  importKey: {
    ...all(RSA, 'RsaHashedImportParams'),
    ...all(['ECDSA', 'ECDH'], 'EcKeyImportParams'),
    ...all([...AES, 'HKDF', 'PBKDF2', 'Ed25519', 'X25519'], null),
    HMAC: 'HmacImportParams',
  },
  sign: signing,
  verify: signing,
  encrypt: encrypting,
  decrypt: encrypting,
  deriveBits: { HKDF: 'HkdfParams', PBKDF2: 'Pbkdf2Params', ...all(['ECDH', 'X25519'], 'EcdhKeyDeriveParams') },
  'get key length': { ...all(AES, 'AesDerivedKeyParams'), HMAC: 'HmacImportParams', HKDF: null, PBKDF2: null },
  wrapKey: { 'AES-KW': null },
};

// A name, or an object with one; what becomes of it is the business of `normalize`.
export function algorithmIdentifier(value, where) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? value : text(value, where);
}

function member(value, [name, convert, isRequired], type) {
  const given = value[name];
  if (given !== undefined) return convert(given, `Failed to normalize algorithm: '${name}' of '${type}' (passed algorithm)`);
  if (!isRequired) return undefined;
  const reason = `passed algorithm can not be converted to '${type}' because '${name}' is required in '${type}'.`;
  throw wrong('ERR_MISSING_OPTION', `Failed to normalize algorithm: ${reason}`);
}

// { name, and what its parameters are }, with the name as the standard spells it.
export function normalize(algorithm, operation) {
  const given = typeof algorithm === 'string' ? { name: algorithm } : algorithmIdentifier(algorithm, 'algorithm');
  const object = typeof given === 'string' ? { name: given } : given;
  const wanted = member(object, ['name', text, true], 'Algorithm').toLowerCase();
  const known = ALGORITHMS[operation];
  const name = Object.keys(known).find((each) => each.toLowerCase() === wanted);
  if (name === undefined) throw failed('NotSupportedError', 'Unrecognized algorithm name');
  const type = known[name];
  const normal = { name };
  for (const each of type === null ? [] : DICTIONARIES[type]) {
    const value = member(object, each, type);
    if (value !== undefined) normal[each[0]] = value;
  }
  return normal;
}
