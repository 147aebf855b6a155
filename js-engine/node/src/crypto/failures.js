// Errors of Node's crypto that come from JavaScript; those of the host come with the contract.
import { coded } from '../errors.js';
import { isLegacyCipher, isLegacyHash } from './names.js';

// What comes of null where Node takes an object apart.
export function requireObject(value, name, property) {
  if (value === null) throw new TypeError(`Cannot destructure property '${property}' of '${name}' as it is null.`);
}

export function requireReadable(value, property) {
  if (value === null || value === undefined) throw new TypeError(`Cannot read properties of ${value} (reading '${property}')`);
}

// Of OpenSSL, with the properties that Node gives them.
export function openssl(number, library, reason, code) {
  const error = new Error(`error:${number}:${library}::${reason}`);
  Object.assign(error, { library, reason });
  if (code !== undefined) error.code = code;
  return error;
}

const ENVELOPE = 'digital envelope routines';
const PROVIDER = 'Provider routines';
export const notExtendable = () => openssl('030000B2', ENVELOPE, 'not XOF or invalid length', 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH');
export const wrongKeyKind = () => openssl('03000096', ENVELOPE, 'operation not supported for this keytype', 'ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE');

export function invalidDigest(name) {
  return coded(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', name === undefined ? 'Invalid digest' : `Invalid digest: ${name}`);
}

const unsupported = () => openssl('0308010C', ENVELOPE, 'unsupported', 'ERR_OSSL_EVP_UNSUPPORTED');
export const unknownHash = (name) => (isLegacyHash(name) ? unsupported() : new Error('Digest method not supported'));
export const unknownCipher = (name) => (isLegacyCipher(name)
  ? unsupported()
  : coded(Error, 'ERR_CRYPTO_UNKNOWN_CIPHER', 'Unknown cipher'));

export function invalidState(operation) {
  return coded(Error, 'ERR_CRYPTO_INVALID_STATE', operation === undefined ? 'Invalid state' : `Invalid state for operation ${operation}`);
}

export const invalidTag = (length) => coded(TypeError, 'ERR_CRYPTO_INVALID_AUTH_TAG', `Invalid authentication tag length: ${length}`);
export const invalidVector = () => coded(TypeError, 'ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector');
export const invalidKeyLength = () => coded(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');

export function invalidKeyObject(type, expected) {
  return coded(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${type}, expected ${expected}.`);
}

export const invalidCurve = () => coded(TypeError, 'ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');

export function incompatible(encoding, why) {
  return coded(Error, 'ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS', `The selected key encoding ${encoding} ${why}.`);
}

export function illegalPadding() {
  return openssl('1C8000A5', PROVIDER, 'illegal or unsupported padding mode', 'ERR_OSSL_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE');
}
