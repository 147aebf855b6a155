const c = require('crypto');
const { inspect } = require('util');
const K = { rsa: 'MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAPwu3Pah2zNQ728jTFe6PsvBn9mZ2gSj9Wk478xpIAIX8bBw4DLGb4ATE2QTjjP5rxm6M8oSvlHaoQ6z0BlzZkAP1rloqI9w3uhYiMPIzkzL5odReO2khzDK1u1G4o2vx8/FkK3M94eqRNx1vgNP16SDiLAmeBLNJ97j2kOj0NxXAgMBAAECgYEAnbZJJk0PI0aolx7CLdMiVpde+t1HBcPsRMQA5BuSkvyagDf3XonPTY+gfuPj+QlbwoE6xlN2hwZt1x4JNQGAna36C+2vRG5fiIBIujSG4Z/Mn7t8uNIYXYmUJK4yzmmpxFs4hjdH8m00J9dQG6h/CrSxQznVz4GP5OWlBbWuHaECQQD/nuSAsFXSZ3nZfaf8nkHWByyVIha44QmtzhIttjwf+dGnqld4ebRkBLm9K4ogN2mBZfJqECkgew8FAy6tyOmPAkEA/I6qJb95DlVPcS6YcrmkW9svXM88dqQRo9BD4TMJF6E7wk1prnVYUf1L6SEQdhOphwBmpZn1y7WHUcSJAgysuQJBANFPqow12BCR6pTM7+FLNV2sQjVb1H9Oxj4rn3cO4ezNA3/nW/iqr6u2suDT5ia7OQlcEUQIN6UBHytbj7195sECQQCrp09vro7ZthPzikblGtXh9LxhKR0gSe0PWNr58dUJMXXLXxAoGet4dl8kyWtFxaFgd15MybKszOl3Isw4D2NJAkBbze99FCTLJ/20UmjapR2VXywUipxnloYToHbrO+SMDnbYOACbOCWujMvAFW+8NIESeUbO2PChNgNN/GxIhmin', pss: 'MIIE8QIBADBBBgkqhkiG9w0BAQowNKAPMA0GCWCGSAFlAwQCAQUAoRwwGgYJKoZIhvcNAQEIMA0GCWCGSAFlAwQCAQUAogMCASAEggSnMIIEowIBAAKCAQEA6ERNQIsDtWo6xNqeYYeXNQ1FOFXrqO1QG+/fx+F0FykTMe/Fb/rxD+DnaN1tC1K9aljcCmR4URwyNUen/oqxj3hCLP3cJ07+nM2twmniAg7OO94bzkuv769vZ/ULKYhF5tDs6SDEpUhdGR2yXuzKL3gHjVlK7bQnnzfgc8NAq4uws6LNoleHcBHNhl+kgiIPGcHmpjxGveEycJ/HX47pUqgrVQ/kW9ADui3VVzn0Aeic5Yzin6VJYWu6iKxW4rx6p2AGRuU415ft5LO0/NyoKODvAfab/Gi+ah7xPTFj/19inqJcNNeDbpJbTf1b3AI3wkMXGU5jeoREf3EkU0DknwIDAQABAoIBAEONLdyiMbNvEGWVYa/i5AbBc8rVLmNklcJySubSutVLlHIXFpihZr/j/NmiYKcE6uMFsgVxwA5zAWU+kGz3AHpGExULxh5GmsWXCjy7V8iabr+5suOWXrZ6kw+slJEBObdON0D8T0T03WLDIM/71TfmFGg3OpQUq9tiQGzasjHRsny4RzI7/br3NeJ6cF0qhzgNyN+hMHQSCQHLa20ZJGJPCbhYJ0qcSSXOxpe+A9LyV/64cLFyUvG+AVUz7nfT33B/Oz5zckpJJiIS/MD9+uKurf5/C7eK/c/V5jg5BWnSuAPig1VeM0sVMj/8SsyrL7Pu+wXL6MQWbpVLDRyCfpECgYEA9Q/fKyIj9bIuzTkb+F5OKxkwWwIa+35lSiLplN8VX+QM5Ezx90cc6GYJImkg6I6yculG6tnUnBx/evq3ABKf5h7TXIDcd5JM8nVuGNn1r35z+zvqioDH+J2jC2GkQqFFL6YkOYq8Hst7wdQIB6PwDzkuRZA+GRcWi4uV2OV2YQ8CgYEA8qI6wTQld6HzgoFbyHUnQgR9hV0DM2sFPoaPHfc64cEiRW9cr9vz9hA3r1SRTCyVNWvHFJcb4MTp19aTZgiM7R5nEtIvxncfVujd+rC1nUeSuyWBwPvIdMyaHeBXx+m9521VqI1bkFnUWNgphj/tnwqj5FXAcWROQGTEvtOVI3ECgYBbCWxkP6iQK4NLZb3IRHBRfmgCRwPzDX9fTRzs2vq7xqIrZZI1xEsu4kjeaaN6ARi1q4dW01kyLTwGWYEGG+UevbDTGmPMX6MKJymhPccRTK6VVCrLDRA8gYMCRWGaBwMGsneekLVV003EMZpSDEqvvRQ9b1pCQ9tyN4aRLp0NbQKBgDNjGH6CxMypiCFDtGSoK0BYIx1zrZHeQKYVaYo3KklV1iROiZrVQr4CgUio6HzxlEhUIz3BIy5fhgcoct9RQEeYAMyDp4qpAAIwH5NQiaZd2j24m9p7eOED1EAvm2fDoWy6Q0IHbjUMUWTfoyvDrlfYsQ1S/AcH72rD7MddmGCBAoGBANgpjM1/kJkTOjv3qzjhGUC9IDSFKr8Zp4yWKmf4FOeqHdlM1XwZ2iNIZUawLlxHmn4lsjckEFQD+JA80IaymSm5O+jdw/pAH2ZOocRIenazyKD181OKvytjNcdwOb332TK7dId/kyyZI1sYhetW93jtrLBvIfGFJIa54O3X+fT+', p256: 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmdcTeJV+/Qd46F4yV+WuhAalVXOj5OBSklWcDtMHcX+hRANCAARgr08ryTRc606/pRhPzb95aNG0KYXIhTJ/zt4I/AX7K3VPknqKpVhOcuAXy3HW0q8Dab2VKN6fYnEGQveJAReU', p384: 'MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA6ba9OG/Ka6sKeDr5nt4bCOiOKInVtCqpPoLuVVdA7qD5qmQJuVJAEF39wsQSDQ1ChZANiAAQDCrEJFMA+lvJE0wivt081uXmVuaRVHGNIz6qd8reyLcP9DpOupoW/Q85BnHXXBUB0fjfHxSZSaWl52gIJqjxv7DuaxmnALHAi4hxXgrMrJjjgFmX+bMsnV9fFQTZ4DDA=', p521: 'MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBWnImGv1af6bWi27n9BOfYDy2hLuzoREceHitDjADYtW5UAtoO7d5N0kFs7jrR1FIQcWXP8JgPoJiNnpsfGQKu8ihgYkDgYYABABegpXvPf8b9ES31vNdGE6dSd0nsUsfO0Zt7FXhy6iSwmBDpzlrpOEdvSf/exfDNhaL0D9dZHHww81EMQF7zpOROACXdMxKOv1DHpu+2ZJrkcYw+h3L+1LK5qtTkdDpqgpIMvyKA8SNQW3hjczk348lzL9RmLJMk1A2liBzYIU7AzpA+w==', k256: 'MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgqgg1JrF4uTfENgJZDLaehdD1o3VHRrn4WyIOVzAGAFihRANCAATWzPJxFGJt5GLgnUjwRQAFEh4G5gBVXji9rt+cUAHtWY8uT8zQulhzHzoPM5kOWAznKa28oclyPIWIHMPAPV10', ed25519: 'MC4CAQAwBQYDK2VwBCIEIK8XBLlYBSR36cvkcc/zzZNX7V1OSIW+hB1sZErGDNfI', x25519: 'MC4CAQAwBQYDK2VuBCIEIHCHaoX/5zzciByw2IQfbjhRR0/b4bUeOOH/XylwtzVg' };
const md5 = (v) => c.createHash('md5').update(v).digest('hex').slice(0, 8);
const priv = {};
const pub = {};
for (const [n, b] of Object.entries(K)) try { priv[n] = c.createPrivateKey({ key: Buffer.from(b, 'base64'), format: 'der', type: 'pkcs8' }); pub[n] = c.createPublicKey(priv[n]) } catch (e) { console.log(n + ' ' + e.message) }
const pem = '-----BEGIN PRIVATE KEY-----\n' + K.p256.match(/.{1,64}/g).join('\n') + '\n-----END PRIVATE KEY-----\n';
const pubPem = (() => { try { return c.createPublicKey(pem).export({ type: 'spki', format: 'pem' }) } catch { return '' } })();
for (const [n, v] of Object.entries({ crlf: pem.replaceAll('\n', '\r\n'), 'no last line': pem.trim(), 'one line': '-----BEGIN PRIVATE KEY-----\n' + K.p256 + '\n-----END PRIVATE KEY-----', 'text before': 'hello\nworld\n' + pem, 'text after': pem + 'more\n', 'spaces': '  ' + pem, 'two': pem + pem, 'public first': pubPem + pem, 'no newlines': pem.replaceAll('\n', ''), 'spaces for newlines': pem.replaceAll('\n', ' '), 'literal': pem.replaceAll('\n', '\\n'), 'cut': pem.slice(0, 100), 'wrong label': pem.replaceAll('PRIVATE', 'EC PRIVATE'), 'label mismatch': pem.replace('END PRIVATE', 'END PUBLIC'), 'bad base64': pem.replace('MIG', '!!!'), 'empty': '', 'only head': '-----BEGIN PRIVATE KEY-----', 'indented': pem.replaceAll('\n', '\n  '), 'trailing spaces': pem.replaceAll('\n', '  \n'), 'nope': 'nope', 'zeros': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' })) {
  t('private ' + n, () => c.createPrivateKey(v).asymmetricKeyType);
  t('public ' + n, () => c.createPublicKey(v).asymmetricKeyType);
}
t('private from public', () => c.createPrivateKey(pubPem));
t('private from public key object', () => c.createPrivateKey(pub.p256));
t('private from private key object', () => c.createPrivateKey(priv.p256));
t('private from { key: object }', () => c.createPrivateKey({ key: priv.p256 }));
t('public from public key object', () => c.createPublicKey(pub.p256));
t('public from { key: object }', () => c.createPublicKey({ key: priv.p256 }).type);
t('public from { key: public object }', () => c.createPublicKey({ key: pub.p256 }).type);
t('public from secret', () => c.createPublicKey(c.createSecretKey(Buffer.from('a'))));
t('private from buffer', () => c.createPrivateKey(Buffer.from(pem)).type);
t('private from bytes', () => c.createPrivateKey(new TextEncoder().encode(pem)).type);
t('private from array buffer', () => c.createPrivateKey(new TextEncoder().encode(pem).buffer).type);
t('encoding', () => c.createPrivateKey({ key: Buffer.from(pem).toString('hex'), encoding: 'hex' }).type);
t('der as text', () => c.createPrivateKey({ key: K.p256, encoding: 'base64', format: 'der', type: 'pkcs8' }).type);
for (const v of [undefined, null, 5, true, {}, [], { key: undefined }, { key: 5 }, { key: {} }, () => 1]) {
  t('createPrivateKey ' + show(v), () => c.createPrivateKey(v));
  t('createPublicKey ' + show(v), () => c.createPublicKey(v));
  t('createSecretKey ' + show(v), () => c.createSecretKey(v));
}
for (const o of [{ format: 'nope' }, { format: 5 }, { format: 'der' }, { format: 'der', type: 'nope' }, { format: 'der', type: 'spki' }, { format: 'der', type: 'pkcs1' }, { format: 'der', type: 'sec1' }, { format: 'jwk' }, { format: null }, { passphrase: 5 }, { passphrase: 'x' }, { passphrase: null }, { format: 'pem', type: 'nope' }]) {
  t('createPrivateKey with ' + show(o), () => c.createPrivateKey({ key: pem, ...o }).type);
  t('createPublicKey with ' + show(o), () => c.createPublicKey({ key: pubPem, ...o }).type);
}
for (const o of [undefined, null, {}, 5, 'pem', { format: 'nope' }, { format: 'pem' }, { type: 'pkcs8' }, { type: 'pkcs8', format: 'pem', cipher: 'nope', passphrase: 'x' }, { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc' }, { type: 'pkcs8', format: 'pem', passphrase: 'x' }, { type: 'pkcs8', format: 'pem', cipher: 5, passphrase: 'x' }, { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 5 }, { type: 'sec1', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' }, { format: 'jwk', cipher: 'aes-256-cbc', passphrase: 'x' }]) {
  t('export private with ' + show(o), () => typeof priv.p256.export(o));
  t('export public with ' + show(o), () => typeof pub.p256.export(o));
  t('export secret with ' + show(o), () => c.createSecretKey(Buffer.from('abc')).export(o));
}
const enc = { pkcs8: `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjXxct2GQ/73wICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECVAYIhqpDhyjAirttIFT0oEgZAP
OIwcIxPEfd9zHpyEC+0XWzwW5P4QzYn3YKRSTQWUPu6PSem5ZSoemXhmjrhQF8pO
g5V6DInUxDcmW0b77hYki8kNaP8OJqmpx4/RXOpK9C1r4MSw9+fl31UheR+2VVIe
tmf/iwb1nS0SL18vRVKo/rfRXbjWrS1TjvQNe6PfRJl0o3t0Ry/dPcm5/zX2eTY=
-----END ENCRYPTED PRIVATE KEY-----
`, 'pkcs8 of 3des': `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHjME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAiqtdHBfeOTcgICCAAw
DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQI0qeJHv0NMsEEgZB8EUZeYM5uo+Lp
HNv/+hgdYBRmOG74EKFT3FfSpuF/2U3t6lOPa4zbXAw2AZckBGxiMM3Qp2XySppw
yDN4ESYdWlGtH4hHe31/6c7qaxPzYd1rh7RdPlr4do4yNLyiD6CkvxIXn398p4Nd
N1tAcy2SN4JgfuCaXTN2js+6ehrI9xEmr9Wa9+fw88GqZPUiCoM=
-----END ENCRYPTED PRIVATE KEY-----
`, sec1: `-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,0012AF6A218869E4A2EB210D0D1D178C

yq9cni6y5Z7paaLukmCbfenrrdmbEmWx1hoeG31IUql93SUOQl+NrAWQroy0OcH0
HX2DQ/k/cakaOWdseR9W0c/O78RjhKepmztKLK+YPtAMUWeZ70Cubzm1+hzE+8++
RRF9ev/hwlT+70IEJduPSkNHJJiiqa24QKLasxzaWhs=
-----END EC PRIVATE KEY-----
`, pkcs1: `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,42614237CDD2687D63BB5C27B9ADF1DA

dMp44Tb0UNwdMPR/8Ra/gj4JQJMD8e77tEyYZ3VqQH3zNAsnU102boujyX6xXCpo
LwpTslMxjl+K33um4yrCXuxjOCVfCjYGGshocb4ffmoxeJRrvpIlepReEnYGQsaX
A7FWfbSpkAQrn5AnPExlgpbm8txUjNqAny7cOqIV3//H5yKACW6gl3fyYmYXJULC
7pRIBvh+rnR/P6wCgCIObjZB+A9l06FRv5HihUHUmNV5/2tTqugGmQM69ycBQuco
0gSaLYeIsT8PYbsAWZVuLtZeiRwSIeYrNWMi53bFptKLUNKzYUMJqv/xJEVe7XZa
9fWdwkgVerUEjZTl618GWuW4hUvjV+AhoDzQzGtiBiNmz29jYlGQhjeapDCB2YGv
U3zJYMJc8BaFYEIK1qi8ieVqgcktNOd+zkF2JlYKrcWNHvBOJbgk3237mLhOaZqO
SRWiQlyxm476P24oU/nE73MrmB5W6LR7wjeRnHpBBdfkbZcXQb67rGYYyG1zhdwr
9GghF5WoWIT2zNh6x010EN2OpPtXOKFVU0/jd7bnra4dWqNcP0Z3UDBGpAjjN1/L
gKk8edHfGQK68+9AZuLAduqbFEmX0vkqqV27ZqSND89EgNH7XQ1DZ1jrRxWdvyYD
q5JK/YskVOX615t8X61H840UlxYYFiX5kHm6wabtp52Dir4TqtHuGmg+eOfe0h5v
urt3rICYAgKQVrfH2EW1A/Kv5FbkaIbx7WHApVnuoHQ2+61epqNOjHw07dbV6Ka6
Dia9lSvvPK7yA18L/kAAeydzR/lxq3dOAzECX1XKiFyWUGpDkmXcov+j89anU6R2
-----END RSA PRIVATE KEY-----
` };
for (const [n, v] of Object.entries(enc)) for (const passphrase of ['secret', Buffer.from('secret'), 'wrong', '', undefined, 5]) t('encrypted ' + n + ' ' + show(passphrase), () => c.createPrivateKey({ key: v, passphrase }).asymmetricKeyType);
t('encrypted without', () => c.createPrivateKey(enc.pkcs8));
t('public of encrypted', () => c.createPublicKey({ key: enc.pkcs8, passphrase: 'secret' }).type);
t('secret', () => { const k = c.createSecretKey(Buffer.from('abc')); return [k.type, k.symmetricKeySize, k.asymmetricKeyType, k.asymmetricKeyDetails, k.export(), k.export({ format: 'jwk' }), k.export({ format: 'buffer' }), inspect(k), k.constructor.name] });
t('secret of text', () => c.createSecretKey('6162', 'hex').export().toString());
t('secret of utf8', () => c.createSecretKey('\u00e9').export('hex').toString('hex'));
t('secret empty', () => c.createSecretKey(Buffer.alloc(0)).symmetricKeySize);
t('secret empty text', () => c.createSecretKey('', 'utf8').symmetricKeySize);
t('secret of views', () => [new Uint8Array([1, 2]), new Uint16Array([1, 2]), new ArrayBuffer(3), new DataView(new ArrayBuffer(4), 1)].map((v) => c.createSecretKey(v).symmetricKeySize));
t('secret is a copy', () => { const b = Buffer.from('abc'); const k = c.createSecretKey(b); b[0] = 0; k.export()[1] = 0; return k.export().toString() });
t('equals', () => { const s = c.createSecretKey(Buffer.from('abc')); return [s.equals(c.createSecretKey(Buffer.from('abc'))), s.equals(c.createSecretKey(Buffer.from('abd'))), s.equals(c.createSecretKey(Buffer.from('ab'))), s.equals(pub.p256), pub.p256.equals(priv.p256), pub.p256.equals(pub.p384), pub.rsa.equals(c.createPublicKey(priv.rsa)), priv.rsa.equals(priv.pss)] });
for (const v of [undefined, null, {}, 'x']) t('equals ' + show(v), () => pub.p256.equals(v));
t('classes', () => [c.KeyObject.name, pub.p256 instanceof c.KeyObject, pub.p256.constructor.name, priv.p256.constructor.name, Object.prototype.toString.call(pub.p256), Object.getPrototypeOf(Object.getPrototypeOf(pub.p256)).constructor.name]);
for (const a of [[], ['secret'], ['nope', {}], ['secret', {}]]) t('new KeyObject ' + show(a), () => new c.KeyObject(...a));
for (const v of [undefined, null, {}, 'x', pub.p256]) t('KeyObject.from ' + (v && v.type ? v.type : show(v)), () => c.KeyObject.from(v));
await ta('KeyObject.from crypto key', async () => { const k = await crypto.subtle.importKey('raw', Buffer.from('0123456789abcdef'), 'AES-GCM', true, ['encrypt']); const o = c.KeyObject.from(k); return [o.type, o.export().toString(), o.equals(c.createSecretKey(Buffer.from('0123456789abcdef')))] });
for (const [n, k, a, u] of [['secret', c.createSecretKey(Buffer.alloc(32)), 'AES-GCM', ['encrypt']], ['hmac', c.createSecretKey(Buffer.alloc(32)), { name: 'HMAC', hash: 'SHA-256' }, ['sign']], ['ec', priv.p256, { name: 'ECDSA', namedCurve: 'P-256' }, ['sign']], ['ec public', pub.p256, { name: 'ECDSA', namedCurve: 'P-256' }, ['verify']], ['ec other curve', pub.p256, { name: 'ECDSA', namedCurve: 'P-384' }, ['verify']], ['rsa', priv.rsa, { name: 'RSA-PSS', hash: 'SHA-256' }, ['sign']], ['ed25519', priv.ed25519, 'Ed25519', ['sign']], ['bad usages', pub.p256, { name: 'ECDSA', namedCurve: 'P-256' }, ['sign']], ['wrong type', pub.p256, { name: 'RSA-PSS', hash: 'SHA-256' }, ['verify']]])
  t('toCryptoKey ' + n, () => { const x = k.toCryptoKey(a, true, u); return [x.type, x.extractable, x.algorithm, x.usages, x.constructor.name] });
for (const j of [{}, { kty: 'nope' }, { kty: 'RSA' }, { kty: 'EC' }, { kty: 'EC', crv: 'nope', x: 'AA', y: 'AA' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, { kty: 'EC', crv: 'P-256', x: 5, y: 6 }, { kty: 'OKP' }, { kty: 'OKP', crv: 'nope', x: 'AA' }, { kty: 'OKP', crv: 'Ed25519', x: 'AA' }, { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, { kty: 'OKP', crv: 'X25519', x: 'hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo' }, { kty: 'oct', k: 'AA' }, { kty: 'RSA', n: 'AQAB', e: 'AQAB' }, { kty: 'RSA', n: 5, e: 'AQAB' }, { kty: 5 }, { kty: 'RSA', n: pub.rsa?.export({ format: 'jwk' }).n, e: 'AQAB', alg: 'RS256', use: 'sig', kid: 'x', x5c: [] }]) {
  t('public jwk ' + md5(JSON.stringify(j)), () => c.createPublicKey({ key: j, format: 'jwk' }).asymmetricKeyType);
  t('private jwk ' + md5(JSON.stringify(j)), () => c.createPrivateKey({ key: j, format: 'jwk' }).asymmetricKeyType);
}
t('jwk without format', () => c.createPublicKey({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }));
t('public from private jwk', () => c.createPublicKey({ key: priv.p256.export({ format: 'jwk' }), format: 'jwk' }).equals(pub.p256));
const cert = `-----BEGIN CERTIFICATE-----
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
`;
t('certificate', () => { const k = c.createPublicKey(cert); return [k.type, k.asymmetricKeyType, k.asymmetricKeyDetails] });
t('certificate as private', () => c.createPrivateKey(cert));
t('x5c', () => c.createPublicKey('-----BEGIN CERTIFICATE-----\n' + cert.split('\n').slice(1, -2).join('').match(/.{1,64}/g).join('\n') + '\n-----END CERTIFICATE-----').type);
