// The hook that vectors are run in: for each test of a group, whether what `crypto` and `crypto.subtle` say is what the vector says. A
// test that is "acceptable" may be refused; where it is not, its result has to be right.
const crypto = require('crypto');

const { subtle } = globalThis.crypto;
const hex = (text) => Buffer.from(text, 'hex');
const text = (bytes) => Buffer.from(bytes).toString('hex');
const hash = (sha) => sha.toLowerCase().replace(/^sha-/, 'sha').replace('/', '-');
const WEB_HASHES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];
const CURVES = { secp256r1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521', secp256k1: 'secp256k1' };

const PKCS1 = crypto.constants.RSA_PKCS1_PADDING;
const OAEP = crypto.constants.RSA_PKCS1_OAEP_PADDING;
const PSS = crypto.constants.RSA_PKCS1_PSS_PADDING;

const spki = (der) => crypto.createPublicKey({ key: hex(der), format: 'der', type: 'spki' });
const pkcs8 = (der) => crypto.createPrivateKey({ key: hex(der), format: 'der', type: 'pkcs8' });

function cipherName(algorithm, key) {
  if (algorithm === 'CHACHA20-POLY1305') return 'chacha20-poly1305';
  const bits = key.length * 4;
  return { 'AES-GCM': `aes-${bits}-gcm`, 'AES-CCM': `aes-${bits}-ccm`, 'AES-CBC-PKCS5': `aes-${bits}-cbc`, 'AES-WRAP': `id-aes${bits}-wrap`, 'AES-KWP': `id-aes${bits}-wrap-pad` }[algorithm];
}

function opened(algorithm, test, tagLength) {
  const decipher = crypto.createDecipheriv(cipherName(algorithm, test.key), hex(test.key), hex(test.iv), { authTagLength: tagLength });
  decipher.setAuthTag(hex(test.tag));
  decipher.setAAD(hex(test.aad), { plaintextLength: hex(test.ct).length });
  return Buffer.concat([decipher.update(hex(test.ct)), decipher.final()]);
}

function sealed(algorithm, test, tagLength) {
  const cipher = crypto.createCipheriv(cipherName(algorithm, test.key), hex(test.key), hex(test.iv), { authTagLength: tagLength });
  cipher.setAAD(hex(test.aad), { plaintextLength: hex(test.msg).length });
  // In two pieces, where the cipher takes them.
  const [data, cut] = [hex(test.msg), algorithm === 'AES-CCM' ? 0 : test.tcId % 17];
  const pieces = cut === 0 ? [cipher.update(data)] : [cipher.update(data.subarray(0, cut)), cipher.update(data.subarray(cut))];
  return text(Buffer.concat([...pieces, cipher.final()])) + text(cipher.getAuthTag());
}

const webKey = (key, name, usages) => subtle.importKey('raw', hex(key), name, true, usages);

// Each gives the results that have to be equal to what is right, or throws; a wrong signature is a result that is not.
const checks = {
  AeadTest: {
    right: (test) => test.msg,
    async *run(test, group, algorithm) {
      yield text(opened(algorithm, test, group.tagSize / 8));
      if (test.result === 'valid') yield sealed(algorithm, test, group.tagSize / 8) === test.ct + test.tag ? test.msg : 'another ciphertext';
      // Node's WebCrypto takes no other vectors.
      if (algorithm === 'AES-GCM' && test.iv.length >= 24 && test.iv.length <= 256) {
        const parameters = { name: 'AES-GCM', iv: hex(test.iv), additionalData: hex(test.aad), tagLength: group.tagSize };
        yield text(await subtle.decrypt(parameters, await webKey(test.key, 'AES-GCM', ['decrypt']), hex(test.ct + test.tag)));
      }
    },
  },
  IndCpaTest: {
    right: (test) => test.msg,
    async *run(test, _, algorithm) {
      const decipher = crypto.createDecipheriv(cipherName(algorithm, test.key), hex(test.key), hex(test.iv));
      yield decipher.update(hex(test.ct), null, 'hex') + decipher.final('hex');
      yield text(await subtle.decrypt({ name: 'AES-CBC', iv: hex(test.iv) }, await webKey(test.key, 'AES-CBC', ['decrypt']), hex(test.ct)));
    },
  },
  KeywrapTest: {
    right: (test) => test.msg,
    async *run(test, _, algorithm) {
      const iv = hex(algorithm === 'AES-KWP' ? 'a65959a6' : 'a6a6a6a6a6a6a6a6');
      const name = cipherName(algorithm, test.key);
      yield text(crypto.createDecipheriv(name, hex(test.key), iv).update(hex(test.ct)));
      if (test.result === 'valid') yield text(crypto.createCipheriv(name, hex(test.key), iv).update(hex(test.msg))) === test.ct ? test.msg : 'another';
    },
  },
  MacTest: {
    right: (test) => test.tag,
    async *run(test, group, algorithm) {
      const sha = algorithm.replace('HMAC', '').replace('SHA', 'SHA-').replace('SHA-3-', 'SHA3-');
      yield crypto.createHmac(hash(sha), hex(test.key)).update(hex(test.msg)).digest('hex').slice(0, group.tagSize / 4);
      if (WEB_HASHES.includes(sha) && test.key !== '') {
        const key = await subtle.importKey('raw', hex(test.key), { name: 'HMAC', hash: sha }, false, ['sign']);
        yield text(await subtle.sign('HMAC', key, hex(test.msg))).slice(0, group.tagSize / 4);
      }
    },
  },
  HkdfTest: {
    right: (test) => test.okm,
    async *run(test, _, algorithm) {
      const sha = algorithm.replace('HKDF-', '');
      yield text(crypto.hkdfSync(hash(sha), hex(test.ikm), hex(test.salt), hex(test.info), test.size));
      const key = await subtle.importKey('raw', hex(test.ikm), 'HKDF', false, ['deriveBits']);
      yield text(await subtle.deriveBits({ name: 'HKDF', hash: sha, salt: hex(test.salt), info: hex(test.info) }, key, test.size * 8));
    },
  },
  PbkdfTest: {
    right: (test) => test.dk,
    async *run(test, _, algorithm) {
      const sha = algorithm.replace('PBKDF2-HMACSHA', 'SHA-');
      yield text(crypto.pbkdf2Sync(hex(test.password), hex(test.salt), test.iterationCount, test.dkLen, hash(sha)));
    },
  },
  EcdsaVerify: {
    right: () => true,
    async *run(test, group) {
      yield crypto.verify(hash(group.sha), hex(test.msg), spki(group.spki), hex(test.sig));
    },
  },
  EcdsaP1363Verify: {
    right: () => true,
    async *run(test, group) {
      yield crypto.verify(hash(group.sha), hex(test.msg), { key: spki(group.spki), dsaEncoding: 'ieee-p1363' }, hex(test.sig));
      const jwk = spki(group.spki).export({ format: 'jwk' });
      const key = await subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: jwk.crv }, true, ['verify']);
      yield await subtle.verify({ name: 'ECDSA', hash: group.sha }, key, hex(test.sig), hex(test.msg));
    },
  },
  EcdhTest: {
    right: (test) => test.shared,
    async *run(test, group) {
      const ecdh = crypto.createECDH(CURVES[group.curve] === 'P-256' ? 'prime256v1' : group.curve);
      const length = { secp256r1: 32, secp256k1: 32, secp384r1: 48, secp521r1: 66 }[group.curve];
      ecdh.setPrivateKey(hex(test.private.padStart(length * 2, '0').slice(-length * 2)));
      const [d, point] = [ecdh.getPrivateKey(), ecdh.getPublicKey()];
      const [x, y] = [point.subarray(1, 1 + length), point.subarray(1 + length)].map((part) => part.toString('base64url'));
      const key = { kty: 'EC', crv: CURVES[group.curve], x, y, d: Buffer.concat([Buffer.alloc(length - d.length), d]).toString('base64url') };
      yield text(crypto.diffieHellman({ privateKey: crypto.createPrivateKey({ key, format: 'jwk' }), publicKey: spki(test.public) }));
    },
  },
  EcdhEcpointTest: {
    right: (test) => test.shared,
    async *run(test, group) {
      const ecdh = crypto.createECDH(CURVES[group.curve] === 'P-256' ? 'prime256v1' : group.curve);
      const length = { secp256r1: 32, secp384r1: 48, secp521r1: 66 }[group.curve];
      ecdh.setPrivateKey(hex(test.private.padStart(length * 2, '0').slice(-length * 2)));
      yield ecdh.computeSecret(hex(test.public), null, 'hex');
    },
  },
  EcdhWebcryptoTest: {
    right: (test) => test.shared,
    async *run(test, group) {
      const algorithm = { name: 'ECDH', namedCurve: group.curve };
      const key = await subtle.importKey('jwk', test.private, algorithm, false, ['deriveBits']);
      const other = await subtle.importKey('jwk', test.public, algorithm, false, []);
      yield text(await subtle.deriveBits({ name: 'ECDH', public: other }, key, hex(test.shared).length * 8));
    },
  },
  XdhComp: {
    right: (test) => test.shared,
    async *run(test) {
      const privateKey = pkcs8(`302e020100300506032b656e04220420${test.private}`);
      yield text(crypto.diffieHellman({ privateKey, publicKey: spki(`302a300506032b656e032100${test.public}`) }));
    },
  },
  XdhJwkComp: {
    right: (test) => test.shared,
    async *run(test) {
      const privateKey = crypto.createPrivateKey({ key: test.private, format: 'jwk' });
      yield text(crypto.diffieHellman({ privateKey, publicKey: crypto.createPublicKey({ key: test.public, format: 'jwk' }) }));
    },
  },
  EddsaVerify: {
    right: () => true,
    async *run(test, group) {
      yield crypto.verify(null, hex(test.msg), spki(group.spki), hex(test.sig));
      const key = await subtle.importKey('spki', hex(group.spki), { name: 'Ed25519' }, true, ['verify']);
      yield await subtle.verify({ name: 'Ed25519' }, key, hex(test.sig), hex(test.msg));
    },
  },
  RsassaPkcs1Verify: {
    right: () => true,
    async *run(test, group) {
      yield crypto.createVerify(`RSA-${group.sha.replace('SHA-', 'SHA')}`).update(hex(test.msg)).verify(spki(group.spki), hex(test.sig));
      if (!WEB_HASHES.includes(group.sha)) return;
      const key = await subtle.importKey('spki', hex(group.spki), { name: 'RSASSA-PKCS1-v1_5', hash: group.sha }, true, ['verify']);
      yield await subtle.verify('RSASSA-PKCS1-v1_5', key, hex(test.sig), hex(test.msg));
    },
  },
  RsassaPssVerify: {
    right: () => true,
    async *run(test, group) {
      // Node takes the mask's hash from the key alone.
      if (group.sha !== group.mgfSha && group.type === 'RsassaPssVerify') { yield test.result !== 'invalid'; return; }
      const key = { key: spki(group.spki), padding: PSS, saltLength: group.sLen };
      yield crypto.verify(hash(group.sha), hex(test.msg), key, hex(test.sig));
      if (!WEB_HASHES.includes(group.sha) || group.type !== 'RsassaPssVerify') return;
      const web = await subtle.importKey('spki', hex(group.spki), { name: 'RSA-PSS', hash: group.sha }, true, ['verify']);
      yield await subtle.verify({ name: 'RSA-PSS', saltLength: group.sLen }, web, hex(test.sig), hex(test.msg));
    },
  },
  RsaesOaepDecrypt: {
    right: (test) => test.msg,
    async *run(test, group) {
      if (group.sha !== group.mgfSha) { yield test.result === 'invalid' ? 'refused' : test.msg; return; }
      const key = { key: pkcs8(group.privateKeyPkcs8), padding: OAEP, oaepHash: hash(group.sha), oaepLabel: hex(test.label) };
      yield text(crypto.privateDecrypt(key, hex(test.ct)));
      const web = await subtle.importKey('pkcs8', hex(group.privateKeyPkcs8), { name: 'RSA-OAEP', hash: group.sha }, true, ['decrypt']);
      yield text(await subtle.decrypt({ name: 'RSA-OAEP', label: hex(test.label) }, web, hex(test.ct)));
    },
  },
  // A wrong padding is not told: what comes out is another message.
  RsaesPkcs1Decrypt: {
    right: (test) => test.msg,
    async *run(test, group) {
      yield text(crypto.privateDecrypt({ key: pkcs8(group.privateKeyPkcs8), padding: PKCS1 }, hex(test.ct)));
    },
  },
  RsassaPkcs1Generate: {
    right: (test) => test.sig,
    async *run(test, group) {
      yield crypto.createSign(hash(group.sha)).update(hex(test.msg)).sign(pkcs8(group.privateKeyPkcs8), 'hex');
    },
  },
};
checks.RsassaPssWithParametersVerify = checks.RsassaPssVerify;

// What is wrong with a test; nothing where it came out as it is to.
async function wrong(test, group, algorithm) {
  const { right, run } = checks[group.type];
  let results = 0;
  try {
    for await (const result of run(test, group, algorithm)) {
      results += 1;
      const agrees = result === right(test);
      if (test.result === 'invalid' && agrees) return `way ${results} takes what is invalid`;
      // A signature that is refused is one of the two.
      if (test.result === 'acceptable' && result === false) continue;
      if (test.result !== 'invalid' && !agrees) return `way ${results} gives ${result}`;
    }
  } catch (error) {
    if (test.result === 'valid') return `way ${results + 1}: ${error}`;
  }
  return undefined;
}

exports.handler = async (context) => {
  const { algorithm, groups } = context.risk.reasons;
  const found = [];
  let tests = 0;
  for (const group of groups) {
    for (const test of group.tests) {
      tests += 1;
      const what = await wrong(test, group, algorithm);
      if (what !== undefined) found.push(`${test.tcId}: ${what}`);
    }
  }
  return { success: false, tests, found };
};
