// The global `crypto` and its `subtle`. The host computes at once; a promise is settled in a later turn, as on Node.
import { digest } from 'hookbox:crypto';
import { invalidThis } from '../errors.js';
import { setImmediate } from '../timers.js';
import { arrayBufferOf } from './bytes.js';
import { useCryptoKeys } from './key_object.js';
import { findHash } from './names.js';
import { fillValues, randomUUID } from './random.js';
import {
  algorithmIdentifier, argument, bufferSource, cryptoKey, failed, jsonWebKey, keyFormat, keyUsages, normalize, requireArguments, wrapping,
} from './web_convert.js';
import { CryptoKey, illegal, isCryptoKey, objectOf } from './web_key.js';
import { exportPair, generatePair, importPair, isPair } from './web_pair.js';
import { derivedLength, exportSecret, generateSecret, importSecret } from './web_secret.js';
import { cipher, derive, jwkBytes, signed, verified } from './web_use.js';

const turn = () => new Promise((resolve) => { setImmediate(resolve); });

// Computes now, and tells in a later turn what came of it.
async function job(compute) {
  let result;
  let failure;
  try {
    result = compute();
  } catch (error) {
    failure = { error };
  }
  await turn();
  if (failure !== undefined) throw failure.error;
  return result instanceof Uint8Array ? arrayBufferOf(result) : result;
}

// Converts arguments: `types` has a conversion for each that the method needs.
function convert(object, method, given, types) {
  if (object !== subtle) throw invalidThis('SubtleCrypto');
  requireArguments(method, given.length, types.length);
  return types.map((type, index) => type(given[index], argument(method, index)));
}

const anything = (value) => value;
const flag = (value) => !!value;
const keyData = (format) => (format === 'jwk' ? jsonWebKey : bufferSource);

function imported(format, data, algorithm, extractable, usages) {
  const key = (isPair(algorithm) ? importPair : importSecret)(format, data, algorithm, extractable, usages);
  if (key.type !== 'public' && key.usages.length === 0) throw failed('SyntaxError', `Usages cannot be empty when importing a ${key.type} key.`);
  return key;
}

function exported(format, key) {
  if (!key.extractable) throw failed('InvalidAccessException', 'key is not extractable');
  const data = (key.type === 'secret' ? exportSecret : exportPair)(format, key);
  if (data !== undefined) return data;
  const shown = format === 'pkcs8' ? 'pkcs8' : 'raw';
  throw failed('InvalidAccessError', `Unable to export a ${shown} ${key.algorithm.name} ${key.type} key`);
}

function generation(algorithm, extractable, usages) {
  if (isPair(algorithm)) return generatePair(algorithm, extractable, usages);
  const key = generateSecret(algorithm, extractable, usages);
  if (key.usages.length === 0) throw failed('SyntaxError', 'Usages cannot be empty when creating a key.');
  return () => key;
}

function checkBase(algorithm, base, usage) {
  if (!base.usages.includes(usage)) throw failed('InvalidAccessError', `baseKey does not have ${usage} usage`);
  if (base.algorithm.name !== algorithm.name) throw failed('InvalidAccessError', 'Key algorithm mismatch');
}

// What wraps keys is an algorithm for that, or one that encrypts.
function wrappingAlgorithm(algorithm, otherwise) {
  try {
    return normalize(algorithm, 'wrapKey');
  } catch {
    return normalize(algorithm, otherwise);
  }
}

function parsedJwk(bytes) {
  try {
    return JSON.parse(hb.decodeUtf8(bytes));
  } catch {
    throw failed('DataError', 'Invalid wrapped JWK key');
  }
}

