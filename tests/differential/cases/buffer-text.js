// Text in and out of buffers in every encoding, searched, filled and written. Node 24 ends in an assertion of its own where half of a surrogate
// pair is searched.
const asserts = parseInt(process.versions.node) >= 24;
const encodings = ['utf8', 'UTF-8', 'utf16le', 'ucs2', 'latin1', 'binary', 'ascii', 'base64', 'base64url', 'hex'];
const texts = ['', 'a', 'abc', 'é', '€', '😀', 'a€😀b', '\ud800', 'x\udc00y', '\ud83d', 'AbC=', 'YWJj', 'YWI', '6162', '616', 'zz', '\0\x01', 'ÀÿĀ', 'ＡＢ', '\ufeffa', 'ÿ'.repeat(3)];
for (const encoding of encodings) {
  for (const text of texts) {
    const label = `${encoding} ${JSON.stringify(text)}`;
    t(`from ${label}`, () => Buffer.from(text, encoding));
    t(`byteLength ${label}`, () => Buffer.byteLength(text, encoding));
    t(`round ${label}`, () => escape(Buffer.from(text, encoding).toString(encoding)));
    t(`write ${label}`, () => { const b = Buffer.alloc(5); return [b.write(text, 1, encoding), b]; });
    t(`write 3 ${label}`, () => { const b = Buffer.alloc(5); return [b.write(text, 1, 3, encoding), b]; });
    t(`fill ${label}`, () => Buffer.alloc(7).fill(text, encoding));
    t(`fill part ${label}`, () => Buffer.alloc(7).fill(text, 2, 5, encoding));
    t(`alloc ${label}`, () => Buffer.alloc(4, text, encoding));
    if (asserts && !text.isWellFormed()) continue;
    t(`indexOf ${label}`, () => Buffer.from('xabcé€😀abc616263').indexOf(text, encoding));
    t(`lastIndexOf ${label}`, () => Buffer.from('xabcé€😀abc616263').lastIndexOf(text, undefined, encoding));
    if (text.isWellFormed()) t(`includes ${label}`, () => Buffer.from(text, encoding).includes(text, 0, encoding));
  }
  const bytes = Buffer.from([0, 1, 0x41, 0x7f, 0x80, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xd8, 0x3d, 0x00, 0xdc]);
  for (const [start, end] of [[], [0], [1, 4], [5, 6], [-3], [3, -1], [NaN, 3], [2, 99], [9, 2], ['2', '5'], [1.7, 4.9], [undefined, 3], [3, undefined], [null, null], [Infinity], [0, Infinity]]) {
    t(`toString ${encoding} ${start} ${end}`, () => escape(bytes.toString(encoding, start, end)));
  }
}
for (const hay of ['abcabc', '', 'aaaa', 'a b']) {
  for (const needle of ['', 'a', 'bc', 'abcabcabc', 'aa', ' ', 97, 353, -1, 1.5, NaN, Buffer.from('bc'), new Uint8Array(0), Buffer.from('aa')]) {
    for (const at of [undefined, 0, 1, 3, -1, -3, 99, -99, NaN, '1', null, {}, [], 2.7]) {
      t(`search ${hay} ${String(needle)} ${String(at)}`, () => [Buffer.from(hay).indexOf(needle, at), Buffer.from(hay).lastIndexOf(needle, at), Buffer.from(hay).includes(needle, at)]);
    }
  }
}
for (const at of [0, 1, 2, 3, 4, 5, -1, -2, -3, undefined]) {
  t(`search ucs2 ${at}`, () => { const b = Buffer.from('abcab', 'ucs2'); return [b.indexOf('b', at, 'ucs2'), b.lastIndexOf('b', at, 'ucs2'), b.indexOf('ab', at, 'utf16le'), b.lastIndexOf(Buffer.from('ab', 'ucs2'), at, 'ucs2')]; });
}
for (const [from, to] of [['utf8', 'latin1'], ['utf8', 'ascii'], ['utf8', 'ucs2'], ['latin1', 'utf8'], ['ucs2', 'utf8'], ['ascii', 'utf8'], ['utf8', 'binary'], ['binary', 'utf16le'], ['utf8', 'hex'], ['utf8', 'utf8']]) {
  t(`transcode ${from} ${to}`, () => require('buffer').transcode(Buffer.from('a€é'), from, to));
}
const inspected = (value) => require('util').inspect(value);
t('inspect', () => [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(50), Buffer.alloc(51), Buffer.alloc(60)].map(inspected));
t('inspect extra', () => inspected(Object.assign(Buffer.from('ab'), { a: 1, b: [1, { c: 2 }] })));
t('inspect extra empty', () => inspected(Object.assign(Buffer.alloc(0), { a: 'x' })));
t('inspect inside', () => inspected({ b: [Buffer.from('ab')], m: new Map([['k', Buffer.from('c')]]) }));
t('inspect subclass', () => { class Mine extends Uint8Array {} return inspected(new Mine(2)); });
t('json', () => JSON.stringify({ b: Buffer.from('hi'), e: Buffer.alloc(0) }));
t('json back', () => Buffer.from(JSON.parse(JSON.stringify(Buffer.from('hi')))));
t('keys', () => [Object.keys(Buffer.from('ab')), Buffer.name, Buffer.from('a').constructor.name, Buffer.from('a') instanceof Uint8Array, Object.prototype.toString.call(Buffer.from('a'))]);
t('species', () => [Buffer.from('abc').map((x) => x + 1).constructor.name, Buffer.from('abc').filter((x) => x > 97), Buffer.from('abcd').subarray(1, 3).toString()]);
t('shared memory', () => { const b = Buffer.from('abcd'); const s = b.slice(1, 3); s[0] = 120; return b.toString(); });
t('shared array buffer', () => { const a = new Uint8Array([1, 2, 3]); const b = Buffer.from(a.buffer); a[0] = 9; return b; });
t('swap', () => [Buffer.from('abcdefgh').swap16().toString(), Buffer.from('abcdefgh').swap32().toString(), Buffer.from('abcdefgh').swap64().toString()]);
t('swap odd', () => Buffer.from('abc').swap16());
t('swap odd 32', () => Buffer.from('abc').swap32());
t('swap odd 64', () => Buffer.from('abc').swap64());
t('compare', () => [['a', 'b'], ['b', 'a'], ['a', 'a'], ['a', 'aa'], ['', 'a'], ['é', 'e']].map(([a, b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
t('sort', () => ['b', 'a', 'ab', ''].map((x) => Buffer.from(x)).sort(Buffer.compare).map(String));
t('iterate', () => [[...Buffer.from('ab')], [...Buffer.from('ab').entries()], [...Buffer.from('ab').keys()]]);
for (const [method, values] of Object.entries({ writeUInt8: [0, 255, 256, -1, 1.9, '7', NaN], writeInt8: [127, 128, -128, -129], writeUInt16LE: [65535, 65536], writeInt16BE: [-32768, 32768], writeUInt32BE: [4294967295, 4294967296, -1], writeInt32LE: [2147483647, -2147483649], writeFloatLE: [1.1, 1e40, -0, NaN, Infinity], writeDoubleBE: [Math.PI, -1e308, NaN], writeBigInt64LE: [1n, -(2n ** 63n), 2n ** 63n], writeBigUInt64BE: [2n ** 64n - 1n, 2n ** 64n, -1n] })) {
  for (const value of values) t(`${method} ${value}`, () => { const b = Buffer.alloc(8); return [b[method](value), b]; });
}
for (const size of [1, 2, 3, 4, 5, 6, 0, 7, 1.5, '2']) {
  for (const value of [0, 1, 255, 65535, 2 ** 31, 2 ** 40 + 5, 2 ** 47, -1, -(2 ** 39), 1.7, -0.5]) {
    t(`sized ${size} ${value}`, () => { const b = Buffer.alloc(8); return [b.writeIntLE(value, 0, size), b.readIntLE(0, size), b.readUIntBE(1, size), b]; });
    t(`sized unsigned ${size} ${value}`, () => { const b = Buffer.alloc(8); return [b.writeUIntBE(value, 1, size), b.readUIntBE(1, size), b.readIntBE(1, size), b]; });
  }
}
for (const text of ['', 'YQ==', 'YQ', 'Y', 'YQ=', ' Y Q = = ', 'Y\nQ', 'YQ==YQ==', 'é', '=', '====', 'YWJj', 'a b', 'YW-_', '\u0100', 'YQ=Q', 'YWJj\f', 'YWJj\v']) {
  t(`atob ${JSON.stringify(text)}`, () => escape(atob(text)));
  t(`btoa ${JSON.stringify(text)}`, () => btoa(text));
}
t('atob error', () => { try { atob('*'); } catch (error) { return [error.name, error.code, error.message, error instanceof DOMException, error instanceof Error]; } });
t('btoa error', () => { try { btoa('€'); } catch (error) { return [error.name, error.code, error.message, error instanceof DOMException]; } });
