const s = crypto.subtle;
const { createHash } = require('crypto');
const enc = (x) => new TextEncoder().encode(x);
const hex = (b) => Buffer.from(b).toString('hex');
const md5 = (b) => createHash('md5').update(Buffer.from(b)).digest('hex');
const K = { 16: enc('0123456789abcdef'), 24: enc('0123456789abcdef01234567'), 32: enc('0123456789abcdef0123456789abcdef') };
const parameters = { 'AES-CBC': { iv: new Uint8Array(16) }, 'AES-CTR': { counter: new Uint8Array(16).fill(255), length: 64 }, 'AES-GCM': { iv: new Uint8Array(12) } };
const key = (name, usages = ['encrypt', 'decrypt']) => s.importKey('raw', K[16], name, true, usages);
for (const h of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) await ta('HMAC ' + h, async () => { const k = await s.importKey('raw', enc('key'), { name: 'HMAC', hash: h }, true, ['sign', 'verify']); const x = await s.sign('HMAC', k, enc('data')); return [hex(x), await s.verify('HMAC', k, x, enc('data')), await s.verify('HMAC', k, x, enc('datb')), await s.verify({ name: 'hmac' }, k, new Uint8Array(5), enc('data')), await s.exportKey('jwk', k)] });
await ta('HMAC wrong usage', async () => s.sign('HMAC', await s.importKey('raw', enc('key'), { name: 'HMAC', hash: 'SHA-256' }, true, ['verify']), enc('data')));
await ta('HMAC with AES key', async () => s.sign('HMAC', await key('AES-GCM'), enc('data')));
await ta('export closed', async () => s.exportKey('raw', await s.importKey('raw', K[16], 'AES-GCM', false, ['encrypt'])));
for (const f of ['raw', 'jwk', 'spki', 'pkcs8', 'nope', undefined]) await ta('export as ' + f, async () => { const x = await s.exportKey(f, await key('AES-CBC')); return x instanceof ArrayBuffer ? hex(x) : x });
await ta('export pbkdf2', async () => s.exportKey('raw', await s.importKey('raw', K[16], 'PBKDF2', false, ['deriveBits'])));
await ta('export nothing', () => s.exportKey('raw'));
for (const [n, p] of Object.entries({ '256': [{ hash: 'SHA-256' }, 256], '8': [{ hash: 'SHA-1' }, 8], '0': [{ hash: 'SHA-1' }, 0], '7': [{ hash: 'SHA-1' }, 7], 'null': [{ hash: 'SHA-1' }, null], 'undefined': [{ hash: 'SHA-1' }, undefined], 'bad hash': [{ hash: 'MD5' }, 128], 'no hash': [{}, 128], 'iterations 0': [{ hash: 'SHA-1', iterations: 0 }, 128], 'no iterations': [{ hash: 'SHA-1', iterations: undefined }, 128], 'no salt': [{ hash: 'SHA-1', salt: undefined }, 128], 'text salt': [{ hash: 'SHA-1', salt: 'x' }, 128] }))
  await ta('PBKDF2 ' + n, async () => hex(await s.deriveBits({ name: 'PBKDF2', salt: enc('s'), iterations: 10, ...p[0] }, await s.importKey('raw', enc('pw'), 'PBKDF2', false, ['deriveBits']), p[1])));
for (const [n, p] of Object.entries({ '256': [{ hash: 'SHA-256' }, 256], '0': [{ hash: 'SHA-1' }, 0], '7': [{ hash: 'SHA-1' }, 7], 'null': [{ hash: 'SHA-1' }, null], 'long': [{ hash: 'SHA-1' }, 40808], 'no info': [{ hash: 'SHA-1', info: undefined }, 128], 'no salt': [{ hash: 'SHA-1', salt: undefined }, 128], 'bad hash': [{ hash: 'x' }, 128] }))
  await ta('HKDF ' + n, async () => hex(await s.deriveBits({ name: 'HKDF', salt: enc('s'), info: enc('i'), ...p[0] }, await s.importKey('raw', enc('pw'), 'HKDF', false, ['deriveBits']), p[1])));
