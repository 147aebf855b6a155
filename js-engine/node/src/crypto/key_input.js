// Keys as authors give them: PEM, DER, JWK, objects, and any of these with options around them.
import { keyRead } from 'hookbox:crypto';
import { invalidArgType, validateObject, validateOneOf, validateString } from '../errors.js';
import { NOTHING, bytesOf, isTextOrBytes } from './bytes.js';
import { invalidKeyObject, requireObject } from './failures.js';
import { parseInputEncoding } from './key_encoding.js';
import { KeyHandle, handleOf, isCryptoKey, keyObject, keyObjectOf } from './key_object.js';
import { readPem } from './pem.js';

// Whether a public or a private key is wanted, and whether it is to be used at once or to be made an object of.
export const CONSUME_PUBLIC = { isPublic: true, creates: false };
export const CONSUME_PRIVATE = { isPublic: false, creates: false };
const CREATE_PUBLIC = { isPublic: true, creates: true };
const CREATE_PRIVATE = { isPublic: false, creates: true };

const BYTES = ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
const acceptable = (purpose) => (purpose === CREATE_PRIVATE ? BYTES : [...BYTES, 'KeyObject', 'CryptoKey']);

export function readKey(fields, bytes, passphrase = NOTHING) {
  const { der, ...info } = keyRead(fields, bytes, passphrase);
  return new KeyHandle(der, info);
}

export const publicHalf = (handle) => readKey({ format: 'der', public: true }, handle.der);

function fromObject(object, purpose) {
  if (purpose === CREATE_PRIVATE) throw invalidArgType('key', BYTES, object);
  if (object.type !== 'private') {
    if (purpose === CONSUME_PRIVATE || purpose === CREATE_PUBLIC) throw invalidKeyObject(object.type, 'private');
    if (object.type !== 'public') throw invalidKeyObject(object.type, 'private or public');
  }
  const handle = handleOf(object);
  return purpose.isPublic && object.type === 'private' ? publicHalf(handle) : handle;
}

// What has to be there, by the type of key; what else a JWK says is the author's business.
const MEMBERS = { OKP: [['x'], ['d']], EC: [['x', 'y'], ['d']], RSA: [['n', 'e'], ['d', 'p', 'q', 'dp', 'dq', 'qi']] };
const JWK_CURVES = { OKP: ['Ed25519', 'Ed448', 'X25519', 'X448'], EC: ['P-256', 'secp256k1', 'P-384', 'P-521'] };

export function readJwk(jwk, isPublic) {
  validateObject(jwk, 'key');
  const { kty } = jwk;
  validateOneOf(kty, 'key.kty', ['RSA', 'EC', 'OKP']);
  const curves = JWK_CURVES[kty];
  if (curves !== undefined) {
    validateString(jwk.crv, 'key.crv');
    validateOneOf(jwk.crv, 'key.crv', curves);
  }
  const [always, ifPrivate] = MEMBERS[kty];
  const names = isPublic ? always : [...always, ...ifPrivate];
  for (const name of names) validateString(jwk[name], `key.${name}`);
  const members = ['kty', ...(curves === undefined ? [] : ['crv']), ...names];
  const picked = Object.fromEntries(members.map((name) => [name, jwk[name]]));
  return readKey({ format: 'jwk', public: isPublic }, hb.encodeUtf8(JSON.stringify(picked)));
}

function fromText(data, encoding, purpose) {
  const { format, type, passphrase } = encoding;
  const fields = { format, form: type, public: purpose.isPublic, passphrase: passphrase === undefined ? undefined : true };
  return format === 'pem' ? readPem(data, (bytes) => readKey({ ...fields, form: undefined }, bytes, passphrase)) : readKey(fields, data, passphrase);
}

// The handle of what `key` is, for the purpose.
export function prepareKey(key, purpose) {
  const object = keyObjectOf(key);
  if (object !== undefined) return fromObject(object, isCryptoKey(key) && purpose === CREATE_PRIVATE ? CONSUME_PRIVATE : purpose);
  if (isTextOrBytes(key)) return fromText(bytesOf(key, 'key'), { format: 'pem' }, purpose);
  if (typeof key !== 'object') throw invalidArgType('key', acceptable(purpose), key);
  requireObject(key, 'key', 'key');
  const { key: data, encoding, format } = key;
  const inner = keyObjectOf(data);
  if (inner !== undefined) return fromObject(inner, purpose);
  if (format === 'jwk') {
    validateObject(data, 'key.key');
    return readJwk(data, purpose.isPublic);
  }
  if (!isTextOrBytes(data)) throw invalidArgType('key.key', acceptable(purpose), data);
  const parsed = parseInputEncoding(key, purpose.isPublic ? undefined : false);
  return fromText(bytesOf(data, 'key', encoding), parsed, purpose);
}

export function createPublicKey(key) { return keyObject('public', prepareKey(key, CREATE_PUBLIC)); }
export function createPrivateKey(key) { return keyObject('private', prepareKey(key, CREATE_PRIVATE)); }
