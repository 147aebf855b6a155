// `tls.checkServerIdentity`, and the errors of certificates that do not verify.
import { coded } from '../errors.js';
import { canonicalIP, isIP } from '../net/addresses.js';

// OpenSSL's words.
const TEXTS = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_REVOKED: 'certificate revoked',
  CERT_SIGNATURE_FAILURE: 'certificate signature failure',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  INVALID_CA: 'invalid CA certificate',
  INVALID_PURPOSE: 'unsuitable certificate purpose',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
};
export const verifyError = (code) => Object.assign(new Error(TEXTS[code] ?? code), { code });

export const NAME_IS_WRONG = 'ERR_TLS_CERT_ALTNAME_INVALID';

const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const withoutDot = (host) => host.replace(/[.]$/, '');
const labelsOf = (host) => lower(withoutDot(host)).split('.');

// Whether a name of a certificate, which may begin with a wildcard, is the host's.
function matches(host, pattern) {
  if (!pattern) return false;
  const parts = labelsOf(pattern);
  if (host.length !== parts.length || parts.some((part) => part === '' || /[^\u0021-\u007f]/u.test(part))) return false;
  if (host.slice(1).some((label, at) => label !== parts[at + 1])) return false;
  const pieces = parts[0].split('*');
  if (pieces.length === 1 || parts[0].includes('xn--')) return host[0] === parts[0];
  if (pieces.length > 2 || parts.length <= 2) return false;
  const [before, after] = pieces;
  return before.length + after.length <= host[0].length && host[0].startsWith(before) && host[0].endsWith(after);
}

const QUOTED = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;

// What is between commas, of which some may stand in strings.
function namesIn(text) {
  if (!text.includes('"')) return text.split(', ');
  const names = [''];
  for (let rest = text; rest !== '';) {
    const [plain] = /^[^",]*/.exec(rest);
    names[names.length - 1] += plain;
    rest = rest.slice(plain.length);
    if (rest[0] === '"') {
      const quoted = QUOTED.exec(rest)?.[0];
      if (quoted === undefined) throw coded(SyntaxError, 'ERR_TLS_CERT_ALTNAME_FORMAT', 'Invalid subject alternative name string');
      names[names.length - 1] += JSON.parse(quoted);
      rest = rest.slice(quoted.length);
    } else if (rest !== '') {
      names.push('');
      rest = rest.slice(2);
    }
  }
  return names;
}

function problem(host, { subject, subjectaltname }) {
  const names = subjectaltname ? namesIn(subjectaltname) : [];
  const of = (kind) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const hosts = of('DNS:');
  if (isIP(host)) {
    const addresses = of('IP Address:').map((address) => canonicalIP(address));
    return addresses.includes(canonicalIP(host)) ? undefined : `IP: ${host} is not in the cert's list: ${addresses.join(', ')}`;
  }
  const labels = labelsOf(host);
  if (hosts.length > 0) {
    return hosts.some((name) => matches(labels, name)) ? undefined : `Host: ${host}. is not in the cert's altnames: ${subjectaltname}`;
  }
  if (!subject?.CN) return 'Cert does not contain a DNS name';
  return [subject.CN].flat().some((name) => matches(labels, name)) ? undefined : `Host: ${host}. is not cert's CN: ${subject.CN}`;
}

export function checkServerIdentity(hostname, cert) {
  const host = withoutDot(`${hostname}`);
  // A certificate has to be there.
  const reason = problem(host, { subject: cert.subject, subjectaltname: cert.subjectaltname });
  if (reason === undefined) return undefined;
  return coded(Error, NAME_IS_WRONG, `Hostname/IP does not match certificate's altnames: ${reason}`, { reason, host, cert });
}
