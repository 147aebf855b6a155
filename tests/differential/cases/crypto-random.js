const c = require('crypto');
for (const v of [0, 1, 4, 4.5, -1, -0, NaN, Infinity, 2 ** 31, 2 ** 32, '5', '', null, undefined, {}, [], true, 5n]) {
  t('randomBytes ' + show(v), () => { const b = c.randomBytes(v); return [b.length, b.constructor.name, Buffer.isBuffer(b)] });
  t('pseudoRandomBytes ' + show(v), () => c.pseudoRandomBytes(v).length);
  t('randomBytes with callback ' + show(v), () => c.randomBytes(v, () => {}));
}
for (const v of [null, 5, 'x', {}]) t('randomBytes callback ' + show(v), () => c.randomBytes(4, v) && 1);
for (const a of [[5], [1], [0], [-5], [1.5], ['5'], [null], [undefined], [NaN], [3, 4], [4, 3], [4, 4], [-3, -2], [0, 2 ** 48 - 1], [0, 2 ** 48], [-1, 2 ** 48 - 1], [2 ** 53, 2 ** 53 + 2], [0, 1.5], ['1', 2], [1, '2'], [1, null], [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER], [Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER + 1], [3, 4, 5], [3, 4, null], []])
  t('randomInt ' + show(a), () => { const r = c.randomInt(...a); return a.length > 1 && a[1] - a[0] === 1 ? r : Number.isInteger(r) });
t('randomInt range', () => { const seen = new Set(); for (let i = 0; i < 300; i++) seen.add(c.randomInt(6)); return [...seen].sort() });
t('randomInt returns', () => c.randomInt(5, () => {}));
for (const a of [[Buffer.alloc(3)], [Buffer.alloc(3), 1], [Buffer.alloc(3), 1, 2], [Buffer.alloc(3), 1, 3], [Buffer.alloc(3), 4], [Buffer.alloc(3), -1], [Buffer.alloc(3), 0, -1], [Buffer.alloc(3), 0, 4], [Buffer.alloc(3), '1'], [Buffer.alloc(3), 1.5], [Buffer.alloc(3), 0, 1.5], [Buffer.alloc(3), undefined, 2], [Buffer.alloc(3), null], [new Uint16Array(4), 1, 2], [new Uint32Array(2), 2], [new Uint32Array(2), 3], [new DataView(new ArrayBuffer(4)), 1], [new ArrayBuffer(4)], [new ArrayBuffer(4), 5], ['abc'], [null], [5], [], [{}], [[1, 2]], [Buffer.alloc(0)]]) {
  const label = show(a);
  t('randomFillSync ' + label, () => c.randomFillSync(...a) === a[0]);
  t('randomFill ' + label, () => c.randomFill(...a, () => {}));
}
t('randomFill without callback', () => c.randomFill(Buffer.alloc(2)));
t('randomFill bad callback', () => c.randomFill(Buffer.alloc(2), 5));
t('randomFillSync part', () => { const b = c.randomFillSync(Buffer.alloc(64), 32); return [b.subarray(0, 32).every((x) => x === 0), b.subarray(32).some((x) => x !== 0)] });
t('randomFillSync of words', () => { const b = c.randomFillSync(new Uint32Array(16), 8); return [b.subarray(0, 8).every((x) => x === 0), b.subarray(8).some((x) => x !== 0)] });
t('randomFillSync floats', () => c.randomFillSync(new Float32Array(2)).length);
t('randomUUID', () => [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(c.randomUUID()), c.randomUUID() !== c.randomUUID(), c.randomUUID({ disableEntropyCache: true }).length]);
for (const v of [null, 5, 'x', { disableEntropyCache: 'x' }, { disableEntropyCache: null }, {}, undefined]) t('randomUUID ' + show(v), () => c.randomUUID(v).length);
t('global randomUUID', () => /^[0-9a-f-]{36}$/.test(crypto.randomUUID()));
for (const v of [new Uint8Array(2), new Int8Array(2), new Uint8ClampedArray(2), new Uint16Array(2), new Int32Array(2), new BigInt64Array(2), new BigUint64Array(1), new Float32Array(2), new Float64Array(1), new DataView(new ArrayBuffer(2)), new ArrayBuffer(2), new Uint8Array(65536), new Uint8Array(65537), Buffer.alloc(4), new Uint8Array(0), [1], 'x', null, undefined, {}]) {
  const label = ArrayBuffer.isView(v) ? v.constructor.name + v.byteLength : show(v);
  t('global getRandomValues ' + label, () => crypto.getRandomValues(v) === v);
  t('getRandomValues ' + label, () => c.getRandomValues(v) === v);
  t('webcrypto getRandomValues ' + label, () => c.webcrypto.getRandomValues(v) === v);
}
t('getRandomValues of nothing', () => crypto.getRandomValues());
t('detached', () => { const { getRandomValues } = crypto; return getRandomValues(new Uint8Array(1)).length });
t('detached uuid', () => { const { randomUUID } = crypto; return randomUUID().length });
t('global is', () => [c.webcrypto === globalThis.crypto, c.subtle === crypto.subtle, Object.prototype.toString.call(crypto), Object.prototype.toString.call(crypto.subtle), crypto.constructor.name, typeof Crypto, typeof SubtleCrypto, typeof CryptoKey]);
t('new Crypto', () => new Crypto());
t('new SubtleCrypto', () => new SubtleCrypto());
t('new CryptoKey', () => new CryptoKey());
t('keys of global', () => [Object.keys(crypto), Object.keys(Crypto.prototype), Object.keys(SubtleCrypto.prototype), Object.keys(CryptoKey.prototype)]);
t('functions of subtle', () => Object.getOwnPropertyNames(SubtleCrypto.prototype).filter((n) => typeof Object.getOwnPropertyDescriptor(SubtleCrypto.prototype, n).value === 'function').map((n) => [n, SubtleCrypto.prototype[n].length]));
await ta('bytes later', () => new Promise((r) => c.randomBytes(4, (e, b) => r([e, b.length]))));
await ta('bytes promised', () => require('util').promisify(c.randomBytes)(4).then((b) => b.length));
await ta('fill later', () => new Promise((r) => c.randomFill(Buffer.alloc(4), 1, 2, (e, b) => r([e, b.length, b[0], b[3]]))));
await ta('fill promised', () => require('util').promisify(c.randomFill)(new Uint8Array(3)).then((b) => b.constructor.name));
await ta('int later', () => new Promise((r) => c.randomInt(3, 4, (e, n) => r([e, n]))));
await ta('int promised', () => require('util').promisify(c.randomInt)(3, 4));
await ta('order', () => new Promise((r) => { const seen = []; c.randomBytes(4, () => { seen.push('bytes'); setTimeout(() => r(seen), 1) }); process.nextTick(() => seen.push('tick')); Promise.resolve().then(() => seen.push('promise')); queueMicrotask(() => seen.push('micro')); seen.push('sync') }));
