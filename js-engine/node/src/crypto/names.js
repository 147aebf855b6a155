// The names by which authors call hashes, ciphers and curves, and those that the host has for them. OpenSSL, where Node's come from,
// knows each under several, in any case.
import { validateInteger, validateObject, invalidArgType } from '../errors.js';

// The host's name, or that of a digest which is put together here; OpenSSL's other names; the bytes of a digest and of a block.
const HASHES = [
  ['md5', 16, 64, 'ssl3-md5 rsa-md5 md5withrsaencryption'],
  ['sha1', 20, 64, 'sha-1 ssl3-sha1 rsa-sha1 rsa-sha1-2 sha1withrsa sha1withrsaencryption'],
  ['sha224', 28, 64, 'sha-224 sha2-224 rsa-sha224 sha224withrsaencryption'],
  ['sha256', 32, 64, 'sha-256 sha2-256 rsa-sha256 sha256withrsaencryption'],
  ['sha384', 48, 128, 'sha-384 sha2-384 rsa-sha384 sha384withrsaencryption'],
  ['sha512', 64, 128, 'sha-512 sha2-512 rsa-sha512 sha512withrsaencryption'],
  ['sha512-224', 28, 128, 'sha-512/224 sha2-512/224 rsa-sha512/224 sha512-224withrsaencryption'],
  ['sha512-256', 32, 128, 'sha-512/256 sha2-512/256 rsa-sha512/256 sha512-256withrsaencryption'],
  ['sha3-224', 28, 144, 'rsa-sha3-224 id-rsassa-pkcs1-v1_5-with-sha3-224'],
  ['sha3-256', 32, 136, 'rsa-sha3-256 id-rsassa-pkcs1-v1_5-with-sha3-256'],
  ['sha3-384', 48, 104, 'rsa-sha3-384 id-rsassa-pkcs1-v1_5-with-sha3-384'],
  ['sha3-512', 64, 72, 'rsa-sha3-512 id-rsassa-pkcs1-v1_5-with-sha3-512'],
  ['shake128', 16, 168, 'shake-128'],
  ['shake256', 32, 136, 'shake-256'],
  ['ripemd160', 20, 64, 'ripemd ripemd-160 rmd160 rsa-ripemd160 ripemd160withrsa'],
  ['blake2b512', 64, 128, 'blake2b-512'],
  ['blake2s256', 32, 64, 'blake2s-256'],
  ['md5-sha1', 36, 64, ''],
];
const hashes = new Map(HASHES.flatMap(([name, size, block, others]) => {
  const hash = { name, size, block, extendable: name.startsWith('shake') };
  return [name, ...others.split(' ').filter(Boolean)].map((alias) => [alias, hash]);
}));

// Those that `getHashes` gives, in Node's spelling.
const LISTED = ('RSA-MD5 RSA-RIPEMD160 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA3-224 RSA-SHA3-256 RSA-SHA3-384 RSA-SHA3-512 RSA-SHA384 '
  + 'RSA-SHA512 RSA-SHA512/224 RSA-SHA512/256 blake2b512 blake2s256 id-rsassa-pkcs1-v1_5-with-sha3-224 id-rsassa-pkcs1-v1_5-with-sha3-256 '
  + 'id-rsassa-pkcs1-v1_5-with-sha3-384 id-rsassa-pkcs1-v1_5-with-sha3-512 md5 md5-sha1 md5WithRSAEncryption ripemd ripemd160 ripemd160WithRSA '
  + 'rmd160 sha1 sha1WithRSAEncryption sha224 sha224WithRSAEncryption sha256 sha256WithRSAEncryption sha3-224 sha3-256 sha3-384 sha3-512 sha384 '
  + 'sha384WithRSAEncryption sha512 sha512-224 sha512-224WithRSAEncryption sha512-256 sha512-256WithRSAEncryption sha512WithRSAEncryption '
  + 'shake128 shake256 ssl3-md5 ssl3-sha1');

// What is known of a hash, or undefined.
export const findHash = (name) => hashes.get(name) ?? hashes.get(`${name}`.toLowerCase());
// Hashes that OpenSSL knows and no longer gives.
export const isLegacyHash = (name) => /^(rsa-)?(md4|mdc2|whirlpool)$/i.test(name);
export const getHashes = () => LISTED.split(' ');

// A mode's rows: bits of the key, OpenSSL's number, other names.
const MODES = {
  cbc: [16, 16, [[128, 419, 'aes128'], [192, 423, 'aes192'], [256, 427, 'aes256']]],
  ccm: [1, 12, [[128, 896, 'id-aes128-CCM'], [192, 899, 'id-aes192-CCM'], [256, 902, 'id-aes256-CCM']]],
  cfb: [1, 16, [[128, 421], [192, 425], [256, 429]]],
  cfb8: [1, 16, [[128, 653], [192, 654], [256, 655]]],
  ctr: [1, 16, [[128, 904], [192, 905], [256, 906]]],
  ecb: [16, undefined, [[128, 418], [192, 422], [256, 426]]],
  gcm: [1, 12, [[128, 895, 'id-aes128-GCM'], [192, 898, 'id-aes192-GCM'], [256, 901, 'id-aes256-GCM']]],
  ofb: [1, 16, [[128, 420], [192, 424], [256, 428]]],
  wrap: [8, 8, [[128, 788, 'aes128-wrap', 'id-aes128-wrap'], [192, 789, 'aes192-wrap', 'id-aes192-wrap'], [256, 790, 'aes256-wrap', 'id-aes256-wrap']]],
  'wrap-pad': [8, 4, [[128, 897, 'id-aes128-wrap-pad'], [192, 900, 'id-aes192-wrap-pad'], [256, 903, 'id-aes256-wrap-pad']]],
};
const ciphers = new Map();
const listed = [];

