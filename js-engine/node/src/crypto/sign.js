// Signatures: createSign and createVerify, and the one-shot functions.
import { sign as hostSign, verify as hostVerify } from 'hookbox:crypto';
import { coded, invalidArgType, invalidArgValue, validateFunction, validateString } from '../errors.js';
import { bufferOf, bytesOf, copyOf, join, later, pieceOf, toOutput, viewOf } from './bytes.js';
import { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_NO_PADDING } from './constants.js';
import { illegalPadding, invalidDigest, openssl, requireReadable, wrongKeyKind } from './failures.js';
import { CONSUME_PRIVATE, CONSUME_PUBLIC, prepareKey } from './key_input.js';
import { findHash } from './names.js';
import { LazyWritable, streams } from './streams.js';

const SIGNS = { rsa: 'rsa-pkcs1', 'rsa-pss': 'rsa-pss', ec: 'ecdsa', ed25519: 'ed25519' };
const VIEWS = ['Buffer', 'TypedArray', 'DataView'];
const isTextOrView = (value) => typeof value === 'string' || ArrayBuffer.isView(value);
const keyRequired = () => coded(Error, 'ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign');

function integerOption(options, name) {
  const value = options[name];
  if (value !== undefined && value !== value >> 0) throw invalidArgValue(`options.${name}`, value);
  return value;
}

function encodingOption(options) {
  if (typeof options !== 'object') return 'der';
  const { dsaEncoding = 'der' } = options;
  if (dsaEncoding !== 'der' && dsaEncoding !== 'ieee-p1363') throw invalidArgValue('options.dsaEncoding', dsaEncoding);
  return dsaEncoding;
}

// What came with the key.
function optionsOf(key) {
  requireReadable(key, 'padding');
  return { padding: integerOption(key, 'padding'), saltLength: integerOption(key, 'saltLength'), encoding: encodingOption(key) };
}

// A key may say how long its salts are at least.
function saltFor({ salt_length: least }, given) {
  if (least !== undefined && given >= 0 && given < least) {
    throw openssl('1C8000AC', 'Provider routines', 'pss saltlen too small', 'ERR_OSSL_PSS_SALTLEN_TOO_SMALL');
  }
  return given ?? least;
}

// The fields of a request. Without a hash, it is the one that goes with the key.
function scheme(hash, { info }, { padding, saltLength, encoding }) {
  const { kind } = info;
  if (!Object.hasOwn(SIGNS, kind)) throw wrongKeyKind();
  if (kind === 'ed25519') {
    if (hash !== undefined) throw openssl('1C80007A', 'Provider routines', 'invalid digest', 'ERR_OSSL_INVALID_DIGEST');
    return { scheme: 'ed25519' };
  }
  const name = hash?.name ?? info.hash ?? 'sha256';
  if (kind === 'ec') return { scheme: 'ecdsa', hash: name, encoding };
  const wanted = padding ?? (kind === 'rsa-pss' ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING);
  if (wanted === RSA_PKCS1_PSS_PADDING) return { scheme: 'rsa-pss', hash: name, mgf1_hash: info.mgf1_hash, salt_length: saltFor(info, saltLength) };
  if (wanted === RSA_NO_PADDING && kind === 'rsa') throw openssl('1C8000A8', 'Provider routines', 'invalid padding mode', 'ERR_OSSL_INVALID_PADDING_MODE');
  if (wanted !== RSA_PKCS1_PADDING || kind === 'rsa-pss') throw illegalPadding();
  return { scheme: 'rsa-pkcs1', hash: name };
}

function namedHash(algorithm) {
  if (algorithm === null || algorithm === undefined) return undefined;
  const hash = findHash(algorithm);
  if (hash === undefined) throw invalidDigest(algorithm);
  return hash;
}

const signBytes = (hash, handle, options, data) => hostSign(scheme(hash, handle, options), handle.der, data);
const verifyBytes = (hash, handle, options, data, signature) => hostVerify(scheme(hash, handle, options), handle.der, data, signature)[0] === 1;

export function signOneShot(algorithm, data, key, callback) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = bytesOf(data, 'data');
  if (!key) throw keyRequired();
  const options = optionsOf(key);
  const handle = prepareKey(key, CONSUME_PRIVATE);
  const hash = namedHash(algorithm);
  const compute = () => bufferOf(signBytes(hash, handle, options, bytes));
  return callback === undefined ? compute() : later(callback, compute);
}

export function verifyOneShot(algorithm, data, key, signature, callback) {
  if (algorithm !== null && algorithm !== undefined) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = bytesOf(data, 'data');
  if (!isTextOrView(data)) throw invalidArgType('data', VIEWS, data);
  const options = optionsOf(key);
  if (!ArrayBuffer.isView(signature)) throw invalidArgType('signature', VIEWS, signature);
  const handle = prepareKey(key, CONSUME_PUBLIC);
  const hash = namedHash(algorithm);
  const compute = () => verifyBytes(hash, handle, options, bytes, viewOf(signature));
  return callback === undefined ? compute() : later(callback, compute);
}

const kHandle = Symbol('kHandle');

class Collector {
  #hash;
  #chunks = [];
  constructor(hash) { this.#hash = hash; }
  add(bytes) {
    if (this.#chunks === undefined) throw coded(Error, 'ERR_CRYPTO_INVALID_STATE', 'Not initialised');
    this.#chunks.push(bytes);
  }
  // What was collected; there is one signature for it. Keys of Edwards curves sign messages, not digests of them.
  take({ info }) {
    this.add(new Uint8Array(0));
    const data = join(this.#chunks);
    this.#chunks = undefined;
    if (info.kind === 'ed25519') throw coded(Error, 'ERR_CRYPTO_UNSUPPORTED_OPERATION', 'Unsupported crypto operation');
    return [this.#hash, data];
  }
}

function begin(object, algorithm) {
  validateString(algorithm, 'algorithm');
  const hash = findHash(algorithm);
  if (hash === undefined) throw invalidDigest();
  object[kHandle] = new Collector(hash);
}

export function Sign(algorithm, options) {
  if (!new.target) return new Sign(algorithm, options);
  begin(this, algorithm);
}

export function Verify(algorithm, options) {
  if (!new.target) return new Verify(algorithm, options);
  begin(this, algorithm);
}

const collecting = {
  _write(chunk, encoding, callback) {
    this[kHandle].add(copyOf(pieceOf(chunk, encoding)));
    callback();
  },
  update(data, encoding) {
    const bytes = pieceOf(data, encoding);
    this[kHandle].add(typeof data === 'string' ? bytes : copyOf(bytes));
    return this;
  },
};

streams(Sign, {
  ...collecting,
  sign(options, encoding) {
    if (!options) throw keyRequired();
    const handle = prepareKey(options, CONSUME_PRIVATE);
    const given = optionsOf(options);
    const [hash, data] = this[kHandle].take(handle);
    return toOutput(signBytes(hash, handle, given, data), encoding, true);
  },
}, LazyWritable);

streams(Verify, {
  ...collecting,
  verify(options, signature, sigEncoding) {
    const handle = prepareKey(options, CONSUME_PUBLIC);
    const given = optionsOf(options);
    const claimed = bytesOf(signature, 'signature', sigEncoding);
    const [hash, data] = this[kHandle].take(handle);
    return verifyBytes(hash, handle, given, data, claimed);
  },
}, LazyWritable);

export function createSign(algorithm, options) { return new Sign(algorithm, options); }
export function createVerify(algorithm, options) { return new Verify(algorithm, options); }
