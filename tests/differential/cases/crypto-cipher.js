const c = require('crypto');
const all = [['aes-128-gcm', 16, 12], ['aes-192-gcm', 24, 12], ['aes-256-gcm', 32, 12], ['aes-256-gcm', 32, 16], ['aes-256-gcm', 32, 1], ['aes-256-gcm', 32, 8], ['aes-256-gcm', 32, 60], ['id-aes256-GCM', 32, 12], ['AES-256-GCM', 32, 12], ['aes-128-cbc', 16, 16], ['aes-192-cbc', 24, 16], ['aes-256-cbc', 32, 16], ['AES-192-CBC', 24, 16], ['aes128', 16, 16], ['aes192', 24, 16], ['AES256', 32, 16],
  ['aes-128-ctr', 16, 16], ['aes-192-ctr', 24, 16], ['aes-256-ctr', 32, 16], ['aes-128-ecb', 16, 0], ['aes-192-ecb', 24, 0], ['aes-256-ecb', 32, 0], ['des-ede3-cbc', 24, 8], ['des3', 24, 8], ['des-ede3', 24, 0], ['des-ede3-ecb', 24, 0], ['des-ede-cbc', 16, 8], ['des-cbc', 8, 8], ['rc4', 16, 0], ['bf-cbc', 16, 8], ['chacha20-poly1305', 32, 12], ['chacha20', 32, 16], ['aes-256-ofb', 32, 16], ['aes-128-ofb', 16, 16], ['aes-256-cfb', 32, 16], ['aes-128-cfb8', 16, 16], ['aes-256-cfb8', 32, 16], ['aes-256-cfb1', 32, 16], ['aes-128-ccm', 16, 12], ['aes-128-ocb', 16, 12], ['aes-128-xts', 32, 16], ['id-aes128-wrap', 16, 8], ['aes256-wrap', 32, 8], ['nope', 16, 16], ['', 16, 16]];