function add(cipher, names) {
  listed.push(...names);
  for (const name of names) ciphers.set(name.toLowerCase(), cipher);
}

for (const [mode, [blockSize, ivLength, rows]] of Object.entries(MODES)) {
  for (const [bits, nid, ...others] of rows) {
    const host = `aes-${bits}-${mode}`;
    const own = { gcm: `id-aes${bits}-gcm`, ccm: `id-aes${bits}-ccm`, wrap: `id-aes${bits}-wrap`, 'wrap-pad': `id-aes${bits}-wrap-pad` }[mode] ?? host;
    const cipher = { host, mode: mode.replace(/8$|-pad$/, ''), name: own, nid, blockSize, ivLength, keyLength: bits / 8 };
    add(cipher, mode.startsWith('wrap') ? others : [host, ...others]);
  }
}
add({ host: 'chacha20-poly1305', mode: 'stream', name: 'chacha20-poly1305', nid: 1018, ivLength: 12, keyLength: 32 }, ['chacha20-poly1305']);
add({ host: 'des-ede3-cbc', mode: 'cbc', name: 'des-ede3-cbc', nid: 44, blockSize: 8, ivLength: 8, keyLength: 24 }, ['des-ede3-cbc', 'des3']);
add({ host: 'des-ede3-ecb', mode: 'ecb', name: 'des-ede3', nid: 33, blockSize: 8, keyLength: 24 }, ['des-ede3', 'des-ede3-ecb']);
// The first of two keys stands for the third.
add({ host: 'des-ede3-cbc', mode: 'cbc', name: 'des-ede-cbc', nid: 43, blockSize: 8, ivLength: 8, keyLength: 16 }, ['des-ede-cbc']);
add({ host: 'des-ede3-ecb', mode: 'ecb', name: 'des-ede', nid: 32, blockSize: 8, keyLength: 16 }, ['des-ede', 'des-ede-ecb']);
listed.sort();

export const findCipher = (name) => ciphers.get(`${name}`.toLowerCase());
// Ciphers that OpenSSL knows and no longer gives.
export const isLegacyCipher = (name) => /^(des|desx|rc2|rc4|bf|blowfish|cast5?|idea|seed)(-(?!ede)|$)/i.test(name);
export const getCiphers = () => [...listed];

function acceptsVector({ mode, ivLength }, wanted) {
  if (mode === 'gcm') return wanted > 0;
  if (mode === 'ccm') return wanted >= 7 && wanted <= 13;
  return mode === 'stream' ? wanted > 0 && wanted <= ivLength : wanted === (ivLength ?? 0);
}

export function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number') throw invalidArgType('nameOrNid', ['string', 'number'], nameOrNid);
  if (typeof nameOrNid === 'number') validateInteger(nameOrNid, 'nameOrNid', -(2 ** 31), 2 ** 31 - 1);
  let keyLength;
  let ivLength;
  if (options !== undefined) {
    validateObject(options, 'options');
    ({ keyLength, ivLength } = options);
    if (keyLength !== undefined) validateInteger(keyLength, 'options.keyLength', -(2 ** 31), 2 ** 31 - 1);
    if (ivLength !== undefined) validateInteger(ivLength, 'options.ivLength', -(2 ** 31), 2 ** 31 - 1);
  }
  const cipher = typeof nameOrNid === 'string' ? findCipher(nameOrNid) : [...ciphers.values()].find(({ nid }) => nid === nameOrNid);
  if (cipher === undefined || (keyLength !== undefined && keyLength !== cipher.keyLength)) return undefined;
  if (ivLength !== undefined && !acceptsVector(cipher, ivLength)) return undefined;
  const { host, ...shown } = cipher;
  const info = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
  return ivLength === undefined || cipher.ivLength === undefined ? info : { ...info, ivLength };
}

// OpenSSL's names, and those of the standards.
const CURVES = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521', secp256k1: 'secp256k1' };
export const getCurves = () => Object.keys(CURVES).sort();
export const opensslCurve = (name) => Object.keys(CURVES).find((key) => CURVES[key] === name);
// The host's name of a curve under either name; ECDH knows OpenSSL's alone.
export const findCurve = (name) => (Object.hasOwn(CURVES, name) ? CURVES[name] : Object.values(CURVES).find((each) => each === name));
export const findOpensslCurve = (name) => (Object.hasOwn(CURVES, name) ? CURVES[name] : undefined);
