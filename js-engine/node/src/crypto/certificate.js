// X509Certificate. Whom a certificate was issued by, and whether that may be trusted, is for the author to find out, as on Node.
import { keyRead, verify } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { invalidArgType, invalidArgValue, validateObject, validateString } from '../errors.js';
import { NOTHING, bufferOf, copyOf, sameBytes, viewOf } from './bytes.js';
import { nameText, readCertificate } from './certificate_fields.js';
import { checkAddress, checkHostName, checkMail } from './certificate_names.js';
import { openssl, invalidKeyObject } from './failures.js';
import { digestOf } from './hash.js';
import { publicHalf } from './key_input.js';
import { KeyHandle, handleOf, isKeyObject, keyObject } from './key_object.js';
import { findHash, opensslCurve } from './names.js';

const noStart = () => openssl('0480006C', 'PEM routines', 'no start line', 'ERR_OSSL_PEM_NO_START_LINE');
const noEnd = () => openssl('04800066', 'PEM routines', 'bad end line', 'ERR_OSSL_PEM_BAD_END_LINE');
const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END (?:X509 |TRUSTED )?CERTIFICATE-----/;

function derOf(input) {
  const bytes = typeof input === 'string' ? Buffer.from(input) : viewOf(input);
  const armoured = PEM.exec(Buffer.from(bytes).toString('latin1'));
  return Uint8Array.from(armoured === null ? bytes : Buffer.from(armoured[1], 'base64'));
}

function parse(input) {
  try {
    return readCertificate(derOf(input));
  } catch {
    throw (Buffer.from(typeof input === 'string' ? input : viewOf(input)).includes('-----BEGIN CERTIFICATE-----') ? noEnd : noStart)();
  }
}

const fingerprint = (hash, der) => Buffer.from(digestOf(findHash(hash), der)).toString('hex').toUpperCase().match(/../g).join(':');
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (number) => String(number).padStart(2, '0');

