const c = require('crypto');
const hashes = ['md5', 'MD5', 'sha1', 'SHA1', 'Sha1', 'sha224', 'sha256', 'SHA256', 'SHA-256', 'sha-256', 'RSA-SHA256', 'rsa-sha256', 'sha384', 'sha512', 'SHA2-512', 'sha512-256', 'sha512-224',
  'SHA-512/256', 'RSA-SHA512/256', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'SHA3-256', 'RSA-SHA3-256', 'ripemd160', 'rmd160', 'ripemd', 'RSA-RIPEMD160', 'blake2b512', 'blake2s256', 'md5-sha1',
  'shake128', 'shake256', 'RSA-MD5', 'ssl3-md5', 'ssl3-sha1', 'nope', '', 'sha', 'sha2', 'constructor', '__proto__'];
for (const h of hashes) {
  t('hash ' + h, () => c.createHash(h).update('abc').digest('hex'));
  t('hash of nothing ' + h, () => c.createHash(h).digest('hex'));
}
for (const n of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000]) t('lengths ' + n, () => ['md5', 'sha1', 'sha256', 'sha512', 'sha3-256', 'blake2b512', 'ripemd160'].map((h) => c.createHash(h).update('a'.repeat(n)).digest('base64url')));
for (const e of ['hex', 'base64', 'base64url', 'utf8', 'utf-8', 'utf16le', 'ucs2', 'HEX', 'Base64', 'buffer', undefined, null, '', 'nope', 5, {}, true]) t('digest as ' + String(e), () => c.createHash('sha1').update('a').digest(e));
for (const v of ['x', '', Buffer.from('x'), new Uint8Array([1, 2]), new Uint16Array([1, 2]), new DataView(new ArrayBuffer(3), 1), new ArrayBuffer(2), 5, null, undefined, {}, [], [1], true, 5n, Symbol('s'), () => 1, new Date(0), new String('a'), c.createSecretKey(Buffer.from('k'))]) t('update ' + (typeof v === 'symbol' ? 'symbol' : show(v)), () => c.createHash('sha256').update(v).digest('hex'));
for (const e of ['hex', 'base64', 'latin1', 'binary', 'ascii', 'utf8', 'utf16le', 'base64url', 'buffer', 'nope', null, 5]) t('update with ' + String(e), () => c.createHash('md5').update('6162\u00e9\u20ac', e).digest('hex'));
t('digest as characters', () => ['latin1', 'binary', 'ascii', 'BINARY'].map((e) => Array.from(c.createHash('sha1').update('a').digest(e), (x) => x.charCodeAt(0)).join(' ')));
t('update odd hex', () => c.createHash('md5').update('abc', 'hex').digest('hex'));
t('update bytes with hex', () => c.createHash('md5').update(Buffer.from('6162'), 'hex').digest('hex'));
t('update returns', () => { const h = c.createHash('md5'); return h.update('a') === h });
t('pieces', () => { const h = c.createHash('sha256'); for (const p of ['a', 'bc', '', 'defg', Buffer.from('hi')]) h.update(p); return h.digest('hex') });
t('changed after update', () => { const b = Buffer.from('abc'); const h = c.createHash('md5').update(b); b[0] = 0; return h.digest('hex') });
t('digest twice', () => { const h = c.createHash('md5').update('a'); h.digest(); h.digest() });
t('update after', () => { const h = c.createHash('md5'); h.digest(); h.update('x') });
t('update after with bad value', () => { const h = c.createHash('md5'); h.digest(); h.update(5) });
t('copy', () => { const h = c.createHash('sha1').update('a'); const k = h.copy(); h.update('b'); k.update('c'); return [h.digest('hex'), k.digest('hex')] });
t('copy of copy', () => { const h = c.createHash('sha1').update('a'); const k = h.copy().copy(); return [k.digest('hex'), h.digest('hex')] });
t('copy after', () => { const h = c.createHash('md5'); h.digest(); h.copy() });
t('copy with length', () => c.createHash('shake128', { outputLength: 4 }).update('a').copy({ outputLength: 6 }).digest('hex'));
t('copy keeps length', () => c.createHash('shake128').update('a').copy().digest('hex'));
for (const n of [0, 1, 8, 16, 20, 32, 64, 200, -1, 1.5, '8', null, undefined, NaN, 2 ** 32]) {
  t('shake256 length ' + n, () => c.createHash('shake256', { outputLength: n }).update('a').digest('hex'));
  t('sha256 length ' + n, () => c.createHash('sha256', { outputLength: n }).update('a').digest('hex'));
}
for (const v of [undefined, null, 5, {}, [], true, Symbol('s')]) t('name ' + String(typeof v === 'symbol' ? 'symbol' : show(v)), () => c.createHash(v));
for (const v of [null, 5, 'x', []]) t('options ' + show(v), () => c.createHash('md5', v).digest('hex'));
t('no new', () => c.Hash('md5').update('a').digest('hex'));
t('new', () => new c.Hash('md5').update('a').digest('hex'));
t('class', () => { const h = c.createHash('md5'); return [h.constructor.name, h instanceof c.Hash, typeof h.on, Object.prototype.toString.call(h)] });
t('hash()', () => [typeof c.hash, c.hash('sha1', 'abc'), c.hash('md5', Buffer.from('a'), 'base64'), c.hash('sha256', 'a', 'buffer')]);
for (const v of [5, null, undefined, {}, []]) t('hash() of ' + show(v), () => c.hash('sha1', v));
for (const v of ['nope', 5, null, undefined]) t('hash() by ' + show(v), () => c.hash(v, 'a'));
for (const v of ['nope', 5, 'BASE64']) t('hash() as ' + show(v), () => c.hash('sha1', 'a', v));
t('getHashes', () => { const l = c.getHashes(); return [Array.isArray(l), ...['md5', 'sha1', 'sha256', 'sha512', 'RSA-SHA256', 'sha3-256', 'shake128', 'ripemd160', 'rmd160', 'blake2b512', 'RSA-SHA1', 'sha512-256', 'RSA-SHA512/256', 'SHA256'].map((h) => l.includes(h))] });
t('getHashes sorted', () => c.getHashes());
t('getHashes is a copy', () => { c.getHashes().length = 0; return c.getHashes().length > 0 });
t('etag', () => '"' + c.createHash('sha1').update('body', 'utf8').digest('base64').substring(0, 27) + '"');
t('gravatar', () => c.createHash('md5').update(' MyEmailAddress@example.com '.trim().toLowerCase()).digest('hex'));
t('pkce', () => c.createHash('sha256').update('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk').digest('base64url'));
t('hibp', () => c.createHash('sha1').update('password').digest('hex').toUpperCase().slice(0, 5));
t('ssha', () => { const salt = Buffer.from('salty'); return '{SSHA}' + Buffer.concat([c.createHash('sha1').update('pw').update(salt).digest(), salt]).toString('base64') });
