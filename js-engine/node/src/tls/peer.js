// What a handshake has found out, as `TLSSocket` tells it.
import { Buffer } from '../buffer.js';
import { X509Certificate } from '../crypto/certificate.js';

const certificates = (facts) => (facts?.peer_certificates ?? []).map((text) => new X509Certificate(Buffer.from(text, 'base64')));

// The other side's certificate, and with `detailed` the ones that signed it.
export function peerCertificate(facts, detailed) {
  const [own, ...above] = certificates(facts);
  if (own === undefined) return {};
  const legacy = own.toLegacyObject();
  if (!detailed) return legacy;
  let last = legacy;
  for (const each of above) {
    last.issuerCertificate = each.toLegacyObject();
    last = last.issuerCertificate;
  }
  if (last.fingerprint256 !== undefined && JSON.stringify(last.subject) === JSON.stringify(last.issuer)) last.issuerCertificate = last;
  return legacy;
}

export const peerX509 = (facts) => certificates(facts)[0];

// OpenSSL's name of a cipher suite.
const opensslName = (name) => (name.includes('_WITH_')
  ? name.replace(/^TLS_/, '').replace('_WITH_', '-').replace(/AES_(\d+)/, 'AES$1').replace('CHACHA20_POLY1305_SHA256', 'CHACHA20-POLY1305').replaceAll('_', '-')
  : name);

export function cipherOf({ cipher, protocol }) {
  return { name: opensslName(cipher), standardName: cipher, version: protocol === 'TLSv1.3' ? 'TLSv1.3' : 'TLSv1.2' };
}
