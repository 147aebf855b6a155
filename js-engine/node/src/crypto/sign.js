// Signatures: createSign and createVerify, and the one-shot functions.
import { join, toBytes, toOutput } from './bytes.js';
import { ask, hashName } from './host.js';
import { forSigning } from './keys.js';
import { later } from './random.js';

const PSS = 6;

function header(algorithm, { details, options }) {
  const hash = hashName(algorithm ?? 'sha256');
  if (hash === undefined) throw Object.assign(new Error('Invalid digest'), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
  if (details.kind === 'ec') return { scheme: 'ecdsa', hash, form: options.dsaEncoding === 'ieee-p1363' ? 'raw' : 'der' };
  if (options.padding !== PSS) return { scheme: 'pkcs1', hash };
  const { saltLength } = options;
  return { scheme: 'pss', hash, salt_length: saltLength >= 0 ? saltLength : undefined };
}

function signBytes(algorithm, data, key) {
  const given = forSigning(key, true);
  return ask('sign', header(algorithm, given), given.details.der, data);
}

function verifyBytes(algorithm, data, key, signature) {
  const given = forSigning(key, false);
  return ask('verify', header(algorithm, given), given.details.der, data, signature)[0] === 1;
}

class Collector {
  #algorithm;
  #chunks = [];
  constructor(algorithm) { this.#algorithm = algorithm; }
  update(data, encoding) {
    this.#chunks.push(toBytes(data, encoding).slice());
    return this;
  }
  write(data) { this.update(data); return true; }
  end(data) { if (data !== undefined) this.update(data); return this; }
  static contents(collector) { return [collector.#algorithm, join(collector.#chunks)]; }
}

export class Sign extends Collector {
  sign(key, encoding) { return toOutput(signBytes(...Collector.contents(this), key), encoding); }
}

export class Verify extends Collector {
  verify(key, signature, encoding) { return verifyBytes(...Collector.contents(this), key, toBytes(signature, encoding)); }
}

export const createSign = (algorithm) => new Sign(algorithm);
export const createVerify = (algorithm) => new Verify(algorithm);

export function sign(algorithm, data, key, callback) {
  return later(callback, () => toOutput(signBytes(algorithm, toBytes(data), key)));
}

export function verify(algorithm, data, key, signature, callback) {
  return later(callback, () => verifyBytes(algorithm, toBytes(data), key, toBytes(signature)));
}
