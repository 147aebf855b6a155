// `tls.createSecureContext`: certificates and keys, kept for the host.
import { Buffer } from '../buffer.js';
import { coded, invalidArgType, validateInteger, validateObject, validateString } from '../errors.js';
import { X509Certificate } from '../crypto/certificate.js';
import { createPrivateKey } from '../crypto/key_input.js';
import { unavailable } from '../unavailable.js';

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const [LOWEST, HIGHEST] = ['TLSv1.2', 'TLSv1.3'];
const PARTS = Symbol('kParts');

function version(which, value, usual) {
  const wanted = value ?? usual;
  if (!VERSIONS.includes(wanted)) {
    throw coded(TypeError, 'ERR_TLS_INVALID_PROTOCOL_VERSION', `${JSON.stringify(wanted)} is not a valid ${which} TLS protocol version`);
  }
  return wanted;
}

export function SecureContext(secureProtocol, secureOptions, minVersion, maxVersion) {
  if (!(this instanceof SecureContext)) return new SecureContext(secureProtocol, secureOptions, minVersion, maxVersion);
  for (const given of secureProtocol ? [minVersion, maxVersion] : []) {
    if (given === undefined || given === null) continue;
    throw coded(TypeError, 'ERR_TLS_PROTOCOL_VERSION_CONFLICT', `TLS protocol version ${JSON.stringify(given)} conflicts with secureProtocol ${JSON.stringify(secureProtocol)}`);
  }
  this.context = {};
  const only = /^TLSv1_([23])_/.exec(secureProtocol ?? '')?.[1];
  // The host speaks nothing older than TLS 1.2.
  const min = version('minimum', minVersion, only ? `TLSv1.${only}` : LOWEST);
  const max = version('maximum', maxVersion, only ? `TLSv1.${only}` : HIGHEST);
  if (VERSIONS.indexOf(max) < VERSIONS.indexOf(LOWEST)) throw unavailable(`TLS older than ${LOWEST}`);
  Object.defineProperty(this, PARTS, { value: { min: VERSIONS.indexOf(min) < VERSIONS.indexOf(LOWEST) ? LOWEST : min, max }, writable: true });
  if (secureOptions) validateInteger(secureOptions, 'secureOptions');
  return undefined;
}

const list = (value) => (Array.isArray(value) ? value : [value]);

function textOf(value, name) {
  if (typeof value === 'string') return value;
  if (!ArrayBuffer.isView(value)) throw invalidArgType(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
}

// A key that needs no passphrase any more, and is one.
function keyOf(value, passphrase) {
  const [key, pass] = value?.pem === undefined ? [value, passphrase] : [value.pem, value.passphrase ?? passphrase];
  const pem = textOf(key, 'options.key');
  if (pass !== undefined && pass !== null) validateString(pass, 'options.passphrase');
  const read = createPrivateKey(pass === undefined || pass === null ? pem : { key: pem, passphrase: pass });
  return pem.includes('ENCRYPTED') ? read.export({ type: 'pkcs8', format: 'pem' }) : pem;
}

function certificateOf(value) {
  const pem = textOf(value, 'options.cert');
  return new X509Certificate(pem) && pem;
}

export function createSecureContext(options) {
  const given = options || {};
  validateObject(given, 'options');
  const { ca, cert, key, passphrase, ciphers, ecdhCurve, pfx } = given;
  const made = new SecureContext(given.secureProtocol, given.secureOptions, given.minVersion, given.maxVersion);
  if (ciphers !== undefined && ciphers !== null) validateString(ciphers, 'options.ciphers');
  if (ca) made[PARTS].ca = list(ca).map((each) => textOf(each, 'options.ca'));
  if (cert) made[PARTS].cert = list(cert).map(certificateOf).join('\n');
  if (key) made[PARTS].key = keyOf(list(key)[0], passphrase);
  if (ecdhCurve !== undefined) validateString(ecdhCurve, 'options.ecdhCurve');
  if (pfx !== undefined && pfx !== null) throw unavailable('tls: a key as PKCS #12 (pfx)');
  return made;
}

// `protocols` as the host wants them: names, or what `convertALPNProtocols` makes of names.
export function protocolNames(protocols) {
  if (Array.isArray(protocols)) return protocols.map(String);
  if (!ArrayBuffer.isView(protocols)) return undefined;
  const bytes = Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  const names = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes[at]) names.push(bytes.toString('latin1', at + 1, at + 1 + bytes[at]));
  return names;
}

// What an operation of the host is told: `TLS` in OPERATIONS.md.
export function forHost(context, { name, verify, alpn }) {
  const parts = context[PARTS];
  if (parts === undefined) throw coded(TypeError, 'ERR_TLS_INVALID_CONTEXT', 'options.secureContext must be a SecureContext');
  return { name, verify, alpn: protocolNames(alpn), ...parts };
}

export function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) {
    const pieces = protocols.map((name, at) => {
      const bytes = Buffer.from(name);
      if (bytes.length > 255) {
        throw coded(RangeError, 'ERR_OUT_OF_RANGE', `The byte length of the protocol at index ${at} exceeds the maximum length. It must be <= 255. Received ${bytes.length}`);
      }
      return Buffer.concat([Buffer.of(bytes.length), bytes]);
    });
    out.ALPNProtocols = Buffer.concat(pieces);
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength));
  }
}
