const c = require('crypto');
const { promisify } = require('util');
for (const [type, o] of [['rsa', { modulusLength: 2048 }], ['rsa', { modulusLength: 2048, publicExponent: 3 }], ['rsa', { modulusLength: 2048, publicExponent: 65537 }], ['rsa-pss', { modulusLength: 2048 }], ['rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 32 }], ['ec', { namedCurve: 'P-256' }], ['ec', { namedCurve: 'prime256v1' }], ['ec', { namedCurve: 'P-384' }], ['ec', { namedCurve: 'secp384r1' }], ['ec', { namedCurve: 'P-521' }], ['ec', { namedCurve: 'secp521r1' }], ['ec', { namedCurve: 'secp256k1' }], ['ed25519', undefined], ['ed25519', {}], ['x25519', {}]])
  t('pair ' + show([type, o]), () => { const k = c.generateKeyPairSync(type, o); return [Object.keys(k), k.publicKey.type, k.privateKey.type, k.publicKey.asymmetricKeyType, k.privateKey.asymmetricKeyDetails, c.createPublicKey(k.privateKey).equals(k.publicKey)] });
for (const [type, o] of [['rsa', undefined], ['rsa', {}], ['rsa', { modulusLength: '2048' }], ['rsa', { modulusLength: 2048.5 }], ['rsa', { modulusLength: -1 }], ['rsa', { modulusLength: 2048, publicExponent: 'x' }], ['rsa', { modulusLength: 2048, publicExponent: 2 }], ['rsa', 5], ['rsa', null], ['ec', undefined], ['ec', {}], ['ec', { namedCurve: 5 }], ['ec', { namedCurve: 'nope' }], ['ec', { namedCurve: 'P-256', paramEncoding: 'nope' }], ['nope', {}], ['', {}], [undefined, {}], [5, {}], ['dsa', {}], ['rsa-pss', { modulusLength: 2048, hashAlgorithm: 5 }]]) {
  t('bad pair ' + show([type, o]), () => c.generateKeyPairSync(type, o));
  t('bad pair later ' + show([type, o]), () => c.generateKeyPair(type, o, () => {}));
}
const pem = { type: 'spki', format: 'pem' };
const pem8 = { type: 'pkcs8', format: 'pem' };
for (const [n, publicKeyEncoding, privateKeyEncoding] of [['pem', pem, pem8], ['der', { type: 'spki', format: 'der' }, { type: 'pkcs8', format: 'der' }], ['jwk', { format: 'jwk' }, { format: 'jwk' }], ['sec1', pem, { type: 'sec1', format: 'pem' }], ['only public', pem, undefined], ['only private', undefined, pem8], ['encrypted', pem, { ...pem8, cipher: 'aes-256-cbc', passphrase: 'x' }], ['bad type', { type: 'nope', format: 'pem' }, pem8], ['pkcs1 of ec', { type: 'pkcs1', format: 'pem' }, pem8], ['no type', { format: 'pem' }, pem8], ['no format', { type: 'spki' }, pem8], ['not an object', 'pem', pem8], ['private not an object', pem, 5], ['null', null, null], ['cipher without passphrase', pem, { ...pem8, cipher: 'aes-256-cbc' }], ['unknown cipher', pem, { ...pem8, cipher: 'nope', passphrase: 'x' }]])
  t('encoded ' + n, () => { const k = c.generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding }); return [k.publicKey, k.privateKey].map((x) => typeof x === 'string' ? x.split('\n')[0] : Buffer.isBuffer(x) ? 'bytes ' + x.length : x.constructor === Object ? Object.keys(x) : x.constructor.name) });
t('encoded rsa pkcs1', () => { const k = c.generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'pkcs1', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } }); return [k.publicKey.split('\n')[0], k.privateKey.split('\n')[0]] });
t('without callback', () => c.generateKeyPair('ec', { namedCurve: 'P-256' }));
await ta('later', () => new Promise((r) => c.generateKeyPair('ec', { namedCurve: 'P-256' }, (...a) => r([a.length, a[0], a[1].type, a[2].type]))));
await ta('later encoded', () => new Promise((r) => c.generateKeyPair('ed25519', { publicKeyEncoding: pem, privateKeyEncoding: pem8 }, (e, p, k) => r([e, p.split('\n')[0], k.split('\n')[0]]))));
await ta('later without options', () => new Promise((r) => c.generateKeyPair('ed25519', (e, p, k) => r([e, p.type, k.type]))));
await ta('promised', () => promisify(c.generateKeyPair)('ec', { namedCurve: 'P-256' }).then((k) => [Object.keys(k), k.publicKey.type, k.privateKey.type]));
for (const [type, o] of [['hmac', { length: 64 }], ['hmac', { length: 8 }], ['hmac', { length: 65 }], ['hmac', { length: 7 }], ['hmac', {}], ['hmac', undefined], ['aes', { length: 128 }], ['aes', { length: 192 }], ['aes', { length: 256 }], ['aes', { length: 100 }], ['aes', { length: '128' }], ['aes', {}], ['nope', { length: 128 }], [5, {}], ['hmac', { length: 2 ** 31 }]]) {
  t('key ' + show([type, o]), () => { const k = c.generateKeySync(type, o); return [k.type, k.symmetricKeySize] });
  t('key later ' + show([type, o]), () => c.generateKey(type, o, () => {}));
}
await ta('key promised', () => promisify(c.generateKey)('aes', { length: 128 }).then((k) => [k.type, k.symmetricKeySize]));
await ta('key by callback', () => new Promise((r) => c.generateKey('hmac', { length: 64 }, (e, k) => r([e, k.symmetricKeySize]))));