export class SubtleCrypto {
  constructor() { throw illegal(); }
  async encrypt(algorithm, key, data) {
    const [name, by, bytes] = convert(this, 'encrypt', arguments, [algorithmIdentifier, cryptoKey, bufferSource]);
    const normal = normalize(name, 'encrypt');
    return job(() => cipher(true, normal, by, bytes, 'encrypt'));
  }
  async decrypt(algorithm, key, data) {
    const [name, by, bytes] = convert(this, 'decrypt', arguments, [algorithmIdentifier, cryptoKey, bufferSource]);
    const normal = normalize(name, 'decrypt');
    return job(() => cipher(false, normal, by, bytes, 'decrypt'));
  }
  async sign(algorithm, key, data) {
    const [name, by, bytes] = convert(this, 'sign', arguments, [algorithmIdentifier, cryptoKey, bufferSource]);
    const normal = normalize(name, 'sign');
    return job(() => signed(normal, by, bytes));
  }
  async verify(algorithm, key, signature, data) {
    const [name, by, claimed, bytes] = convert(this, 'verify', arguments, [algorithmIdentifier, cryptoKey, bufferSource, bufferSource]);
    const normal = normalize(name, 'verify');
    return job(() => verified(normal, by, claimed, bytes));
  }
  async digest(algorithm, data) {
    const [name, bytes] = convert(this, 'digest', arguments, [algorithmIdentifier, bufferSource]);
    const hash = findHash(normalize(name, 'digest').name).name;
    return job(() => digest({ hash }, bytes));
  }
  async generateKey(algorithm, extractable, keyUsagesWanted) {
    const [name, out, usages] = convert(this, 'generateKey', arguments, [algorithmIdentifier, flag, keyUsages]);
    const normal = normalize(name, 'generateKey');
    return job(generation(normal, out, usages));
  }
  async deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsagesWanted) {
    const types = [algorithmIdentifier, cryptoKey, algorithmIdentifier, flag, keyUsages];
    const [name, base, wanted, out, usages] = convert(this, 'deriveKey', arguments, types);
    const [normal, target] = [normalize(name, 'deriveBits'), normalize(wanted, 'importKey')];
    checkBase(normal, base, 'deriveKey');
    const length = derivedLength(normalize(wanted, 'get key length'));
    const bits = await job(() => derive(normal, base, length));
    return imported('raw', new Uint8Array(bits), target, out, usages);
  }
  async deriveBits(algorithm, baseKey, length = null) {
    const [name, base] = convert(this, 'deriveBits', arguments, [algorithmIdentifier, cryptoKey]);
    const bits = length === null ? null : wrapping(length);
    const normal = normalize(name, 'deriveBits');
    checkBase(normal, base, 'deriveBits');
    return job(() => derive(normal, base, bits));
  }
  async importKey(format, data, algorithm, extractable, keyUsagesWanted) {
    const [kind, , name, out] = convert(this, 'importKey', arguments, [keyFormat, anything, algorithmIdentifier, flag]);
    const bytes = keyData(kind)(data, argument('importKey', 1));
    const usages = keyUsages(keyUsagesWanted, argument('importKey', 4));
    return imported(kind, bytes, normalize(name, 'importKey'), out, usages);
  }
  async exportKey(format, key) {
    const [kind, by] = convert(this, 'exportKey', arguments, [keyFormat, cryptoKey]);
    const data = exported(kind, by);
    return data instanceof Uint8Array ? arrayBufferOf(data) : data;
  }
  async wrapKey(format, key, wrappingKey, algorithm) {
    const [kind, inner, by, name] = convert(this, 'wrapKey', arguments, [keyFormat, cryptoKey, cryptoKey, algorithmIdentifier]);
    const normal = wrappingAlgorithm(name, 'encrypt');
    const data = exported(kind, inner);
    return job(() => cipher(true, normal, by, kind === 'jwk' ? jwkBytes(data, normal) : data, 'wrapKey'));
  }
  async unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsagesWanted) {
    const types = [keyFormat, bufferSource, cryptoKey, algorithmIdentifier, algorithmIdentifier, flag, keyUsages];
    const [kind, wrapped, by, name, wanted, out, usages] = convert(this, 'unwrapKey', arguments, types);
    const [normal, target] = [wrappingAlgorithm(name, 'decrypt'), normalize(wanted, 'importKey')];
    const bytes = new Uint8Array(await job(() => cipher(false, normal, by, wrapped, 'unwrapKey')));
    return imported(kind, kind === 'jwk' ? jsonWebKey(parsedJwk(bytes), 'unwrapKey: key') : bytes, target, out, usages);
  }
}

export class Crypto {
  constructor() { throw illegal(); }
  get subtle() {
    if (this !== crypto) throw invalidThis('Crypto');
    return subtle;
  }
  getRandomValues(array) {
    if (this !== crypto) throw invalidThis('Crypto');
    requireArguments('getRandomValues', arguments.length, 1, 'Crypto');
    return fillValues(array);
  }
  randomUUID(options = undefined) {
    if (this !== crypto) throw invalidThis('Crypto');
    return randomUUID(options);
  }
}

for (const { prototype, name: tag } of [Crypto, SubtleCrypto]) {
  for (const name of Object.getOwnPropertyNames(prototype)) if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

const subtle = Object.create(SubtleCrypto.prototype);
export const crypto = Object.create(Crypto.prototype);
export { CryptoKey };

// KeyObjects of CryptoKeys, and the other way round.
const FORMATS = { public: 'spki', private: 'pkcs8', secret: 'raw' };
useCryptoKeys(
  (value) => (isCryptoKey(value) ? objectOf(value) : undefined),
  (object, algorithm, extractable, usages) => {
    const format = FORMATS[object.type];
    const data = object.type === 'secret' ? object.export() : object.export({ format: 'der', type: format });
    return imported(format, Uint8Array.from(data), normalize(algorithm, 'importKey'), extractable, keyUsages(usages, 'keyUsages'));
  },
);
