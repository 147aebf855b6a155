const c = require('crypto');
const priv = c.createPrivateKey({ key: Buffer.from('MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDnR3JA3s2KUJFtol2ioSQWsrvnPBvLGD0FwRwVGMgwtuGhQWF6SzVJVYWw1ahEl3Z3/a+XrAQaL2L77UCLzn2hc0yN+Zd+YdNKNZR+iYTva9/1KFlhVNjGa/93PV8YgyYUObGCKHFSciw8Pngx+cbqh6awfH4sTRp0Ate/fBhyv2ZZNhpIfpqrl5+w8ZBOZuHhqdD1+Kl4R8Q7wo0gpOuLsL1fyiX56Wic/0N4eCED/1yKZrLu7oL4FTrkCYO6x/5CD13VDxqPOPjSxIvVO9Ez1GxRGJr1Ye6ednE6//mqVnGYsz01NmZAblPLbkNaLaQvVYxt1o8Ni8ChB3GfXxNlAgMBAAECggEABQVTchwkIPWyIod/F/P+qbQESXclUwzrDjeoZlhQP7id/CIAF0U61gu4yCNivXBUDojMmt1z/Vh4Ahtr1X9IJwzqmL1etn9UPSAd2Tb9DkXOx9k6mAohbyQ9MiAV0QOtt+F8OEs03lHt7z55iJVGkM+leiN879vNcnqfuEX//mfQd93/ad1XvznCR/Lm/aYU+e6d6J66D31tFIIy6LlBkKXxXc03J0Yz0uQTgEUbamacUP2EhDyBpW47YmvbLVhrDJhX0zBQwK2AHH5Qvq3xk7PbWy1DNXZPDIfylGOw90QGa3ICdUh3QrgWHThu02JoTHmhu3BPA6EYgh94mRVJ5QKBgQD9pYOUArqqDX1m+Kow9ydUs2d7q97e+WPPpKFIlyk2hyrd/Cv6VBUPnXGZrhVFC6iHYbrOFC9y9WbLvJnSmIWWSFO/C8fBfOEORNEgrplq62XYy5SRz6sc1J6L9ufFbtLhgwWAA0A9G3Mw/I0N6bcOfoc/XZOE+HtM2CxyhSuijwKBgQDpbM2PbQ8jiHFyb4o5J8Spw48GuRo7euRtvAzre6V/AZzRVxXraB6ei2GRi4PqfUtwjQVyUOAxGAsrj40znFQQlaRqv80DsxaNvrVhyIAR2VVyXAHfgwgL2jfURHc0uFSoA/GaoYLbNg92cmP3J5JKs+a5EnAPyploA3I0Us4UywKBgC5D7HYo8UdnYoJPxStdSY1HlA6Y0PQ25R/Q1aJaACh0CzumbZchkx3gCAKSIEsRz1GyX9KLGASOAowTALPLIkLBOpVUXsFKN/rUTpj5f/5ipZcfux/Fk16U4b6B8NCwYELGFVC+Rw9eXGqJBmmNQdig96Z1OR09/a+Mlr7kz4q9AoGAALgvIgQKCef/wYSKfoaa2pMZu8GSTSCh15y+xXMKHYwZuaN1E9asUXzIfjRZ4b0lIGGu5J1PM5eJYUb9/my67ZooeZPBxAMnTKSL1pNRobxzwPh7oP68ZZz0kxjq7SSsTiBE/F8HEjnmbk0H9dkPYF+RlHx0D/hl5KYuEe83Z2UCgYEAnil7qQmUDtqleSZjhh3pgDHgh33xJyEIgOY1Cq07r2BkyHRnJ0qgpY9zd/hit0uuo4QkzxzS7sjSOAQZdpEwcbWn52AudiEjbheopFByCN9eMjDabmVERTj76s6K23QGCO3v4qNjfxNfPrMdanGgkJn+o+cpYpVO7G7XBA2uCvo=', 'base64'), format: 'der', type: 'pkcs8' });
const pub = c.createPublicKey(priv);
const pem = (k) => k.export({ type: k.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' });
const m = Buffer.from('hello');
const { RSA_PKCS1_PADDING: P1, RSA_NO_PADDING: NO, RSA_PKCS1_OAEP_PADDING: OAEP, RSA_PKCS1_PSS_PADDING: PSS } = c.constants;
for (const o of [{}, { oaepHash: 'sha1' }, { oaepHash: 'sha256' }, { oaepHash: 'SHA512' }, { oaepHash: 'md5' }, { oaepHash: 'nope' }, { oaepHash: 5 }, { oaepLabel: Buffer.from('l') }, { oaepLabel: 'l' }, { oaepLabel: 5 }, { oaepHash: 'sha256', oaepLabel: new Uint8Array(3) }, { padding: OAEP }, { padding: P1 }, { padding: NO }, { padding: PSS }, { padding: 99 }, { padding: '4' }]) {
  t('encrypt ' + show(o), () => { const x = c.publicEncrypt({ key: pub, ...o }, m); return [x.length, c.privateDecrypt({ key: priv, ...o }, x).toString()] });
  t('private encrypt ' + show(o), () => { const x = c.privateEncrypt({ key: priv, ...o }, m); return [x.toString('hex'), c.publicDecrypt({ key: pub, ...o }, x).toString()] });
}
t('with private key', () => c.privateDecrypt(priv, c.publicEncrypt(priv, m)).toString());
t('with pem', () => c.privateDecrypt(pem(priv), c.publicEncrypt(pem(pub), m)).toString());
t('with bytes', () => c.privateDecrypt(Buffer.from(pem(priv)), c.publicEncrypt(Buffer.from(pem(pub)), m)).toString());
t('public decrypt with private', () => c.publicDecrypt(priv, c.privateEncrypt(priv, m)).toString());
t('private decrypt with public', () => c.privateDecrypt(pub, Buffer.alloc(256)));
t('private encrypt with public', () => c.privateEncrypt(pub, m));
t('no padding', () => { const x = c.publicEncrypt({ key: pub, padding: NO }, Buffer.alloc(256, 1)); return [x.toString('hex').slice(0, 20), c.privateDecrypt({ key: priv, padding: NO }, x).equals(Buffer.alloc(256, 1))] });
t('empty', () => c.privateDecrypt(priv, c.publicEncrypt(pub, Buffer.alloc(0))).length);
for (const n of [190, 214, 215, 245, 246, 256]) { t('oaep of ' + n, () => c.privateDecrypt(priv, c.publicEncrypt(pub, Buffer.alloc(n))).length); t('pkcs1 of ' + n, () => c.publicEncrypt({ key: pub, padding: P1 }, Buffer.alloc(n)).length); t('private pkcs1 of ' + n, () => c.privateEncrypt(priv, Buffer.alloc(n)).length) }
t('changed', () => { const x = c.publicEncrypt(pub, m); x[255] ^= 1; return c.privateDecrypt(priv, x) });
t('other hash', () => c.privateDecrypt({ key: priv, oaepHash: 'sha256' }, c.publicEncrypt(pub, m)));
t('other label', () => c.privateDecrypt({ key: priv, oaepLabel: Buffer.from('a') }, c.publicEncrypt(pub, m)));
t('short', () => c.privateDecrypt(priv, Buffer.alloc(5)));
t('long', () => c.privateDecrypt(priv, Buffer.alloc(257)));
t('public decrypt garbage', () => c.publicDecrypt(pub, Buffer.alloc(256, 1)));
for (const v of ['hello', undefined, null, 5, {}, new ArrayBuffer(2), new Uint16Array(2)]) { t('data ' + show(v), () => c.publicEncrypt(pub, v).length); t('key ' + show(v), () => c.publicEncrypt(v, m)); t('private key ' + show(v), () => c.privateDecrypt(v, m)) }
t('text with encoding', () => c.privateDecrypt(priv, c.publicEncrypt({ key: pub, encoding: 'hex' }, '6162')).toString());
t('decrypt of text', () => c.privateDecrypt({ key: priv, encoding: 'base64' }, c.publicEncrypt(pub, m).toString('base64')).toString());
t('ec key', () => c.publicEncrypt('-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----', m));
t('constants', () => ({ ...c.constants, OPENSSL_VERSION_NUMBER: typeof c.constants.OPENSSL_VERSION_NUMBER }));
t('constant', () => { c.constants.RSA_PKCS1_PADDING = 5; return c.constants.RSA_PKCS1_PADDING });
t('module', () => Object.keys(c).sort());
for (const n of Object.keys(c).filter((k) => typeof c[k] === 'function' && !/^get(Ciphers|Curves|Hashes)$/.test(k)).sort()) t('function ' + n, () => [c[n].name, c[n].length]);
t('fips', () => [c.getFips(), c.fips]);
t('defaults', () => [c.DEFAULT_ENCODING, typeof c.secureHeapUsed, typeof c.setEngine]);
