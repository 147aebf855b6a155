// What `subtle` does with keys: encrypting, signing, and deriving. Arguments are normalised by now; each of these computes.
import { decrypt, encrypt, hkdf, hmac, pbkdf2, privateDecrypt, publicEncrypt, sign, verify } from 'hookbox:crypto';
import { NOTHING, join, sameBytes } from './bytes.js';
import { agreed } from './ecdh.js';
import { handleOf } from './key_object.js';
import { findHash } from './names.js';
import { failed, operationFailed } from './web_convert.js';
import { objectOf } from './web_key.js';

const hashName = ({ name }) => findHash(name).name;
const derOf = (key) => handleOf(objectOf(key)).der;

// What the host refuses is an OperationError.
function attempt(compute) {
  try {
    return compute();
  } catch (error) {
    throw operationFailed(error);
  }
}

function exactly(bytes, length, name) {
  if (bytes.length !== length) throw failed('OperationError', `algorithm.${name} must contain exactly ${length} bytes`);
}

const TAGS = [32, 64, 96, 104, 112, 120, 128];
// Of vectors for GCM, in bytes.
const [SHORTEST, LONGEST] = [12, 128];

function gcm(isEncryption, { iv, tagLength = 128, additionalData = NOTHING }, key, data) {
  if (!TAGS.includes(tagLength)) throw failed('OperationError', `${tagLength} is not a valid AES-GCM tag length`);
  const tag = tagLength / 8;
  if (!isEncryption && data.length < tag) throw failed('OperationError', 'The provided data is too small.');
  if (iv.length < SHORTEST || iv.length > LONGEST) throw operationFailed();
  const compute = isEncryption ? encrypt : decrypt;
  return attempt(() => compute({ cipher: `aes-${key.algorithm.length}-gcm`, tag_length: tag }, derOf(key), iv, data, additionalData));
}

function ctr(isEncryption, { counter, length }, key, data) {
  exactly(counter, 16, 'counter');
  if (length === 0 || length > 128) throw failed('OperationError', 'AES-CTR algorithm.length must be between 1 and 128');
  // No counter may come twice.
  if (Math.ceil(data.length / 16) > 2 ** length) throw operationFailed();
  const compute = isEncryption ? encrypt : decrypt;
  return attempt(() => compute({ cipher: `aes-${key.algorithm.length}-ctr`, counter_bits: length }, derOf(key), counter, data, NOTHING));
}

function cbc(isEncryption, { iv }, key, data) {
  exactly(iv, 16, 'iv');
  const compute = isEncryption ? encrypt : decrypt;
  return attempt(() => compute({ cipher: `aes-${key.algorithm.length}-cbc` }, derOf(key), iv, data, NOTHING));
}

function wrap(isEncryption, _, key, data) {
  const compute = isEncryption ? encrypt : decrypt;
  return attempt(() => compute({ cipher: `aes-${key.algorithm.length}-wrap` }, derOf(key), new Uint8Array(8).fill(0xa6), data, NOTHING));
}

function oaep(isEncryption, { label = NOTHING }, key, data) {
  if (key.type !== (isEncryption ? 'public' : 'private')) throw failed('InvalidAccessError', 'The requested operation is not valid for the provided key');
  const fields = { padding: 'oaep', hash: hashName(key.algorithm.hash) };
  return attempt(() => (isEncryption ? publicEncrypt : privateDecrypt)(fields, derOf(key), data, label));
}

const CIPHERS = { 'AES-GCM': gcm, 'AES-CTR': ctr, 'AES-CBC': cbc, 'AES-KW': wrap, 'RSA-OAEP': oaep };

export function cipher(isEncryption, algorithm, key, data, usage) {
  if (algorithm.name !== key.algorithm.name || !key.usages.includes(usage)) {
    throw failed('InvalidAccessError', 'The requested operation is not valid for the provided key');
  }
  return CIPHERS[algorithm.name](isEncryption, algorithm, key, data);
}

function scheme({ name, hash, saltLength }, key) {
  if (name === 'ECDSA') return { scheme: 'ecdsa', hash: hashName(hash), encoding: 'ieee-p1363' };
  if (name === 'Ed25519') return { scheme: 'ed25519' };
  const own = hashName(key.algorithm.hash);
  return name === 'RSA-PSS' ? { scheme: 'rsa-pss', hash: own, salt_length: Math.min(saltLength, 2 ** 31 - 1) } : { scheme: 'rsa-pkcs1', hash: own };
}

function checkSigning(algorithm, key, usage) {
  if (key.usages.includes(usage) && algorithm.name === key.algorithm.name) return;
  throw failed('InvalidAccessError', `Unable to use this key to ${usage}`);
}

export function signed(algorithm, key, data) {
  checkSigning(algorithm, key, 'sign');
  if (algorithm.name === 'HMAC') return hmac({ hash: hashName(key.algorithm.hash) }, derOf(key), data);
  return attempt(() => sign(scheme(algorithm, key), derOf(key), data));
}

export function verified(algorithm, key, signature, data) {
  checkSigning(algorithm, key, 'verify');
  if (algorithm.name === 'HMAC') return sameBytes(hmac({ hash: hashName(key.algorithm.hash) }, derOf(key), data), signature);
  return attempt(() => verify(scheme(algorithm, key), derOf(key), data, signature)[0] === 1);
}

function agree(algorithm, base, bits) {
  const { public: open } = algorithm;
  if (base.type !== 'private') throw failed('InvalidAccessError', 'baseKey must be a private key');
  if (open.type !== 'public') throw failed('InvalidAccessError', 'algorithm.public must be a public key');
  if (open.algorithm.name !== base.algorithm.name) throw failed('InvalidAccessError', 'Keys must be ECDH, X25519, or X448 keys');
  if (open.algorithm.namedCurve !== base.algorithm.namedCurve) throw failed('InvalidAccessError', 'Named curve mismatch');
  const secret = attempt(() => agreed(handleOf(objectOf(base)), handleOf(objectOf(open))));
  if (bits === null) return secret;
  const length = Math.ceil(bits / 8);
  if (secret.length < length) throw failed('OperationError', 'derived bit length is too small');
  const part = secret.slice(0, length);
  // Of a byte that is only wanted in part, the first bits.
  if (bits % 8 !== 0) part[length - 1] &= 0xff << (8 - (bits % 8));
  return part;
}

function checkLength(bits) {
  if (bits === null) throw failed('OperationError', 'length cannot be null');
  if (bits % 8 !== 0) throw failed('OperationError', 'length must be a multiple of 8');
}

function fromSecret({ name, hash, salt, info, iterations }, base, bits) {
  if (iterations === 0) throw failed('OperationError', 'iterations cannot be zero');
  checkLength(bits);
  if (bits === 0) return NOTHING;
  const fields = { hash: hashName(hash), length: bits / 8 };
  return attempt(() => (name === 'HKDF' ? hkdf(fields, derOf(base), salt, info) : pbkdf2({ ...fields, iterations }, derOf(base), salt)));
}

export function derive(algorithm, base, bits) {
  return (algorithm.public === undefined ? fromSecret : agree)(algorithm, base, bits);
}

// A JWK that is to be wrapped: text, and as long as AES-KW takes it.
export function jwkBytes(jwk, { name }) {
  const bytes = hb.encodeUtf8(JSON.stringify(jwk));
  const missing = name === 'AES-KW' ? (8 - (bytes.length % 8)) % 8 : 0;
  return missing === 0 ? bytes : join([bytes, new Uint8Array(missing).fill(0x20)]);
}
