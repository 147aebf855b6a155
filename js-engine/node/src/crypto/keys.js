// KeyObject and the functions that make one.
import { Buffer } from '../buffer.js';
import { toBytes, toOutput } from './bytes.js';
import { ask, parseKey } from './host.js';

const CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' };

function passphraseRefused(options) {
  if (options?.passphrase || options?.cipher) throw new Error('encrypted keys are not available in hooks');
}

export class KeyObject {
  #type;
  #key;
  constructor(type, key) {
    this.#type = type;
    this.#key = key;
  }
  get type() { return this.#type; }
  // Canonical DER, or the bytes of a secret.
  static bytesOf(object) { return object.#key.der; }
  static detailsOf(object) { return object.#key; }
  get symmetricKeySize() { return this.#type === 'secret' ? this.#key.der.length : undefined; }
  get asymmetricKeyType() { return this.#key.kind; }
  get asymmetricKeyDetails() {
    const { kind, bits, curve } = this.#key;
    if (kind === 'rsa') return { modulusLength: bits, publicExponent: 65537n };
    return kind === 'ec' ? { namedCurve: CURVES[curve] ?? curve } : undefined;
  }
  equals(other) {
    return this.#type === other.type && Buffer.compare(this.#key.der, KeyObject.bytesOf(other)) === 0;
  }
  export(options = {}) {
    passphraseRefused(options);
    const { format, type } = options;
    if (this.#type === 'secret') {
      if (format !== 'jwk') return toOutput(this.#key.der.slice());
      return { kty: 'oct', k: toOutput(this.#key.der, 'base64url') };
    }
    if (format === 'jwk') return JSON.parse(hb.decodeUtf8(ask('export', { to: 'jwk' }, this.#key.der)));
    const own = type === undefined || type === 'pkcs8' || type === 'spki';
    if (format === 'der') return toOutput(own ? this.#key.der.slice() : ask('export', { to: type }, this.#key.der));
    return hb.decodeUtf8(ask('export', { to: own ? 'pem' : `${type}-pem` }, this.#key.der));
  }
  toCryptoKey() { throw new Error('KeyObject.toCryptoKey is not available in a hook'); }
}

function parse(key, isPrivate) {
  const given = key !== null && typeof key === 'object' && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer) ? key : { key };
  passphraseRefused(given);
  if (given.key instanceof KeyObject) return KeyObject.detailsOf(given.key);
  if (given.format === 'jwk') return parseKey('jwk', isPrivate, toBytes(JSON.stringify(given.key)));
  if (given.format === 'der') return parseKey(given.type ?? (isPrivate ? 'pkcs8' : 'spki'), isPrivate, toBytes(given.key));
  return parseKey('pem', isPrivate, toBytes(given.key, given.encoding));
}

export function createPrivateKey(key) {
  return new KeyObject('private', parse(key, true));
}

export function createPublicKey(key) {
  const object = key instanceof KeyObject ? key : key?.key instanceof KeyObject ? key.key : undefined;
  if (object?.type === 'private') {
    return new KeyObject('public', { ...KeyObject.detailsOf(object), private: false, der: ask('public', {}, KeyObject.bytesOf(object)) });
  }
  return new KeyObject('public', parse(key, false));
}

export function createSecretKey(key, encoding) {
  return new KeyObject('secret', { der: Buffer.from(toBytes(key, encoding)) });
}

// The bytes of a secret that may be given as a KeyObject.
export function secretBytes(key, encoding) {
  return key instanceof KeyObject ? KeyObject.bytesOf(key) : toBytes(key, encoding);
}

// A key to sign or verify with, and the options that came with it.
export function forSigning(key, isPrivate) {
  const options = key !== null && typeof key === 'object' && !(key instanceof KeyObject) && !ArrayBuffer.isView(key) ? key : {};
  const object = key instanceof KeyObject ? key : options.key instanceof KeyObject ? options.key : undefined;
  const usable = object && (object.type === (isPrivate ? 'private' : 'public'));
  const made = usable ? object : (isPrivate ? createPrivateKey : createPublicKey)(object ?? key);
  return { details: KeyObject.detailsOf(made), options };
}
