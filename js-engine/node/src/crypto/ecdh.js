// Agreement on a secret: diffieHellman with keys, and ECDH with the bare numbers.
import { agree, keyGenerate, keyWrite, kindOf } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { coded, invalidArgValue, validateObject, validateString } from '../errors.js';
import { NOTHING, bytesOf, toOutput } from './bytes.js';
import { invalidCurve, invalidKeyObject, openssl } from './failures.js';
import { publicHalf, readKey } from './key_input.js';
import { handleOf, isKeyObject } from './key_object.js';
import { findOpensslCurve } from './names.js';

// The keys of one curve, or the one of x25519, agree.
export function agreed(secret, open) {
  const [left, right] = [secret.info, open.info];
  if (left.kind !== right.kind || (left.kind !== 'ec' && left.kind !== 'x25519')) {
    throw coded(Error, 'ERR_CRYPTO_INCOMPATIBLE_KEY', `Incompatible key types for Diffie-Hellman: ${left.kind} and ${right.kind}`);
  }
  if (left.curve !== right.curve) {
    throw openssl('1C8000CB', 'Provider routines', 'mismatching domain parameters', 'ERR_OSSL_MISMATCHING_DOMAIN_PARAMETERS');
  }
  return agree({}, secret.der, open.der);
}

export function diffieHellman(options) {
  validateObject(options, 'options');
  const { privateKey, publicKey } = options;
  if (!isKeyObject(privateKey)) throw invalidArgValue('options.privateKey', privateKey);
  if (!isKeyObject(publicKey)) throw invalidArgValue('options.publicKey', publicKey);
  if (privateKey.type !== 'private') throw invalidKeyObject(privateKey.type, 'private');
  if (publicKey.type !== 'public' && publicKey.type !== 'private') throw invalidKeyObject(publicKey.type, 'private or public');
  const open = publicKey.type === 'private' ? publicHalf(handleOf(publicKey)) : handleOf(publicKey);
  return Buffer.from(agreed(handleOf(privateKey), open));
}

const FORMATS = { compressed: 'compressed', uncompressed: 'uncompressed', hybrid: 'hybrid' };

function pointFormat(format) {
  if (!format) return 'uncompressed';
  if (Object.hasOwn(FORMATS, format)) return FORMATS[format];
  throw coded(TypeError, 'ERR_CRYPTO_ECDH_INVALID_FORMAT', `Invalid ECDH format: ${format}`);
}

const rawPoint = (handle, point) => keyWrite({ format: 'raw', point }, handle.der, NOTHING);

function curveOf(name) {
  validateString(name, 'curve');
  const curve = findOpensslCurve(name);
  if (curve === undefined) throw invalidCurve();
  return curve;
}

// How many bytes a private key of a curve has.
const SCALARS = { 'P-256': 32, 'P-384': 48, 'P-521': 66, secp256k1: 32 };

// Some functions tell of a point that is none in other words.
function givenPoint(curve, bytes) {
  try {
    return readPoint(curve, bytes);
  } catch (error) {
    throw kindOf(error) === 'public_not_of_curve' ? coded(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to convert Buffer to EC_POINT') : error;
  }
}

const readPoint = (curve, bytes) => readKey({ format: 'raw', kind: 'ec', curve, public: true }, bytes);

export function ECDH(curve) {
  if (!new.target) return new ECDH(curve);
  Object.defineProperty(this, 'keys', { value: { curve: curveOf(curve), secret: undefined, open: undefined } });
}

Object.assign(ECDH.prototype, {
  computeSecret(otherPublicKey, inputEncoding, outputEncoding) {
    const bytes = bytesOf(otherPublicKey, 'key', inputEncoding);
    const { curve, secret } = this.keys;
    if (secret === undefined) throw coded(RangeError, 'ERR_CRYPTO_INVALID_KEYPAIR', 'Invalid key pair');
    return toOutput(agreed(secret, readPoint(curve, bytes)), outputEncoding, true);
  },
  generateKeys(encoding, format) {
    const { private: secret, public: open } = keyGenerate({ kind: 'ec', curve: this.keys.curve });
    this.keys.secret = readKey({ format: 'der', public: false }, secret);
    this.keys.open = readKey({ format: 'der', public: true }, open);
    return this.getPublicKey(encoding, format);
  },
  getPublicKey(encoding, format) {
    const point = pointFormat(format);
    if (this.keys.open === undefined) throw coded(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH public key');
    return toOutput(rawPoint(this.keys.open, point), encoding, true);
  },
  getPrivateKey(encoding) {
    if (this.keys.secret === undefined) throw coded(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH private key');
    const scalar = keyWrite({ format: 'raw' }, this.keys.secret.der, NOTHING);
    return toOutput(scalar.slice(scalar.findIndex((byte) => byte !== 0)), encoding, true);
  },
  setPrivateKey(key, encoding) {
    const { curve } = this.keys;
    const bytes = bytesOf(key, 'key', encoding);
    // A shorter number has zeros before it.
    const size = SCALARS[curve];
    const scalar = new Uint8Array(size);
    if (bytes.length > size) throw coded(RangeError, 'ERR_CRYPTO_INVALID_KEYTYPE', 'Private key is not valid for specified curve.');
    scalar.set(bytes, size - bytes.length);
    const secret = readKey({ format: 'raw', kind: 'ec', curve, public: false }, scalar);
    [this.keys.secret, this.keys.open] = [secret, publicHalf(secret)];
    return this;
  },
  setPublicKey(key, encoding) {
    this.keys.open = givenPoint(this.keys.curve, bytesOf(key, 'key', encoding));
    return this;
  },
});

ECDH.convertKey = function convertKey(key, curve, inputEncoding, outputEncoding, format) {
  const bytes = bytesOf(key, 'key', inputEncoding);
  const name = curveOf(curve);
  const point = pointFormat(format);
  return toOutput(rawPoint(givenPoint(name, bytes), point), outputEncoding, true);
};

export function createECDH(curve) { return new ECDH(curve); }