function timeText(date) {
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} ${date.getUTCFullYear()} GMT`;
}

function nameObject(name) {
  const object = Object.create(null);
  for (const { key, value } of name.parts) object[key] = key in object ? [object[key], value].flat() : value;
  return object;
}

const SHOWN = ['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'fingerprint', 'fingerprint256', 'fingerprint512', 'keyUsage', 'serialNumber'];

let fieldsIn;
let isCertificate;

export class X509Certificate {
  #fields;
  constructor(buffer) {
    if (typeof buffer !== 'string' && !ArrayBuffer.isView(buffer) && !(buffer instanceof ArrayBuffer)) {
      throw invalidArgType('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
    }
    this.#fields = parse(buffer);
  }
  get subject() { return nameText(this.#fields.subject); }
  get issuer() { return nameText(this.#fields.issuer); }
  get subjectAltName() { return this.#fields.alternatives?.text; }
  get infoAccess() { return this.#fields.infoAccess; }
  get issuerCertificate() { return undefined; }
  get validFrom() { return timeText(this.#fields.from); }
  get validTo() { return timeText(this.#fields.to); }
  get validFromDate() { return new Date(this.#fields.from); }
  get validToDate() { return new Date(this.#fields.to); }
  get fingerprint() { return fingerprint('sha1', this.#fields.der); }
  get fingerprint256() { return fingerprint('sha256', this.#fields.der); }
  get fingerprint512() { return fingerprint('sha512', this.#fields.der); }
  get keyUsage() { return this.#fields.purposes && [...this.#fields.purposes]; }
  get serialNumber() { return this.#fields.serial; }
  get ca() { return this.#fields.isAuthority && this.#fields.signsCertificates !== false; }
  get raw() { return bufferOf(copyOf(this.#fields.der)); }
  get publicKey() {
    const { der, ...info } = keyRead({ format: 'der', form: 'spki', public: true }, this.#fields.spki, NOTHING);
    return keyObject('public', new KeyHandle(der, info));
  }
  toString() {
    const lines = Buffer.from(this.#fields.der).toString('base64').match(/.{1,64}/g).join('\n');
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  }
  toJSON() { return this.toString(); }
  checkHost(name, options) {
    validateString(name, 'name');
    if (options !== undefined) validateObject(options, 'options');
    return checkHostName(this.#fields, name, options);
  }
  checkEmail(email, options) {
    validateString(email, 'email');
    if (options !== undefined) validateObject(options, 'options');
    return checkMail(this.#fields, email, options);
  }
  checkIP(ip) {
    validateString(ip, 'ip');
    return checkAddress(this.#fields, ip);
  }
  checkIssued(other) {
    if (!isCertificate(other)) throw invalidArgType('otherCert', 'X509Certificate', other);
    const issuer = fieldsIn(other);
    const { authorityKey } = this.#fields;
    if (!sameBytes(this.#fields.issuer.der, issuer.subject.der) || issuer.signsCertificates === false) return false;
    return authorityKey === undefined || issuer.ownKey === undefined || sameBytes(authorityKey, issuer.ownKey);
  }
  checkPrivateKey(key) {
    if (!isKeyObject(key)) throw invalidArgType('pkey', 'KeyObject', key);
    if (key.type !== 'private') throw invalidArgValue('pkey', key);
    return sameBytes(publicHalf(handleOf(key)).der, handleOf(this.publicKey).der);
  }
  verify(key) {
    if (!isKeyObject(key)) throw invalidArgType('pkey', 'KeyObject', key);
    if (key.type !== 'public') throw invalidKeyObject(key.type, 'public');
    const { signature, signed, scheme } = this.#fields;
    if (scheme === undefined || !scheme.kinds.includes(key.asymmetricKeyType)) return false;
    return verify(scheme.fields, handleOf(key).der, signed, signature)[0] === 1;
  }
  toLegacyObject() {
    const { subject, issuer, der } = this.#fields;
    const { publicKey } = this;
    const details = publicKey.asymmetricKeyDetails;
    const jwk = publicKey.export({ format: 'jwk' });
    const key = details.modulusLength !== undefined ? {
      modulus: Buffer.from(jwk.n, 'base64url').toString('hex').toUpperCase(),
      bits: details.modulusLength,
      exponent: `0x${details.publicExponent.toString(16)}`,
      pubkey: publicKey.export({ format: 'der', type: 'spki' }),
    } : details.namedCurve === undefined ? {} : {
      bits: { 'P-256': 256, 'P-384': 384, 'P-521': 521, secp256k1: 256 }[jwk.crv],
      pubkey: Buffer.concat([Buffer.of(4), Buffer.from(jwk.x, 'base64url'), Buffer.from(jwk.y, 'base64url')]),
      asn1Curve: opensslCurve(jwk.crv),
      ...(jwk.crv.startsWith('P-') ? { nistCurve: jwk.crv } : {}),
    };
    const legacy = {
      subject: nameObject(subject), issuer: nameObject(issuer), subjectaltname: this.subjectAltName, infoAccess: this.infoAccess, ca: this.ca, ...key,
      valid_from: this.validFrom, valid_to: this.validTo, fingerprint: this.fingerprint, fingerprint256: this.fingerprint256,
      fingerprint512: this.fingerprint512, ext_key_usage: this.keyUsage, serialNumber: this.serialNumber, raw: bufferOf(copyOf(der)),
    };
    return Object.fromEntries(Object.entries(legacy).filter(([, value]) => value !== undefined));
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    if (depth < 0) return this;
    const shown = Object.fromEntries(SHOWN.map((name) => [name, this[name]]));
    return `X509Certificate ${inspect(shown, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
  static {
    fieldsIn = (certificate) => certificate.#fields;
    isCertificate = (value) => typeof value === 'object' && value !== null && #fields in value;
  }
}
