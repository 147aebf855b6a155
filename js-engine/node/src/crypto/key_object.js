// KeyObject and its kinds: what a key is, and in which forms it goes out.
import { keyWrite } from 'hookbox:crypto';
import { invalidArgType, invalidArgValue, validateObject, validateOneOf } from '../errors.js';
import { NOTHING, bufferOf, bytesOf, copyOf, isBytes, sameBytes, viewOf } from './bytes.js';
import { incompatible, invalidKeyObject } from './failures.js';
import { parsePrivateEncoding, parsePublicEncoding } from './key_encoding.js';
import { opensslCurve } from './names.js';

const kKeyType = Symbol('kKeyType');
const kAsymmetricKeyType = Symbol('kAsymmetricKeyType');
const kAsymmetricKeyDetails = Symbol('kAsymmetricKeyDetails');

// A key as the host knows it: `der` is PKCS #8, SPKI, or the bytes of a secret; `info` is what reading it said.
export class KeyHandle {
  constructor(der, info = {}) {
    this.der = der;
    this.info = info;
  }
}

let handleIn;
export let isKeyObject;

// The KeyObject of a CryptoKey, or undefined for anything else; and the CryptoKey of a KeyObject. CryptoKeys are made of KeyObjects, so
// their file says how.
let keyOfCryptoKey = () => undefined;
let toCryptoKey;
export function useCryptoKeys(find, convert) {
  [keyOfCryptoKey, toCryptoKey] = [find, convert];
}

export class KeyObject {
  #handle;
  constructor(type, handle) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') throw invalidArgValue('type', type);
    if (!(handle instanceof KeyHandle)) throw invalidArgType('handle', 'object', handle);
    this[kKeyType] = type;
    this.#handle = handle;
  }
  get type() { return this[kKeyType]; }
  static from(key) {
    const object = keyOfCryptoKey(key);
    if (object === undefined) throw invalidArgType('key', 'CryptoKey', key);
    return object;
  }
  equals(other) {
    if (!isKeyObject(other)) throw invalidArgType('otherKeyObject', 'KeyObject', other);
    return other.type === this.type && sameBytes(this.#handle.der, handleIn(other).der);
  }
  toCryptoKey(algorithm, extractable, keyUsages) { return toCryptoKey(this, algorithm, extractable, keyUsages); }
  static {
    handleIn = (object) => object.#handle;
    isKeyObject = (value) => typeof value === 'object' && value !== null && #handle in value;
  }
}
Object.defineProperty(KeyObject.prototype, Symbol.toStringTag, { value: 'KeyObject', configurable: true });

export const handleOf = (object) => handleIn(object);
export const isCryptoKey = (value) => keyOfCryptoKey(value) !== undefined;
export const keyObjectOf = (value) => (isKeyObject(value) ? value : keyOfCryptoKey(value));

const JWK_ORDER = { rsa: ['kty', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'], ec: ['kty', 'x', 'y', 'crv', 'd'], ed25519: ['crv', 'd', 'x', 'kty'] };
JWK_ORDER.x25519 = JWK_ORDER.ed25519;

export function jwkOf({ der, info }) {
  const jwk = JSON.parse(hb.decodeUtf8(keyWrite({ format: 'jwk' }, der, NOTHING)));
  return Object.fromEntries((JWK_ORDER[info.kind] ?? Object.keys(jwk)).filter((name) => name in jwk).map((name) => [name, jwk[name]]));
}

// A key in the form that was asked for; `encoding` is what the parsers of key_encoding.js return.
export function writeKey(handle, { format, type, cipher, passphrase }) {
  if (format === 'jwk') return jwkOf(handle);
  const bytes = keyWrite({ format, form: type, cipher: cipher?.host }, handle.der, passphrase === undefined ? NOTHING : viewOf(passphrase));
  return format === 'pem' ? hb.decodeUtf8(bytes) : bufferOf(bytes);
}

class SecretKeyObject extends KeyObject {
  constructor(handle) { super('secret', handle); }
  get symmetricKeySize() { return handleIn(this).der.length; }
  export(options) {
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
    }
    const { der } = handleIn(this);
    return options?.format === 'jwk' ? { kty: 'oct', k: bufferOf(der).toString('base64url') } : bufferOf(copyOf(der));
  }
}

function detailsOf({ bits, exponent, curve, hash, mgf1_hash: mgf1, salt_length: saltLength }) {
  if (curve !== undefined) return { namedCurve: opensslCurve(curve) };
  const details = { modulusLength: bits, publicExponent: BigInt(`0x${exponent}`) };
  return hash === undefined ? details : { ...details, hashAlgorithm: hash, mgf1HashAlgorithm: mgf1, saltLength };
}

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() { return this[kAsymmetricKeyType] ??= handleIn(this).info.kind; }
  get asymmetricKeyDetails() {
    const { info } = handleIn(this);
    return info.bits === undefined && info.curve === undefined ? {} : this[kAsymmetricKeyDetails] ??= detailsOf(info);
  }
}

class PublicKeyObject extends AsymmetricKeyObject {
  constructor(handle) { super('public', handle); }
  export(options) {
    if (options?.format === 'jwk') return jwkOf(handleIn(this));
    return writeKey(handleIn(this), parsePublicEncoding(options, handleIn(this).info.kind));
  }
}

class PrivateKeyObject extends AsymmetricKeyObject {
  constructor(handle) { super('private', handle); }
  export(options) {
    if (options?.format === 'jwk') {
      if (options.passphrase !== undefined) throw incompatible('jwk', 'does not support encryption');
      return jwkOf(handleIn(this));
    }
    return writeKey(handleIn(this), parsePrivateEncoding(options, handleIn(this).info.kind));
  }
}

const KINDS = { secret: SecretKeyObject, public: PublicKeyObject, private: PrivateKeyObject };
export const keyObject = (type, handle) => new KINDS[type](handle);
export const secretKey = (bytes) => new SecretKeyObject(new KeyHandle(bytes));

// The bytes of a secret that may be given as a key.
export function secretBytes(key, encoding, onlyBytes = false) {
  if (!onlyBytes) {
    const object = keyObjectOf(key);
    if (object !== undefined) {
      if (object.type !== 'secret') throw invalidKeyObject(object.type, 'secret');
      return handleIn(object).der;
    }
  }
  if (typeof key === 'string' || isBytes(key)) return bytesOf(key, 'key', encoding);
  const bytes = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
  throw invalidArgType('key', onlyBytes ? bytes : ['string', ...bytes, 'KeyObject', 'CryptoKey'], key);
}

export function createSecretKey(key, encoding) {
  return secretKey(copyOf(secretBytes(key, encoding, true)));
}
