const c = require('crypto');
const { promisify } = require('util');
const hex = (b) => Buffer.from(b).toString('hex');
for (const v of ['', 'p\u00e9', Buffer.from('p'), new Uint8Array([1]), new Uint16Array([257]), new ArrayBuffer(2), new DataView(new ArrayBuffer(2)), 5, null, undefined, {}, [], true]) {
  t('scrypt password ' + show(v), () => hex(c.scryptSync(v, 's', 8, { N: 16 })));
  t('scrypt salt ' + show(v), () => hex(c.scryptSync('p', v, 8, { N: 16 })));
}
t('scrypt default', () => hex(c.scryptSync('pw', 'salt', 64)));
t('scrypt rfc7914', () => [hex(c.scryptSync('', '', 64, { N: 16, r: 1, p: 1 })), hex(c.scryptSync('password', 'NaCl', 64, { N: 1024, r: 8, p: 16 }))]);
for (const o of [{ N: 1024 }, { cost: 1024 }, { N: 16, blockSize: 2, parallelization: 3 }, { N: 16, r: 2, p: 3 }, { N: 1024, cost: 16 }, { r: 8, blockSize: 8 }, { p: 1, parallelization: 1 }, { N: 15 }, { N: 1 }, { N: 0, r: 1 }, { N: 2 }, { N: -2 }, { N: '16' }, { N: 1.5 }, { N: 16, r: 0 }, { N: 16, p: 0 }, { r: -1 }, { p: '1' }, { N: 2 ** 15 }, { N: 2 ** 14, r: 16 }, { N: 2 ** 15, maxmem: 2 ** 26 }, { N: 2 ** 14, maxmem: 1024 }, { maxmem: -1 }, { maxmem: '1' }, { maxmem: 1.5 }, { N: 2 ** 20 }, { N: 2 ** 32 }, { N: 16, maxmem: 0 }])
  t('scrypt ' + show(o), () => hex(c.scryptSync('p', 's', 8, o)));
for (const o of [null, [1]]) t('scrypt options ' + show(o), () => hex(c.scryptSync('p', 's', 8, o)));
for (const n of [0, 1, 100, -1, 1.5, '8', null, undefined, 2 ** 31]) t('scrypt length ' + show(n), () => hex(c.scryptSync('p', 's', n, { N: 16 })));
t('scrypt without callback', () => c.scrypt('p', 's', 8));
t('scrypt bad with callback', () => c.scrypt('p', 's', 8, { N: 15 }, () => {}));
await ta('scrypt later', () => new Promise((r) => c.scrypt('p', 's', 8, (e, k) => r([e, hex(k)]))));
await ta('scrypt promised', () => promisify(c.scrypt)('p', 's', 8, { N: 16 }).then(hex));
t('password format', () => { const salt = 'a1b2c3d4e5f60718'; const stored = salt + ':' + c.scryptSync('hunter2', salt, 64).toString('hex'); const [s, k] = stored.split(':'); return [stored, c.timingSafeEqual(Buffer.from(k, 'hex'), c.scryptSync('hunter2', s, 64)), c.timingSafeEqual(Buffer.from(k, 'hex'), c.scryptSync('hunter3', s, 64))] });
