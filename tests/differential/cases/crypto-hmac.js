const c = require('crypto');
for (const h of ['md5', 'MD5', 'sha1', 'SHA1', 'sha224', 'sha256', 'RSA-SHA256', 'sha384', 'sha512', 'sha512-256', 'sha3-256', 'sha3-512', 'ripemd160', 'rmd160', 'blake2b512', 'blake2s256', 'md5-sha1', 'shake128', 'nope', ''])
  for (const k of ['', 'key', 'k'.repeat(64), 'k'.repeat(65), 'k'.repeat(200)]) t('hmac ' + h + ' ' + k.length, () => c.createHmac(h, k).update('abc').digest('hex'));
for (const v of ['x', '', Buffer.from('x'), new Uint8Array([1]), new Uint16Array([1]), new DataView(new ArrayBuffer(3), 1), new ArrayBuffer(2), 5, null, undefined, {}, [], true, Symbol('s'), () => 1]) {
  t('key ' + (typeof v === 'symbol' ? 'symbol' : show(v)), () => c.createHmac('sha256', v).update('a').digest('hex'));
  t('data ' + (typeof v === 'symbol' ? 'symbol' : show(v)), () => c.createHmac('sha256', 'k').update(v).digest('hex'));
}
t('secret key object', () => c.createHmac('sha256', c.createSecretKey(Buffer.from('key'))).update('abc').digest('hex'));
t('other key object', () => c.createHmac('sha256', c.createPublicKey('-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----')));
t('key encoding', () => c.createHmac('sha256', '6b6579', { encoding: 'hex' }).update('abc').digest('hex'));
t('digest twice', () => { const h = c.createHmac('md5', 'k').update('a'); return [h.digest('hex'), h.digest('hex'), h.digest(), h.digest('latin1')] });
t('update after', () => { const h = c.createHmac('md5', 'k'); h.digest(); h.update('a') });
for (const e of ['hex', 'base64', 'base64url', 'buffer', undefined, null, 'nope']) t('as ' + e, () => c.createHmac('sha1', 'k').update('a').digest(e));
for (const v of [undefined, null, 5, {}]) t('name ' + show(v), () => c.createHmac(v, 'k'));
t('no new', () => c.Hmac('md5', 'k').update('a').digest('hex'));
t('class', () => { const h = c.createHmac('md5', 'k'); return [h.constructor.name, h instanceof c.Hmac, h instanceof c.Hash, typeof h.copy, typeof h.write] });
t('pieces', () => c.createHmac('sha512', 'k').update('a').update('b').update(Buffer.from('c')).digest('base64'));
// How webhooks are signed.
const body = '{"event":"login","user":{"id":5,"name":"Jos\u00e9"}}';
t('github', () => 'sha256=' + c.createHmac('sha256', "It's a Secret to Everybody").update('Hello, World!').digest('hex'));
t('twilio', () => c.createHmac('sha1', '12345').update(Buffer.from('https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309', 'utf-8')).digest('base64'));
t('mailgun', () => c.createHmac('sha256', 'key-1').update('1529006854' + 'a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0').digest('hex'));
t('stripe', () => 't=1492774577,v1=' + c.createHmac('sha256', 'whsec_x').update('1492774577.' + body).digest('hex'));
t('slack', () => 'v0=' + c.createHmac('sha256', '8f742231b10e8888abcd99yyyzzz85a5').update('v0:1531420618:token=x').digest('hex'));
t('shopify', () => c.createHmac('sha256', 'hush').update(body, 'utf8').digest('base64'));
t('duo', () => c.createHmac('sha1', 'skey').update(['Tue, 21 Aug 2012 17:29:18 -0000', 'POST', 'api-1.duosecurity.com', '/auth/v2/auth', 'username=x'].join('\n')).digest('hex'));
t('aws v4', () => { const k = (a, b) => c.createHmac('sha256', a).update(b).digest(); return k(k(k(k('AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', '20150830'), 'us-east-1'), 'iam'), 'aws4_request').toString('hex') });
t('hotp', () => Array.from({ length: 10 }, (_, i) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(i)); const h = c.createHmac('sha1', '12345678901234567890').update(b).digest(); const o = h[19] & 15; return String((h.readUInt32BE(o) & 0x7fffffff) % 1e6).padStart(6, '0') }));
t('jwt HS', () => [['HS256', 'sha256'], ['HS384', 'sha384'], ['HS512', 'sha512']].map(([alg, h]) => { const b = (o) => Buffer.from(JSON.stringify(o)).toString('base64url'); const s = b({ alg, typ: 'JWT' }) + '.' + b({ sub: '1234567890', name: 'J\u00f6hn', iat: 1516239022 }); return s + '.' + c.createHmac(h, 'your-256-bit-secret').update(s).digest('base64url') }));
t('jwt of jwt.io', () => { const [h, p, s] = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c'.split('.'); return [c.timingSafeEqual(Buffer.from(s, 'base64url'), c.createHmac('sha256', 'your-256-bit-secret').update(h + '.' + p).digest()), JSON.parse(Buffer.from(p, 'base64url'))] });
t('cookie-signature', () => 'tobi.' + c.createHmac('sha256', 'luna').update('tobi').digest('base64').replace(/=+$/, ''));
const eq = [[Buffer.from('ab'), Buffer.from('ab')], [Buffer.from('ab'), Buffer.from('ac')], [Buffer.from('a'), Buffer.from('ab')], ['a', 'a'], [Buffer.from('a'), 'a'], ['a', Buffer.from('a')], [null, undefined], [Buffer.from('a'), undefined], [new Uint8Array(2), new Uint16Array(1)],
  [new ArrayBuffer(2), new Uint8Array(2)], [new DataView(new ArrayBuffer(2)), new ArrayBuffer(2)], [Buffer.alloc(0), Buffer.alloc(0)], [5, 5], [[1], [1]], [{}, {}], [new Float64Array([NaN]), new Float64Array([NaN])], [new Float64Array([0]), new Float64Array([-0])]];
for (const [a, b] of eq) t('equal ' + show(a) + ' ' + show(b), () => c.timingSafeEqual(a, b));
t('equal of nothing', () => c.timingSafeEqual());
