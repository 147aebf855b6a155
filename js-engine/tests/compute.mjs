// The table of CRYPTO.md on Node's own cryptography, for the tests: it says what the right answers are.
import * as crypto from 'node:crypto';

const CURVES = { prime256v1: 'P-256', secp384r1: 'P-384' };
const bytes = (value) => new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
const priv = (der) => crypto.createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
const pub = (der) => crypto.createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
const any = (der) => { try { return priv(der); } catch { return pub(der); } };
const canonical = (key) => key.export({ format: 'der', type: key.type === 'private' ? 'pkcs8' : 'spki' });

function signing({ scheme, hash, salt_length, form }, key, verifying) {
  if (scheme === 'ecdsa') return { key, dsaEncoding: form === 'raw' ? 'ieee-p1363' : 'der' };
  if (scheme === 'pkcs1') return { key };
  const automatic = verifying ? crypto.constants.RSA_PSS_SALTLEN_AUTO : crypto.constants.RSA_PSS_SALTLEN_DIGEST;
  return { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: salt_length ?? automatic };
}

const INPUT = { pkcs8: ['der', 'pkcs8'], spki: ['der', 'spki'], pkcs1: ['der', 'pkcs1'], sec1: ['der', 'sec1'], pem: ['pem'] };

function key(header, data) {
  const [format, type] = INPUT[header.from] ?? ['jwk'];
  const given = { key: format === 'jwk' ? JSON.parse(Buffer.from(data)) : Buffer.from(data), format, type };
  const made = (header.private ? crypto.createPrivateKey : crypto.createPublicKey)(given);
  const { modulusLength, namedCurve } = made.asymmetricKeyDetails;
  const details = modulusLength ? { kind: 'rsa', bits: modulusLength } : { kind: 'ec', curve: CURVES[namedCurve] };
  const json = Buffer.from(JSON.stringify({ ...details, private: header.private }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, canonical(made)]);
}

function exported({ to }, der) {
  const made = any(der);
  if (to === 'jwk') return Buffer.from(JSON.stringify(made.export({ format: 'jwk' })));
  if (to === 'pem') return Buffer.from(made.export({ format: 'pem', type: made.type === 'private' ? 'pkcs8' : 'spki' }));
  const [type, pem] = to.split('-');
  return Buffer.from(made.export({ format: pem ?? 'der', type }));
}

function cipher({ op, cipher: name, tag_length = 16, padding = true }, secret, iv, data, aad) {
  const gcm = name.endsWith('gcm');
  const options = gcm ? { authTagLength: tag_length } : {};
  if (op === 'encrypt') {
    const machine = crypto.createCipheriv(name, secret, iv, options).setAutoPadding(padding);
    if (gcm) machine.setAAD(aad);
    return Buffer.concat([machine.update(data), machine.final(), ...(gcm ? [machine.getAuthTag()] : [])]);
  }
  const machine = crypto.createDecipheriv(name, secret, iv, options).setAutoPadding(padding);
  if (gcm) machine.setAAD(aad).setAuthTag(data.subarray(data.length - tag_length));
  const opened = machine.update(gcm ? data.subarray(0, data.length - tag_length) : data);
  try {
    return Buffer.concat([opened, machine.final()]);
  } catch {
    throw new Error(gcm ? 'authentication failed' : 'bad decrypt');
  }
}

const OPERATIONS = {
  digest: ({ hash }, data) => crypto.createHash(hash).update(data).digest(),
  hmac: ({ hash }, secret, data) => crypto.createHmac(hash, secret).update(data).digest(),
  pbkdf2: ({ hash, iterations, length }, password, salt) => crypto.pbkdf2Sync(password, salt, iterations, length, hash),
  scrypt: ({ n, r, p, length }, password, salt) => crypto.scryptSync(password, salt, length, { N: n, r, p, maxmem: 2 ** 28 }),
  hkdf: ({ hash, length }, secret, salt, info) => Buffer.from(crypto.hkdfSync(hash, secret, salt, info, length)),
  encrypt: cipher,
  decrypt: cipher,
  sign: (header, der, data) => crypto.sign(header.hash, data, signing(header, priv(der))),
  verify: (header, der, data, signature) => Buffer.from([crypto.verify(header.hash, data, signing(header, pub(der), true), signature) ? 1 : 0]),
  key,
  public: (_, der) => canonical(crypto.createPublicKey(priv(der))),
  export: exported,
  generate: ({ kind, bits, curve }) => canonical(crypto.generateKeyPairSync(kind, { modulusLength: bits, namedCurve: curve }).privateKey),
};

export function compute(header, parts) {
  const operation = OPERATIONS[header.op];
  if (!operation) throw new Error(`unknown operation ${header.op}`);
  return bytes(operation(header, ...parts));
}
