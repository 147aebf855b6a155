// Makes vectors/ from a checkout of https://github.com/C2SP/wycheproof: the files that checks.js has a check for, without comments and
// without the second and third form of each key.
//
//     node tests/wycheproof/trim.mjs CHECKOUT
import { readFileSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const FILES = [
  'aes_cbc_pkcs5', 'aes_ccm', 'aes_gcm', 'aes_kwp', 'aes_wrap', 'chacha20_poly1305',
  'ecdh_secp256k1', 'ecdh_secp256r1', 'ecdh_secp256r1_ecpoint', 'ecdh_secp256r1_webcrypto', 'ecdh_secp384r1_ecpoint', 'ecdh_secp521r1_ecpoint',
  'ecdsa_secp256k1_sha256', 'ecdsa_secp256r1_sha256', 'ecdsa_secp256r1_sha256_p1363', 'ecdsa_secp256r1_sha3_256', 'ecdsa_secp256r1_sha512',
  'ecdsa_secp384r1_sha384', 'ecdsa_secp384r1_sha384_p1363', 'ecdsa_secp521r1_sha512', 'ecdsa_secp521r1_sha512_p1363',
  'ed25519', 'hkdf_sha1', 'hkdf_sha256', 'hkdf_sha384', 'hkdf_sha512',
  'hmac_sha1', 'hmac_sha224', 'hmac_sha256', 'hmac_sha384', 'hmac_sha512', 'hmac_sha512_256', 'hmac_sha3_256', 'hmac_sha3_512',
  'pbkdf2_hmacsha1', 'pbkdf2_hmacsha224', 'pbkdf2_hmacsha256', 'pbkdf2_hmacsha384', 'pbkdf2_hmacsha512',
  'rsa_oaep_2048_sha1_mgf1sha1', 'rsa_oaep_2048_sha256_mgf1sha1', 'rsa_oaep_2048_sha256_mgf1sha256', 'rsa_oaep_2048_sha512_mgf1sha512',
  'rsa_pkcs1_2048', 'rsa_pkcs1_2048_sig_gen',
  'rsa_pss_2048_sha1_mgf1_20', 'rsa_pss_2048_sha256_mgf1_0', 'rsa_pss_2048_sha256_mgf1_32', 'rsa_pss_2048_sha256_mgf1_32_params',
  'rsa_pss_2048_sha384_mgf1_48', 'rsa_pss_4096_sha512_mgf1_64', 'rsa_pss_misc',
  'rsa_signature_2048_sha224', 'rsa_signature_2048_sha256', 'rsa_signature_2048_sha384', 'rsa_signature_2048_sha512', 'rsa_signature_2048_sha3_256',
  'rsa_signature_2048_sha512_256', 'rsa_signature_3072_sha384', 'rsa_signature_4096_sha512', 'rsa_signature_8192_sha256',
  'x25519', 'x25519_jwk',
];
const TEST = ['tcId', 'key', 'iv', 'aad', 'msg', 'ct', 'tag', 'ikm', 'salt', 'info', 'size', 'okm', 'password', 'iterationCount', 'dkLen', 'dk', 'sig', 'public', 'private', 'shared', 'label', 'result'];
const GROUP = ['type', 'curve', 'sha', 'mgfSha', 'sLen', 'tagSize', 'keySize', 'privateKeyPkcs8'];

// More iterations than the host allows in one call; and a curve that is spelled out without its cofactor, which X9.62 leaves out too and
// which is taken for the curve that it is.
const isOut = (algorithm, test) => test.iterationCount > 10_000_000 || (algorithm === 'ECDH' && test.flags.includes('NoCofactor'));

const picked = (from, names) => Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));

function trimmed(text) {
  const { algorithm, testGroups } = JSON.parse(text);
  const groups = testGroups.map((group) => ({
    ...picked(group, GROUP),
    spki: group.publicKeyDer ?? group.publicKey?.publicKeyDer,
    tests: group.tests.filter((test) => !isOut(algorithm, test)).map((test) => picked(test, TEST)),
  }));
  return JSON.stringify({ algorithm, groups });
}

const checkout = process.argv[2];
const vectors = join(import.meta.dirname, 'vectors');
rmSync(vectors, { recursive: true, force: true });
mkdirSync(vectors);
for (const name of FILES) {
  const text = readFileSync(join(checkout, 'testvectors_v1', `${name}_test.json`), 'utf8');
  writeFileSync(join(vectors, `${name}.json.gz`), gzipSync(trimmed(text), { level: 9 }));
}
writeFileSync(join(import.meta.dirname, 'LICENSE'), readFileSync(join(checkout, 'LICENSE')));