for (const [n, a, u] of [['AES-GCM', { name: 'AES-GCM', length: 256 }, ['encrypt']], ['AES-CBC', { name: 'AES-CBC', length: 128 }, ['encrypt']], ['HMAC', { name: 'HMAC', hash: 'SHA-256' }, ['sign']], ['HMAC length', { name: 'HMAC', hash: 'SHA-1', length: 256 }, ['sign']], ['AES-KW', { name: 'AES-KW', length: 128 }, ['wrapKey']], ['bad length', { name: 'AES-GCM', length: 5 }, ['encrypt']], ['bad usages', { name: 'AES-GCM', length: 128 }, ['sign']], ['no usages', { name: 'AES-GCM', length: 128 }, []], ['unknown', 'NOPE', ['sign']]])
  for (const d of [{ name: 'PBKDF2', hash: 'SHA-256', salt: enc('s'), iterations: 3 }, { name: 'HKDF', hash: 'SHA-256', salt: enc('s'), info: enc('i') }])
    await ta('deriveKey ' + d.name + ' ' + n, async () => { const k = await s.deriveKey(d, await s.importKey('raw', enc('pw'), d.name, false, ['deriveKey']), a, true, u); return [k.algorithm, k.usages, hex(await s.exportKey('raw', k))] });
await ta('deriveBits without usage', async () => s.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: enc('s'), iterations: 3 }, await s.importKey('raw', enc('pw'), 'PBKDF2', false, ['deriveKey']), 128));
await ta('deriveKey without usage', async () => s.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt: enc('s'), iterations: 3 }, await s.importKey('raw', enc('pw'), 'PBKDF2', false, ['deriveBits']), { name: 'AES-GCM', length: 128 }, true, ['encrypt']));
await ta('derive mismatch', async () => s.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: enc('s'), info: enc('i') }, await s.importKey('raw', enc('pw'), 'PBKDF2', false, ['deriveBits']), 128));
for (const w of ['AES-KW', 'AES-GCM', 'AES-CBC', 'AES-CTR']) for (const f of ['raw', 'jwk']) await ta('wrap ' + w + ' ' + f, async () => {
  const wrapping = await s.importKey('raw', K[32], w, true, ['wrapKey', 'unwrapKey']);
  const inner = await s.importKey('raw', K[16], 'AES-GCM', true, ['encrypt']);
  const a = { name: w, ...parameters[w] };
  const x = await s.wrapKey(f, inner, wrapping, a);
  const back = await s.unwrapKey(f, x, wrapping, a, 'AES-GCM', true, ['encrypt']);
  return [md5(x), x.byteLength, back.algorithm, hex(await s.exportKey('raw', back))];
});
await ta('wrap closed', async () => s.wrapKey('raw', await s.importKey('raw', K[16], 'AES-GCM', false, ['encrypt']), await s.importKey('raw', K[32], 'AES-KW', true, ['wrapKey']), 'AES-KW'));
await ta('wrap without usage', async () => s.wrapKey('raw', await key('AES-GCM'), await s.importKey('raw', K[32], 'AES-KW', true, ['unwrapKey']), 'AES-KW'));
await ta('unwrap wrong', async () => s.unwrapKey('raw', new Uint8Array(24), await s.importKey('raw', K[32], 'AES-KW', true, ['unwrapKey']), 'AES-KW', 'AES-GCM', true, ['encrypt']));
await ta('unwrap uneven', async () => s.unwrapKey('raw', new Uint8Array(23), await s.importKey('raw', K[32], 'AES-KW', true, ['unwrapKey']), 'AES-KW', 'AES-GCM', true, ['encrypt']));
await ta('key shown', async () => require('util').inspect(await key('AES-GCM')));
await ta('hmac key shown', async () => require('util').inspect(await s.importKey('raw', K[16], { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])));
await ta('key as text', async () => { const k = await key('AES-GCM'); return [String(k), JSON.stringify(k), Object.keys(k), k instanceof CryptoKey, k.constructor.name, Object.prototype.toString.call(k)] });
await ta('key is fixed', async () => { const k = await key('AES-GCM'); try { k.type = 'x' } catch (e) { return e.name } return k.type });
await ta('usages are a copy', async () => { const k = await key('AES-GCM'); k.usages.push('sign'); return k.usages });
await ta('detached', async () => { const { digest } = s; return hex(await digest('SHA-1', enc('a'))) });
await ta('order', async () => { const seen = []; const p = s.digest('SHA-1', enc('a')).then(() => seen.push('digest')); await Promise.resolve().then(() => seen.push('a')).then(() => seen.push('b')).then(() => seen.push('c')); process.nextTick(() => seen.push('tick')); await p; return seen });
