// What options say of a key's encoding, on its way in and out: { format, type, cipher, passphrase }.
import { invalidArgType, invalidArgValue } from '../errors.js';
import { bytesOf, isTextOrBytes } from './bytes.js';
import { incompatible, unknownCipher } from './failures.js';
import { findCipher } from './names.js';

const named = (name, parent) => (parent === undefined ? `options.${name}` : `options.${parent}.${name}`);

function parseType(type, isRequired, kind, isPublic, parent) {
  if (type === undefined && !isRequired) return undefined;
  if (type === 'pkcs1') {
    if (kind !== undefined && kind !== 'rsa') throw incompatible('pkcs1', 'can only be used for RSA keys');
    return type;
  }
  if (type === 'spki' && isPublic !== false) return type;
  if (type === 'pkcs8' && isPublic !== true) return type;
  if (type === 'sec1' && isPublic !== true) {
    if (kind !== undefined && kind !== 'ec') throw incompatible('sec1', 'can only be used for EC keys');
    return type;
  }
  throw invalidArgValue(named('type', parent), type);
}

function parseEncryption({ format, type, cipher, passphrase, encoding }, isInput, parent) {
  if (!isInput && (cipher === null || cipher === undefined)) {
    if (passphrase !== undefined) throw invalidArgValue(named('cipher', parent), cipher);
  } else if (!isInput) {
    if (typeof cipher !== 'string') throw invalidArgValue(named('cipher', parent), cipher);
    if (format === 'der' && (type === 'pkcs1' || type === 'sec1')) throw incompatible(type, 'does not support encryption');
  }
  const needed = isInput ? passphrase !== undefined : cipher !== null && cipher !== undefined;
  if (needed && !isTextOrBytes(passphrase)) throw invalidArgValue(named('passphrase', parent), passphrase);
  const parsed = passphrase === undefined ? {} : { passphrase: bytesOf(passphrase, 'key.passphrase', encoding) };
  if (isInput || !needed) return parsed;
  const known = findCipher(cipher);
  if (known === undefined) throw unknownCipher(cipher);
  return { ...parsed, cipher: known };
}

// `kind` is the key's, where it goes out; `isPublic` is undefined where either will do.
function parse(encoding, kind, isPublic, parent) {
  if (encoding === null || typeof encoding !== 'object') throw invalidArgType('options', 'object', encoding);
  const isInput = kind === undefined;
  const format = encoding.format === undefined && isInput ? 'pem' : encoding.format;
  if (format !== 'pem' && format !== 'der' && format !== 'jwk') throw invalidArgValue(named('format', parent), format);
  const type = parseType(encoding.type, (!isInput || format === 'der') && format !== 'jwk', kind, isPublic, parent);
  if (isPublic === true) return { format, type };
  const { cipher, passphrase, encoding: text } = encoding;
  return { format, type, ...parseEncryption({ format, type, cipher, passphrase, encoding: text }, isInput, parent) };
}

export const parseInputEncoding = (encoding, isPublic) => parse(encoding, undefined, isPublic);
export const parsePublicEncoding = (encoding, kind, parent) => parse(encoding, kind, true, parent);
export const parsePrivateEncoding = (encoding, kind, parent) => parse(encoding, kind, false, parent);
