// CryptoKey: a KeyObject, and what it may be used for.
import { coded, invalidThis } from '../errors.js';
import { failed, useKeyTest } from './web_convert.js';

let partsIn;
export let isCryptoKey;

const illegal = () => coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
const made = Symbol('made by SubtleCrypto');

export class CryptoKey {
  #parts;
  constructor() {
    if (arguments[0] !== made) throw illegal();
    [, this.#parts] = arguments;
  }
  get type() { return partsOf(this).object.type; }
  get extractable() { return partsOf(this).extractable; }
  get algorithm() { return partsOf(this).algorithm; }
  get usages() { return partsOf(this).usages; }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    if (depth < 0) return this;
    const { type, extractable, algorithm, usages } = this;
    const shown = inspect({ type, extractable, algorithm, usages }, { ...options, depth: options.depth === null ? null : options.depth - 1 });
    return `CryptoKey ${shown}`;
  }
  static {
    partsIn = (key) => key.#parts;
    isCryptoKey = (value) => typeof value === 'object' && value !== null && #parts in value;
  }
}
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { value: 'CryptoKey', configurable: true });
for (const name of ['type', 'extractable', 'algorithm', 'usages']) Object.defineProperty(CryptoKey.prototype, name, { enumerable: true });
useKeyTest(isCryptoKey);

function partsOf(key) {
  if (!isCryptoKey(key)) throw invalidThis('CryptoKey');
  return partsIn(key);
}

export const makeKey = (object, algorithm, usages, extractable) => new CryptoKey(made, { object, algorithm, usages: [...usages], extractable: !!extractable });
export const objectOf = (key) => partsIn(key).object;
export { illegal };

// `usages` that are not among those that a key of its kind can have.
export function checkUsages(usages, allowed, message) {
  if (usages.some((usage) => !allowed.includes(usage))) throw failed('SyntaxError', message);
}

// What a JWK says that it is for, against what is asked for.
export function checkJwk(jwk, kty, use, extractable, usages) {
  if (!jwk.kty) throw failed('DataError', 'Invalid keyData');
  if (jwk.kty !== kty) throw failed('DataError', 'Invalid JWK "kty" Parameter');
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) throw failed('DataError', 'Invalid JWK "use" Parameter');
  const operations = jwk.key_ops;
  if (operations !== undefined) {
    if (new Set(operations).size !== operations.length) throw failed('DataError', 'Duplicate key operation');
    if (usages.some((usage) => !operations.includes(usage))) throw failed('DataError', 'Key operations and usage mismatch');
  }
  if (jwk.ext === false && extractable) throw failed('DataError', 'JWK "ext" Parameter and extractable mismatch');
}

export function checkJwkAlgorithm(jwk, ...names) {
  if (jwk.alg !== undefined && !names.includes(jwk.alg)) throw failed('DataError', 'JWK "alg" does not match the requested algorithm');
}
