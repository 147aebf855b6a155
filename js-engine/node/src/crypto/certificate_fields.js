// What an X.509 certificate (RFC 5280) says, and how OpenSSL writes it.
import { CLASS, children, oid, reader, text, time } from './der.js';
import { Buffer } from '../buffer.js';

const ATTRIBUTES = {
  '2.5.4.3': 'CN', '2.5.4.4': 'SN', '2.5.4.5': 'serialNumber', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.9': 'street', '2.5.4.10': 'O',
  '2.5.4.11': 'OU', '2.5.4.12': 'title', '2.5.4.13': 'description', '2.5.4.15': 'businessCategory', '2.5.4.17': 'postalCode', '2.5.4.20': 'telephoneNumber',
  '2.5.4.41': 'name', '2.5.4.42': 'GN', '2.5.4.43': 'initials', '2.5.4.44': 'generationQualifier', '2.5.4.46': 'dnQualifier', '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier', '1.2.840.113549.1.9.1': 'emailAddress', '0.9.2342.19200300.100.1.25': 'DC', '0.9.2342.19200300.100.1.1': 'UID',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL', '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST', '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
};

// A name, as its attributes in groups, and in one row.
function readName(node) {
  const groups = children(node).map((set) => children(set).map((pair) => {
    const [type, value] = children(pair);
    const id = oid(type);
    return { key: ATTRIBUTES[id] ?? id, value: text(value) };
  }));
  return { der: node.whole, groups, parts: groups.flat() };
}

// Escaped as RFC 2253 has it, and what does not print as its number.
function escaped(value) {
  const plain = value.replace(/[,+"\\<>;]/g, '\\$&').replace(/^[ #]| $/g, '\\$&');
  return plain.replace(/[\0-\x1f\x7f]/g, (char) => `\\${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export const nameText = ({ groups }) => groups.map((group) => group.map(({ key, value }) => `${key}=${escaped(value)}`).join(' + ')).join('\n') || undefined;

function addressText(bytes) {
  if (bytes.length === 4) return [...bytes].join('.');
  if (bytes.length !== 16) return '<invalid>';
  return Array.from({ length: 8 }, (_, i) => (bytes[2 * i] * 256 + bytes[2 * i + 1]).toString(16).toUpperCase()).join(':');
}

// A value that could be taken for two is quoted.
const quoted = (value) => (/[,"\0]/.test(value) || /[^\x20-\x7e]/.test(value) ? JSON.stringify(value) : value);
const latin1 = ({ bytes }) => String.fromCharCode(...bytes);

function generalName(node) {
  switch (node.tag & 0x1f) {
    case 1: return { kind: 'email', value: latin1(node), text: `email:${quoted(latin1(node))}` };
    case 2: return { kind: 'dns', value: latin1(node), text: `DNS:${quoted(latin1(node))}` };
    case 4: return { kind: 'name', text: `DirName:${quoted(readName(children(node)[0]).parts.map(({ key, value }) => `${key}=${value}`).join(','))}` };
    case 6: return { kind: 'uri', value: latin1(node), text: `URI:${quoted(latin1(node))}` };
    case 7: return { kind: 'ip', value: node.bytes, text: `IP Address:${addressText(node.bytes)}` };
    case 8: return { kind: 'id', text: `Registered ID:${oid(node)}` };
    default: return { kind: 'other', text: 'othername:<unsupported>' };
  }
}

const METHODS = { '1.3.6.1.5.5.7.48.1': 'OCSP', '1.3.6.1.5.5.7.48.2': 'CA Issuers' };

function infoAccess(node) {
  return children(node).map((each) => {
    const [method, place] = children(each);
    const id = oid(method);
    return `${METHODS[id] ?? id} - ${generalName(place).text}\n`;
  }).join('').slice(0, -1);
}

// What is read of extensions, by their numbers.
const EXTENSIONS = {
  '2.5.29.17': (node) => {
    const names = children(node).map(generalName);
    return { alternatives: { names, text: names.map((name) => name.text).join(', ') } };
  },
  '1.3.6.1.5.5.7.1.1': (node) => ({ infoAccess: infoAccess(node) }),
  '2.5.29.37': (node) => ({ purposes: children(node).map(oid) }),
  '2.5.29.19': (node) => ({ isAuthority: children(node)[0]?.tag === CLASS.BOOLEAN && children(node)[0].bytes[0] !== 0 }),
  '2.5.29.15': (node) => ({ signsCertificates: (node.bytes[1] & 0x04) !== 0 }),
  '2.5.29.14': (node) => ({ ownKey: node.bytes }),
  '2.5.29.35': (node) => ({ authorityKey: children(node).find(({ tag }) => tag === 0x80)?.bytes }),
};

function extensions(node) {
  const found = {};
  for (const extension of children(children(node)[0])) {
    const parts = children(extension);
    const read = EXTENSIONS[oid(parts[0])];
    if (read !== undefined) Object.assign(found, read(reader(parts.at(-1).bytes).next()));
  }
  return found;
}

const rsa = (hash) => ({ kinds: ['rsa'], fields: { scheme: 'rsa-pkcs1', hash } });
const ecdsa = (hash) => ({ kinds: ['ec'], fields: { scheme: 'ecdsa', hash, encoding: 'der' } });
const SCHEMES = {
  '1.2.840.113549.1.1.5': rsa('sha1'), '1.2.840.113549.1.1.11': rsa('sha256'), '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'), '1.2.840.113549.1.1.14': rsa('sha224'), '1.2.840.10045.4.1': ecdsa('sha1'),
  '1.2.840.10045.4.3.2': ecdsa('sha256'), '1.2.840.10045.4.3.3': ecdsa('sha384'), '1.2.840.10045.4.3.4': ecdsa('sha512'),
  '1.3.101.112': { kinds: ['ed25519'], fields: { scheme: 'ed25519' } },
};
const HASHES = { '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' };

// RSASSA-PSS says its hash beside its name.
export function schemeOf(algorithm) {
  const [id, parameters] = children(algorithm);
  if (oid(id) !== '1.2.840.113549.1.1.10') return SCHEMES[oid(id)];
  const given = parameters === undefined ? undefined : children(parameters).find(({ tag }) => tag === 0xa0);
  const hash = given === undefined ? 'sha1' : HASHES[oid(children(children(given)[0])[0])];
  return hash === undefined ? undefined : { kinds: ['rsa', 'rsa-pss'], fields: { scheme: 'rsa-pss', hash, salt_length: -2 } };
}

export function readCertificate(der) {
  const whole = reader(der).next();
  const [signed, algorithm, signature] = children(whole);
  const parts = children(signed);
  if (parts[0].tag === 0xa0) parts.shift();
  const [serial, , issuer, validity, subject, spki] = parts;
  const [from, to] = children(validity).map(time);
  const more = parts.find(({ tag }) => tag === 0xa3);
  return {
    der: whole.whole,
    serial: Buffer.from(serial.bytes).toString('hex').toUpperCase().replace(/^00(?=..)/, ''),
    issuer: readName(issuer),
    subject: readName(subject),
    from,
    to,
    spki: spki.whole,
    signed: signed.whole,
    scheme: schemeOf(algorithm),
    signature: signature.bytes.subarray(1),
    isAuthority: false,
    ...(more === undefined ? {} : extensions(more)),
  };
}
