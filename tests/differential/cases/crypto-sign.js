const c = require('crypto');
const K = { rsa: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDnR3JA3s2KUJFtol2ioSQWsrvnPBvLGD0FwRwVGMgwtuGhQWF6SzVJVYWw1ahEl3Z3/a+XrAQaL2L77UCLzn2hc0yN+Zd+YdNKNZR+iYTva9/1KFlhVNjGa/93PV8YgyYUObGCKHFSciw8Pngx+cbqh6awfH4sTRp0Ate/fBhyv2ZZNhpIfpqrl5+w8ZBOZuHhqdD1+Kl4R8Q7wo0gpOuLsL1fyiX56Wic/0N4eCED/1yKZrLu7oL4FTrkCYO6x/5CD13VDxqPOPjSxIvVO9Ez1GxRGJr1Ye6ednE6//mqVnGYsz01NmZAblPLbkNaLaQvVYxt1o8Ni8ChB3GfXxNlAgMBAAECggEABQVTchwkIPWyIod/F/P+qbQESXclUwzrDjeoZlhQP7id/CIAF0U61gu4yCNivXBUDojMmt1z/Vh4Ahtr1X9IJwzqmL1etn9UPSAd2Tb9DkXOx9k6mAohbyQ9MiAV0QOtt+F8OEs03lHt7z55iJVGkM+leiN879vNcnqfuEX//mfQd93/ad1XvznCR/Lm/aYU+e6d6J66D31tFIIy6LlBkKXxXc03J0Yz0uQTgEUbamacUP2EhDyBpW47YmvbLVhrDJhX0zBQwK2AHH5Qvq3xk7PbWy1DNXZPDIfylGOw90QGa3ICdUh3QrgWHThu02JoTHmhu3BPA6EYgh94mRVJ5QKBgQD9pYOUArqqDX1m+Kow9ydUs2d7q97e+WPPpKFIlyk2hyrd/Cv6VBUPnXGZrhVFC6iHYbrOFC9y9WbLvJnSmIWWSFO/C8fBfOEORNEgrplq62XYy5SRz6sc1J6L9ufFbtLhgwWAA0A9G3Mw/I0N6bcOfoc/XZOE+HtM2CxyhSuijwKBgQDpbM2PbQ8jiHFyb4o5J8Spw48GuRo7euRtvAzre6V/AZzRVxXraB6ei2GRi4PqfUtwjQVyUOAxGAsrj40znFQQlaRqv80DsxaNvrVhyIAR2VVyXAHfgwgL2jfURHc0uFSoA/GaoYLbNg92cmP3J5JKs+a5EnAPyploA3I0Us4UywKBgC5D7HYo8UdnYoJPxStdSY1HlA6Y0PQ25R/Q1aJaACh0CzumbZchkx3gCAKSIEsRz1GyX9KLGASOAowTALPLIkLBOpVUXsFKN/rUTpj5f/5ipZcfux/Fk16U4b6B8NCwYELGFVC+Rw9eXGqJBmmNQdig96Z1OR09/a+Mlr7kz4q9AoGAALgvIgQKCef/wYSKfoaa2pMZu8GSTSCh15y+xXMKHYwZuaN1E9asUXzIfjRZ4b0lIGGu5J1PM5eJYUb9/my67ZooeZPBxAMnTKSL1pNRobxzwPh7oP68ZZz0kxjq7SSsTiBE/F8HEjnmbk0H9dkPYF+RlHx0D/hl5KYuEe83Z2UCgYEAnil7qQmUDtqleSZjhh3pgDHgh33xJyEIgOY1Cq07r2BkyHRnJ0qgpY9zd/hit0uuo4QkzxzS7sjSOAQZdpEwcbWn52AudiEjbheopFByCN9eMjDabmVERTj76s6K23QGCO3v4qNjfxNfPrMdanGgkJn+o+cpYpVO7G7XBA2uCvo=', pss: 'MIIE8QIBADBBBgkqhkiG9w0BAQowNKAPMA0GCWCGSAFlAwQCAQUAoRwwGgYJKoZIhvcNAQEIMA0GCWCGSAFlAwQCAQUAogMCASAEggSnMIIEowIBAAKCAQEA6ERNQIsDtWo6xNqeYYeXNQ1FOFXrqO1QG+/fx+F0FykTMe/Fb/rxD+DnaN1tC1K9aljcCmR4URwyNUen/oqxj3hCLP3cJ07+nM2twmniAg7OO94bzkuv769vZ/ULKYhF5tDs6SDEpUhdGR2yXuzKL3gHjVlK7bQnnzfgc8NAq4uws6LNoleHcBHNhl+kgiIPGcHmpjxGveEycJ/HX47pUqgrVQ/kW9ADui3VVzn0Aeic5Yzin6VJYWu6iKxW4rx6p2AGRuU415ft5LO0/NyoKODvAfab/Gi+ah7xPTFj/19inqJcNNeDbpJbTf1b3AI3wkMXGU5jeoREf3EkU0DknwIDAQABAoIBAEONLdyiMbNvEGWVYa/i5AbBc8rVLmNklcJySubSutVLlHIXFpihZr/j/NmiYKcE6uMFsgVxwA5zAWU+kGz3AHpGExULxh5GmsWXCjy7V8iabr+5suOWXrZ6kw+slJEBObdON0D8T0T03WLDIM/71TfmFGg3OpQUq9tiQGzasjHRsny4RzI7/br3NeJ6cF0qhzgNyN+hMHQSCQHLa20ZJGJPCbhYJ0qcSSXOxpe+A9LyV/64cLFyUvG+AVUz7nfT33B/Oz5zckpJJiIS/MD9+uKurf5/C7eK/c/V5jg5BWnSuAPig1VeM0sVMj/8SsyrL7Pu+wXL6MQWbpVLDRyCfpECgYEA9Q/fKyIj9bIuzTkb+F5OKxkwWwIa+35lSiLplN8VX+QM5Ezx90cc6GYJImkg6I6yculG6tnUnBx/evq3ABKf5h7TXIDcd5JM8nVuGNn1r35z+zvqioDH+J2jC2GkQqFFL6YkOYq8Hst7wdQIB6PwDzkuRZA+GRcWi4uV2OV2YQ8CgYEA8qI6wTQld6HzgoFbyHUnQgR9hV0DM2sFPoaPHfc64cEiRW9cr9vz9hA3r1SRTCyVNWvHFJcb4MTp19aTZgiM7R5nEtIvxncfVujd+rC1nUeSuyWBwPvIdMyaHeBXx+m9521VqI1bkFnUWNgphj/tnwqj5FXAcWROQGTEvtOVI3ECgYBbCWxkP6iQK4NLZb3IRHBRfmgCRwPzDX9fTRzs2vq7xqIrZZI1xEsu4kjeaaN6ARi1q4dW01kyLTwGWYEGG+UevbDTGmPMX6MKJymhPccRTK6VVCrLDRA8gYMCRWGaBwMGsneekLVV003EMZpSDEqvvRQ9b1pCQ9tyN4aRLp0NbQKBgDNjGH6CxMypiCFDtGSoK0BYIx1zrZHeQKYVaYo3KklV1iROiZrVQr4CgUio6HzxlEhUIz3BIy5fhgcoct9RQEeYAMyDp4qpAAIwH5NQiaZd2j24m9p7eOED1EAvm2fDoWy6Q0IHbjUMUWTfoyvDrlfYsQ1S/AcH72rD7MddmGCBAoGBANgpjM1/kJkTOjv3qzjhGUC9IDSFKr8Zp4yWKmf4FOeqHdlM1XwZ2iNIZUawLlxHmn4lsjckEFQD+JA80IaymSm5O+jdw/pAH2ZOocRIenazyKD181OKvytjNcdwOb332TK7dId/kyyZI1sYhetW93jtrLBvIfGFJIa54O3X+fT+', p256: 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmdcTeJV+/Qd46F4yV+WuhAalVXOj5OBSklWcDtMHcX+hRANCAARgr08ryTRc606/pRhPzb95aNG0KYXIhTJ/zt4I/AX7K3VPknqKpVhOcuAXy3HW0q8Dab2VKN6fYnEGQveJAReU', p384: 'MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA6ba9OG/Ka6sKeDr5nt4bCOiOKInVtCqpPoLuVVdA7qD5qmQJuVJAEF39wsQSDQ1ChZANiAAQDCrEJFMA+lvJE0wivt081uXmVuaRVHGNIz6qd8reyLcP9DpOupoW/Q85BnHXXBUB0fjfHxSZSaWl52gIJqjxv7DuaxmnALHAi4hxXgrMrJjjgFmX+bMsnV9fFQTZ4DDA=', p521: 'MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBWnImGv1af6bWi27n9BOfYDy2hLuzoREceHitDjADYtW5UAtoO7d5N0kFs7jrR1FIQcWXP8JgPoJiNnpsfGQKu8ihgYkDgYYABABegpXvPf8b9ES31vNdGE6dSd0nsUsfO0Zt7FXhy6iSwmBDpzlrpOEdvSf/exfDNhaL0D9dZHHww81EMQF7zpOROACXdMxKOv1DHpu+2ZJrkcYw+h3L+1LK5qtTkdDpqgpIMvyKA8SNQW3hjczk348lzL9RmLJMk1A2liBzYIU7AzpA+w==', k256: 'MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgqgg1JrF4uTfENgJZDLaehdD1o3VHRrn4WyIOVzAGAFihRANCAATWzPJxFGJt5GLgnUjwRQAFEh4G5gBVXji9rt+cUAHtWY8uT8zQulhzHzoPM5kOWAznKa28oclyPIWIHMPAPV10', ed25519: 'MC4CAQAwBQYDK2VwBCIEIK8XBLlYBSR36cvkcc/zzZNX7V1OSIW+hB1sZErGDNfI', x25519: 'MC4CAQAwBQYDK2VuBCIEIHCHaoX/5zzciByw2IQfbjhRR0/b4bUeOOH/XylwtzVg' };
const priv = {};
const pub = {};
for (const [n, b] of Object.entries(K)) try { priv[n] = c.createPrivateKey({ key: Buffer.from(b, 'base64'), format: 'der', type: 'pkcs8' }); pub[n] = c.createPublicKey(priv[n]) } catch (e) { console.log(n + ' ' + e.message) }
const pem = (k) => k.export({ type: k.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' });
const m = Buffer.from('message');
const { RSA_PKCS1_PSS_PADDING: PSS, RSA_PSS_SALTLEN_DIGEST: D, RSA_PSS_SALTLEN_MAX_SIGN: M, RSA_PSS_SALTLEN_AUTO: A, RSA_PKCS1_PADDING: P1, RSA_NO_PADDING: NO, RSA_PKCS1_OAEP_PADDING: OAEP } = c.constants;
const hashes = ['md5', 'sha1', 'sha224', 'sha256', 'SHA256', 'RSA-SHA256', 'sha384', 'sha512', 'RSA-SHA512', 'sha512-256', 'sha3-256', 'ripemd160', 'blake2b512', 'nope', 'shake128', undefined, null];
for (const n of Object.keys(K)) for (const h of hashes) t('sign ' + n + ' ' + h, () => {
  const s = c.sign(h, m, priv[n]);
  const fixed = n === 'rsa' || n === 'ed25519';
  return [fixed ? c.createHash('md5').update(s).digest('hex') : n === 'pss' ? s.length : s[0], c.verify(h, m, pub[n], s), c.verify(h, Buffer.from('messagX'), pub[n], s), c.verify(h, m, priv[n], s)];
});
const ways = { 'pss digest': ['rsa', 'sha256', { padding: PSS, saltLength: D }], 'pss max': ['rsa', 'sha256', { padding: PSS, saltLength: M }], 'pss default': ['rsa', 'sha256', { padding: PSS }], 'pss 0': ['rsa', 'sha256', { padding: PSS, saltLength: 0 }], 'pss 20': ['rsa', 'sha512', { padding: PSS, saltLength: 20 }], 'pss 999': ['rsa', 'sha256', { padding: PSS, saltLength: 999 }], 'pss 1.5': ['rsa', 'sha256', { padding: PSS, saltLength: 1.5 }], 'pss text': ['rsa', 'sha256', { padding: PSS, saltLength: '32' }], 'pkcs1': ['rsa', 'sha256', { padding: P1 }], 'pkcs1 with salt': ['rsa', 'sha256', { padding: P1, saltLength: 20 }], 'no padding': ['rsa', 'sha256', { padding: NO }], 'oaep': ['rsa', 'sha256', { padding: OAEP }], 'padding 99': ['rsa', 'sha256', { padding: 99 }], 'padding text': ['rsa', 'sha256', { padding: '1' }],
  'p1363 256': ['p256', 'sha256', { dsaEncoding: 'ieee-p1363' }], 'p1363 384': ['p384', 'sha384', { dsaEncoding: 'ieee-p1363' }], 'p1363 521': ['p521', 'sha512', { dsaEncoding: 'ieee-p1363' }], 'p1363 k': ['k256', 'sha256', { dsaEncoding: 'ieee-p1363' }], 'der': ['p256', 'sha256', { dsaEncoding: 'der' }], 'bad encoding': ['p256', 'sha256', { dsaEncoding: 'nope' }], 'encoding 5': ['p256', 'sha256', { dsaEncoding: 5 }], 'p1363 of rsa': ['rsa', 'sha256', { dsaEncoding: 'ieee-p1363' }], 'p1363 of ed': ['ed25519', null, { dsaEncoding: 'ieee-p1363' }], 'pss of ec': ['p256', 'sha256', { padding: PSS }], 'pss key other hash': ['pss', 'sha512', {}], 'pss key own hash': ['pss', 'sha256', {}], 'pss key short salt': ['pss', 'sha256', { saltLength: 20 }], 'pss key pkcs1': ['pss', 'sha256', { padding: P1 }], 'pss key long salt': ['pss', 'sha256', { saltLength: 64 }] };
for (const [n, [k, h, o]] of Object.entries(ways)) {
  t(n, () => { const s = c.sign(h, m, { key: priv[k], ...o }); return [o.dsaEncoding === 'ieee-p1363' || k === 'rsa' || k === 'pss' ? s.length : typeof s.length, c.verify(h, m, { key: pub[k], ...o }, s), c.verify(h, Buffer.from('other'), { key: pub[k], ...o }, s)] });
  t(n + ' by classes', () => { const s = c.createSign(h).update('mes').update(Buffer.from('sage')).sign({ key: pem(priv[k]), ...o }); return [c.createVerify(h).update('message').verify({ key: pem(pub[k]), ...o }, s), c.createVerify(h).update('messagX').verify({ key: pem(pub[k]), ...o }, s)] });
}
t('pss salts', () => [[32, 32], [32, D], [20, 32], [32, undefined], [20, A], [M, A], [0, A], [M, D]].map(([a, b]) => c.verify('sha256', m, { key: pub.rsa, padding: PSS, saltLength: b }, c.sign('sha256', m, { key: priv.rsa, padding: PSS, saltLength: a }))));
t('pss with pkcs1', () => c.verify('sha256', m, pub.rsa, c.sign('sha256', m, { key: priv.rsa, padding: PSS })));
t('other hash', () => c.verify('sha512', m, pub.rsa, c.sign('sha256', m, priv.rsa)));
t('der and p1363', () => c.verify('sha256', m, { key: pub.p256, dsaEncoding: 'ieee-p1363' }, c.sign('sha256', m, priv.p256)));
t('other key', () => [c.verify('sha256', m, pub.p384, c.sign('sha256', m, priv.p256)), c.verify('sha256', m, pub.rsa, c.sign('sha256', m, priv.p256)), c.verify(null, m, pub.ed25519, Buffer.alloc(64))]);
for (const n of Object.keys(K)) for (const s of [Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(64), Buffer.alloc(256, 1), Buffer.alloc(300)]) t('garbage ' + n + ' ' + s.length, () => [c.verify(n === 'ed25519' ? null : 'sha256', m, pub[n], s), c.createVerify('sha256').update(m).verify(pub[n], s)]);
for (const s of [Buffer.alloc(63), Buffer.alloc(64), Buffer.alloc(65)]) t('garbage p1363 ' + s.length, () => c.verify('sha256', m, { key: pub.p256, dsaEncoding: 'ieee-p1363' }, s));
for (const v of ['message', undefined, null, 5, {}, new Uint8Array([1]), new ArrayBuffer(2), new DataView(new ArrayBuffer(2))]) {
  t('sign data ' + show(v), () => c.sign('sha256', v, priv.rsa).length);
  t('verify data ' + show(v), () => c.verify('sha256', v, pub.rsa, Buffer.alloc(256)));
  t('verify signature ' + show(v), () => c.verify('sha256', m, pub.rsa, v));
  t('update ' + show(v), () => c.createSign('sha256').update(v).sign(priv.rsa).length);
  t('Verify signature ' + show(v), () => c.createVerify('sha256').update(m).verify(pub.rsa, v));
  t('sign key ' + show(v), () => c.sign('sha256', m, v));
  t('verify key ' + show(v), () => c.verify('sha256', m, v, Buffer.alloc(5)));
  t('Sign key ' + show(v), () => c.createSign('sha256').update(m).sign(v));
  t('Verify key ' + show(v), () => c.createVerify('sha256').update(m).verify(v, Buffer.alloc(5)));
}
for (const v of ['nope', '', undefined, null, 5, {}]) { t('createSign ' + show(v), () => c.createSign(v)); t('createVerify ' + show(v), () => c.createVerify(v)); t('sign by ' + show(v), () => c.sign(v, m, priv.rsa).length); t('verify by ' + show(v), () => c.verify(v, m, pub.rsa, Buffer.alloc(256))) }
t('sign with public', () => c.sign('sha256', m, pub.rsa));
t('Sign with public', () => c.createSign('sha256').update(m).sign(pub.rsa));
t('sign with public pem', () => c.sign('sha256', m, pem(pub.rsa)));
t('sign with secret', () => c.sign('sha256', m, c.createSecretKey(Buffer.from('a'))));
t('verify with secret', () => c.verify('sha256', m, c.createSecretKey(Buffer.from('a')), Buffer.alloc(2)));
t('verify with text secret', () => c.verify('sha256', m, 'secret', Buffer.alloc(2)));
t('sign with x25519', () => c.sign(null, m, priv.x25519));
t('ed25519 with hash', () => c.sign('sha512', m, priv.ed25519));
t('ed25519 by class', () => c.createSign('sha512').update(m).sign(priv.ed25519));
t('ed25519 verify by class', () => c.createVerify('sha512').update(m).verify(pub.ed25519, Buffer.alloc(64)));
t('ed25519 is fixed', () => c.sign(null, m, priv.ed25519).toString('hex'));
t('ed25519 of rfc8032', () => { const k = c.createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, format: 'jwk' }); return c.sign(undefined, Buffer.alloc(0), k).toString('hex') });
t('key as jwk', () => c.verify('sha256', m, { key: pub.p256.export({ format: 'jwk' }), format: 'jwk' }, c.sign('sha256', m, { key: priv.p256.export({ format: 'jwk' }), format: 'jwk' })));
t('key as der', () => c.verify('sha256', m, { key: pub.p256.export({ type: 'spki', format: 'der' }), format: 'der', type: 'spki' }, c.sign('sha256', m, { key: priv.p256.export({ type: 'sec1', format: 'der' }), format: 'der', type: 'sec1' })));
t('key encrypted', () => c.verify('sha256', m, pub.p256, c.sign('sha256', m, { key: priv.p256.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }), passphrase: 'x' })));
t('key as bytes', () => c.verify('sha256', m, Buffer.from(pem(pub.p256)), c.sign('sha256', m, Buffer.from(pem(priv.p256)))));
t('verify with certificate', () => { const cert = `-----BEGIN CERTIFICATE-----
MIIEEDCCAvigAwIBAgIUP9AIUy6tkvE95oPGHDvVJp0+IbYwDQYJKoZIhvcNAQEL
BQAwVzELMAkGA1UEBhMCREUxFjAUBgNVBAoMDUV4YW1wbGUgIkluYyIxGjAYBgNV
BAMMEWxvZ2luLmV4YW1wbGUuY29tMRQwEgYJKoZIhvcNAQkBFgVhQGIuYzAeFw0y
NjExMjcwODMzNTVaFw0zNjExMjQwODMzNTVaMFcxCzAJBgNVBAYTAkRFMRYwFAYD
VQQKDA1FeGFtcGxlICJJbmMiMRowGAYDVQQDDBFsb2dpbi5leGFtcGxlLmNvbTEU
MBIGCSqGSIb3DQEJARYFYUBiLmMwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQDnR3JA3s2KUJFtol2ioSQWsrvnPBvLGD0FwRwVGMgwtuGhQWF6SzVJVYWw
1ahEl3Z3/a+XrAQaL2L77UCLzn2hc0yN+Zd+YdNKNZR+iYTva9/1KFlhVNjGa/93
PV8YgyYUObGCKHFSciw8Pngx+cbqh6awfH4sTRp0Ate/fBhyv2ZZNhpIfpqrl5+w
8ZBOZuHhqdD1+Kl4R8Q7wo0gpOuLsL1fyiX56Wic/0N4eCED/1yKZrLu7oL4FTrk
CYO6x/5CD13VDxqPOPjSxIvVO9Ez1GxRGJr1Ye6ednE6//mqVnGYsz01NmZAblPL
bkNaLaQvVYxt1o8Ni8ChB3GfXxNlAgMBAAGjgdMwgdAwHQYDVR0OBBYEFKMa/ZC4
xNybzseGtL0QetajCfS2MB8GA1UdIwQYMBaAFKMa/ZC4xNybzseGtL0QetajCfS2
MA8GA1UdEwEB/wQFMAMBAf8wUQYDVR0RBEowSIIRbG9naW4uZXhhbXBsZS5jb22C
ByoueC5vcmeHBAoAAAGHEAAAAAAAAAAAAAAAAAAAAAGGC2h0dHBzOi8vYS9igQVh
QGIuYzALBgNVHQ8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMC
MA0GCSqGSIb3DQEBCwUAA4IBAQC4dWYMDn7FVOBpccsSrp0tUfS7PHLpQ8d9k/Ay
heIYEt5RobM0VBZ6bu8TbewCZWBQ38Z8co9A2dWKCODIs9TvS5VMsS4L5f0O/gj6
u2YJWd0RhSB8fN/QLN4UTh8T7/A/9hdGINbD+S3j0Pd5JYhUAYuWU2WqOcKwHHPR
e6YbvrHPlFhvqTVmPXnZVGpE2cRIPsRKC6Ol1SNj4DnXiZUfZlbskpYvtYmSdxOo
WZkR7VddL1/oJ3nhj1SucZH9DeEumTzbXRRhLFk8N6hQ6IZBwTqG4owLzMMvOG0P
GycY0aDOyvhYPru3p0Q6zlxVZRVietEeNNvlS01O3mIrezGT
-----END CERTIFICATE-----
`; return c.verify('sha256', m, cert, c.sign('sha256', m, priv.rsa)) });
for (const e of ['hex', 'base64', 'base64url', 'latin1', 'binary', 'buffer', undefined, null, 'nope']) t('signature as ' + e, () => { const s = c.createSign('sha256').update(m).sign(priv.rsa, e); return [typeof s, s.length, c.createVerify('sha256').update(m).verify(pub.rsa, s, e)] });
t('sign twice', () => { const s = c.createSign('sha256').update(m); s.sign(priv.rsa); return s.sign(priv.rsa).length });
t('update after sign', () => { const s = c.createSign('sha256').update(m); s.sign(priv.rsa); s.update('x') });
t('verify twice', () => { const v = c.createVerify('sha256').update(m); v.verify(pub.rsa, Buffer.alloc(256)); return v.verify(pub.rsa, Buffer.alloc(256)) });
t('update with encoding', () => c.createVerify('sha256').update('6d657373616765', 'hex').verify(pub.rsa, c.sign('sha256', m, priv.rsa)));
t('update returns', () => { const s = c.createSign('sha256'); return s.update('a') === s });
t('write and end', () => { const s = c.createSign('sha256'); s.write('mes'); s.end('sage'); const v = c.createVerify('sha256'); v.write('message'); v.end(); return v.verify(pub.rsa, s.sign(priv.rsa)) });
t('classes', () => [c.createSign('sha256').constructor.name, c.createVerify('sha256').constructor.name, c.createSign('sha256') instanceof c.Sign, c.Verify('sha256') instanceof c.Verify, typeof c.createSign('sha256').on]);
await ta('sign later', () => new Promise((r) => c.sign('sha256', m, priv.rsa, (e, s) => r([e, s.length]))));
await ta('verify later', () => new Promise((r) => c.verify('sha256', m, pub.rsa, c.sign('sha256', m, priv.rsa), (e, ok) => r([e, ok]))));
await ta('sign promised', () => require('util').promisify(c.sign)('sha256', m, priv.p256).then((s) => typeof s.length));
t('sign with bad callback', () => c.sign('sha256', m, priv.rsa, 5));
t('sign with null callback', () => c.sign('sha256', m, priv.rsa, null).length);