const tagged = /gcm|ccm|chacha20-p|ocb/i;
const iv = (n) => (n ? Buffer.alloc(n, 2) : null);
for (const [alg, kl, il] of all) {
  const o = /ccm|chacha|ocb/.test(alg) ? { authTagLength: 16 } : undefined;
  t(alg + '/' + il, () => {
    const e = c.createCipheriv(alg, Buffer.alloc(kl, 1), iv(il), o);
    return e.update('hello world', 'utf8', 'hex') + '|' + e.final('hex') + (tagged.test(alg) ? '|' + e.getAuthTag().toString('hex') : '');
  });
  // The lengths of what each call gives are Node's, too.
  t(alg + '/' + il + ' in pieces', () => {
    const key = Buffer.alloc(kl, 1);
    const e = c.createCipheriv(alg, key, iv(il), o);
    const sizes = [];
    const made = [];
    const take = (b) => { sizes.push(b.length); made.push(b) };
    for (const n of [1, 15, 16, 0, 17, 31, 3, 64, 5]) take(e.update(Buffer.alloc(n, n)));
    take(e.final());
    const whole = Buffer.concat(made);
    const d = c.createDecipheriv(alg, key, iv(il), o);
    if (tagged.test(alg)) d.setAuthTag(e.getAuthTag());
    const back = [];
    for (let i = 0; i < whole.length; i += 13) { const b = d.update(whole.subarray(i, i + 13)); sizes.push(b.length); back.push(b) }
    const b = d.final(); sizes.push(b.length); back.push(b);
    return [sizes.join(' '), c.createHash('md5').update(whole).digest('hex'), c.createHash('md5').update(Buffer.concat(back)).digest('hex')];
  });
}
const gcm = (o) => c.createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12), o);
const ungcm = (o) => c.createDecipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12), o);
const cbc = () => c.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16));
const uncbc = () => c.createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16));
const msg = (() => { try { const e = gcm(); const x = e.update('secret', 'utf8'); e.final(); return { x, tag: e.getAuthTag() } } catch { return { x: Buffer.alloc(6), tag: Buffer.alloc(16) } } })();
t('wrong tag', () => { const d = ungcm(); d.setAuthTag(Buffer.alloc(16)); d.update(msg.x); d.final() });
t('wrong tag shows text', () => { const d = ungcm(); d.setAuthTag(Buffer.alloc(16)); return d.update(msg.x, null, 'utf8') });
t('no tag', () => { const d = ungcm(); d.update(msg.x); d.final() });
t('right tag', () => { const d = ungcm(); d.setAuthTag(msg.tag); return d.update(msg.x, null, 'utf8') + d.final('utf8') });
t('tag after update', () => { const d = ungcm(); const x = d.update(msg.x, null, 'utf8'); d.setAuthTag(msg.tag); return x + d.final('utf8') });
t('tag twice', () => { const d = ungcm(); d.setAuthTag(msg.tag); d.setAuthTag(msg.tag) });
t('tag after final', () => { const d = ungcm(); d.setAuthTag(msg.tag); d.update(msg.x); d.final(); d.setAuthTag(msg.tag) });
t('tag as text', () => { const d = ungcm(); d.setAuthTag(msg.tag.toString('hex'), 'hex'); return d.update(msg.x, null, 'utf8') + d.final('utf8') });
t('tag returns', () => { const d = ungcm(); return d.setAuthTag(msg.tag) === d });
for (const n of [0, 3, 4, 5, 7, 8, 12, 13, 14, 15, 16, 17]) {
  t('tag of ' + n, () => { const d = ungcm(); d.setAuthTag(msg.tag.subarray(0, n)); d.update(msg.x); return d.final('utf8') });
  t('authTagLength ' + n, () => { const e = gcm({ authTagLength: n }); e.update('x'); e.final(); return e.getAuthTag().toString('hex') });
  t('authTagLength of decipher ' + n, () => { const d = ungcm({ authTagLength: n }); d.setAuthTag(msg.tag.subarray(0, n)); d.update(msg.x); return d.final('utf8') });
}
for (const v of [-1, 1.5, '16', null, undefined, {}]) t('authTagLength ' + show(v), () => gcm({ authTagLength: v }).final('hex'));
t('tag of other length', () => ungcm({ authTagLength: 12 }).setAuthTag(Buffer.alloc(16)));
t('tag early', () => gcm().getAuthTag());
t('tag before final', () => { const e = gcm(); e.update('x'); return e.getAuthTag() });
t('tag of decipher', () => typeof ungcm().getAuthTag);
t('tag of cbc', () => { const e = cbc(); e.final(); return e.getAuthTag() });
t('setAuthTag of cbc', () => uncbc().setAuthTag(Buffer.alloc(16)));
t('setAuthTag of cipher', () => typeof gcm().setAuthTag);
for (const v of [5, null, undefined, {}, 'abc']) t('setAuthTag ' + show(v), () => { ungcm().setAuthTag(v); return 1 });
t('aad', () => { const e = gcm(); e.setAAD(Buffer.from('head')); const x = e.update('x', 'utf8', 'hex') + e.final('hex'); const d = ungcm(); d.setAAD(Buffer.from('head')); d.setAuthTag(e.getAuthTag()); return [x, e.getAuthTag().toString('base64'), d.update(x, 'hex', 'utf8') + d.final('utf8')] });
t('aad in two', () => { const e = gcm(); e.setAAD(Buffer.from('he')); e.setAAD(Buffer.from('ad')); e.update('x'); e.final(); return e.getAuthTag().toString('hex') });
t('aad text', () => { const e = gcm(); e.setAAD('68656164', { encoding: 'hex' }); e.update('x'); e.final(); return e.getAuthTag().toString('hex') });
t('aad utf8', () => { const e = gcm(); e.setAAD('head'); e.update('x'); e.final(); return e.getAuthTag().toString('hex') });
t('aad wrong', () => { const d = ungcm(); d.setAAD(Buffer.from('x')); d.setAuthTag(msg.tag); d.update(msg.x); d.final() });
t('aad late', () => { const e = gcm(); e.update('x'); e.setAAD(Buffer.from('a')); return e.final('hex') + e.getAuthTag().toString('hex') });
t('aad after final', () => { const e = gcm(); e.final(); e.setAAD(Buffer.from('a')) });
t('aad of cbc', () => cbc().setAAD(Buffer.from('a')));
for (const v of [5, null, undefined, {}]) t('aad ' + show(v), () => { gcm().setAAD(v); return 1 });
t('empty gcm', () => { const e = gcm(); return [e.final('hex'), e.getAuthTag().toString('hex')] });
t('cbc bad pad', () => { const d = uncbc(); d.update(Buffer.alloc(16)); d.final() });
t('cbc wrong key', () => { const x = cbc(); const b = Buffer.concat([x.update('hello'), x.final()]); const d = c.createDecipheriv('aes-128-cbc', Buffer.alloc(16, 7), Buffer.alloc(16)); d.update(b); d.final() });
for (const n of [0, 1, 15, 17]) t('cbc bad length ' + n, () => { const d = uncbc(); d.update(Buffer.alloc(n)); d.final() });
t('no padding', () => { const e = cbc(); e.setAutoPadding(false); return e.update('0123456789abcdef', 'utf8', 'hex') + e.final('hex') });
t('no padding, uneven', () => { const e = cbc(); e.setAutoPadding(false); e.update('abc'); e.final() });
t('no padding back', () => { const d = uncbc(); d.setAutoPadding(false); return d.update(Buffer.alloc(32), null, 'hex') + d.final('hex') });
t('no padding back, uneven', () => { const d = uncbc(); d.setAutoPadding(false); d.update(Buffer.alloc(15)); d.final() });
t('padding returns', () => { const e = cbc(); return e.setAutoPadding() === e });
t('padding after final', () => { const e = cbc(); e.final(); e.setAutoPadding(false) });
t('final twice', () => { const e = cbc(); e.final(); e.final() });
t('update after final', () => { const e = cbc(); e.final(); e.update('x') });
t('gcm final twice', () => { const e = gcm(); e.final(); e.final() });
t('gcm update after final', () => { const e = gcm(); e.final(); e.update('x') });
t('final after failure', () => { const d = uncbc(); d.update(Buffer.alloc(16)); try { d.final() } catch {} d.final() });
for (const [alg, k, i] of [['aes-256-cbc', 16, 16], ['aes-256-cbc', 32, 8], ['aes-256-cbc', 32, 17], ['aes-256-cbc', 32, 0], ['aes-256-gcm', 31, 12], ['aes-256-gcm', 32, 0], ['aes-128-ctr', 16, 15], ['aes-128-ecb', 16, 16], ['aes-128-ecb', 15, 0], ['aes-128-cbc', 0, 16]]) {
  t('lengths ' + [alg, k, i], () => c.createCipheriv(alg, Buffer.alloc(k), Buffer.alloc(i)).final('hex'));
  t('lengths of decipher ' + [alg, k, i], () => c.createDecipheriv(alg, Buffer.alloc(k), Buffer.alloc(i)).constructor.name);
}
for (const v of [undefined, null, 5, {}, [], true, 'short', new ArrayBuffer(16), new DataView(new ArrayBuffer(16)), new Uint16Array(8), '0123456789abcdef']) {
  t('key ' + show(v), () => c.createCipheriv('aes-128-cbc', v, Buffer.alloc(16)).final('hex'));
  t('iv ' + show(v), () => c.createCipheriv('aes-128-cbc', Buffer.alloc(16), v).final('hex'));
  t('iv of ecb ' + show(v), () => c.createCipheriv('aes-128-ecb', Buffer.alloc(16), v).final('hex'));
  t('data ' + show(v), () => cbc().update(v, undefined, 'hex'));
}
for (const v of [undefined, null, 5, {}]) t('name ' + show(v), () => c.createCipheriv(v, Buffer.alloc(16), Buffer.alloc(16)));
t('secret key object', () => c.createCipheriv('aes-128-cbc', c.createSecretKey(Buffer.alloc(16)), Buffer.alloc(16)).final('hex'));
t('text encodings', () => { const e = cbc(); return [e.update('é', 'latin1', 'base64'), e.update('ff00', 'hex', 'base64'), e.update('aGVsbG8gaGVsbG8gaGVsbG8=', 'base64', 'base64'), e.final('base64')] });
t('base64 in groups', () => { const e = c.createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)); return ['a', 'bc', 'def', 'g'].map((x) => e.update(x, 'utf8', 'base64')).concat(e.final('base64')) });
t('utf8 in pieces', () => { const e = c.createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)); const x = Buffer.concat([e.update('h\u00e9\u20ac\u{1f600}!'), e.final()]); const d = c.createDecipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)); const out = []; for (const b of x) out.push(d.update(Buffer.of(b), null, 'utf8')); return [...out, d.final('utf8')] });
t('other encoding', () => { const e = cbc(); e.update('x', 'utf8', 'hex'); return e.final('base64') });
t('other encoding of update', () => { const e = cbc(); e.update('x', 'utf8', 'hex'); return e.update('x', 'utf8', 'base64') });
t('bad output encoding', () => cbc().update('0123456789abcdef0', 'utf8', 'nope'));
t('buffer output', () => [cbc().update('0123456789abcdef', 'utf8', 'buffer').length, cbc().final('buffer').length, cbc().final().constructor.name]);
t('class', () => [gcm().constructor.name, ungcm().constructor.name, gcm() instanceof c.Cipheriv, ungcm() instanceof c.Decipheriv, c.Cipheriv('aes-128-ecb', Buffer.alloc(16), null).final('hex')]);
t('old createCipher', () => { const e = c.createCipher('aes192', 'pw'); const x = e.update('text', 'utf8', 'hex') + e.final('hex'); const d = c.createDecipher('aes192', 'pw'); return [x, d.update(x, 'hex', 'utf8') + d.final('utf8')] });
t('ccm', () => { const o = { authTagLength: 8 }; const e = c.createCipheriv('aes-128-ccm', Buffer.alloc(16), Buffer.alloc(12), o); e.setAAD(Buffer.from('a'), { plaintextLength: 5 }); const x = e.update('hello', 'utf8', 'hex') + e.final('hex'); return [x, e.getAuthTag().toString('hex')] });
t('ccm without tag length', () => c.createCipheriv('aes-128-ccm', Buffer.alloc(16), Buffer.alloc(12)));
t('chacha without tag length', () => { const e = c.createCipheriv('chacha20-poly1305', Buffer.alloc(32), Buffer.alloc(12)); return [e.update('hi', 'utf8', 'hex'), e.final('hex'), e.getAuthTag().toString('hex')] });
t('chacha wrong', () => { const d = c.createDecipheriv('chacha20-poly1305', Buffer.alloc(32), Buffer.alloc(12), { authTagLength: 16 }); d.setAuthTag(Buffer.alloc(16)); d.update(Buffer.alloc(3)); d.final() });
t('long counter', () => { const e = c.createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16, 255)); return e.update(Buffer.alloc(48)).toString('hex') });
for (const v of ['aes-256-gcm', 'aes-128-cbc', 'AES-128-CBC', 'aes128', 'aes-256-ecb', 'aes-192-ctr', 'chacha20-poly1305', 'aes-128-ccm', 'des-ede3-cbc', 'nope', 5, null, undefined, 418, {}]) t('info ' + show(v), () => c.getCipherInfo(v));
for (const o of [{ keyLength: 32 }, { keyLength: 16 }, { ivLength: 12 }, { ivLength: 16 }, { ivLength: 0 }, { keyLength: '32' }, { ivLength: 1.5 }]) t('info with ' + show(o), () => c.getCipherInfo('aes-256-gcm', o));
t('info cbc with iv', () => [c.getCipherInfo('aes-128-cbc', { ivLength: 12 }), c.getCipherInfo('aes-128-cbc', { ivLength: 16 })]);
t('getCiphers', () => ['aes-128-cbc', 'aes-256-cbc', 'aes-256-gcm', 'id-aes256-GCM', 'aes256', 'aes-128-ecb', 'aes-192-ctr', 'chacha20-poly1305', 'des-ede3-cbc'].map((n) => c.getCiphers().includes(n)));
// How cookies and tokens are sealed.
const seal = (text, key, nonce) => { const e = c.createCipheriv('aes-256-gcm', key, nonce); return [nonce, e.update(text, 'utf8'), e.final(), e.getAuthTag()].map((b) => b.toString('base64url')).join('.') };
const open = (token, key) => { const [n, x, y, tag] = token.split('.').map((p) => Buffer.from(p, 'base64url')); const d = c.createDecipheriv('aes-256-gcm', key, n); d.setAuthTag(tag); return d.update(x, undefined, 'utf8') + d.update(y, undefined, 'utf8') + d.final('utf8') };
t('cookie', () => { const key = c.scryptSync('passphrase', 'salt', 32, { N: 16 }); const s = seal('{"user":"jos\u00e9","exp":1}', key, Buffer.alloc(12, 9)); return [s, open(s, key)] });
t('cookie changed', () => { const key = Buffer.alloc(32, 3); const s = seal('hello', key, Buffer.alloc(12)); return open(s.replace(/\.(.)/, (m, x) => '.' + (x === 'A' ? 'B' : 'A')), key) });
t('iv:text', () => { const key = c.createHash('sha256').update('k').digest(); const i = Buffer.alloc(16, 5); const e = c.createCipheriv('aes-256-cbc', key, i); let x = e.update('some text to be kept', 'utf8', 'hex'); x += e.final('hex'); const d = c.createDecipheriv('aes-256-cbc', key, i); let y = d.update(x, 'hex', 'utf8'); y += d.final('utf8'); return [i.toString('hex') + ':' + x, y] });
t('openssl enc', () => { const salt = Buffer.from('0102030405060708', 'hex'); const d = c.pbkdf2Sync('pw', salt, 1000, 48, 'sha256'); const e = c.createCipheriv('aes-256-cbc', d.subarray(0, 32), d.subarray(32)); return Buffer.concat([Buffer.from('Salted__'), salt, e.update('x'), e.final()]).toString('base64') });
