// Text and compression streams.
const settled = async (promise) => { try { return ['ok', await promise]; } catch (error) { return ['failed', error?.name, error?.code, error?.message ?? error]; } };
const of = (...chunks) => ReadableStream.from(chunks);
const all = async (stream) => { const seen = []; for await (const chunk of stream) seen.push(chunk); return seen; };
const joined = async (stream) => Buffer.concat(await all(stream));
for (const [name, chunks] of Object.entries({ texts: ['a', 'ü', '😀'], pair: ['\ud83d', '\ude00'], halves: ['\ud83d', 'x', '\ude00'], 'half at the end': ['x\ud83d'], empty: [''], values: [1, null, undefined, {}], 'pair over an empty one': ['\ud83d', '', '\ude00'], nothing: [] })) await ta(`encode ${name}`, () => joined(of(...chunks).pipeThrough(new TextEncoderStream())));
await ta('encode symbol', () => settled(all(of(Symbol('x')).pipeThrough(new TextEncoderStream()))));
for (const [name, chunks] of Object.entries({ whole: [[97, 0xc3, 0xbc]], parts: [[0xf0, 0x9f], [0x98], [0x80]], cut: [[97, 0xc3]], wrong: [[0xff, 98]], mark: [[0xef, 0xbb, 0xbf, 97]], 'mark in parts': [[0xef], [0xbb, 0xbf], [97]], nothing: [] })) for (const options of [{}, { fatal: true }, { ignoreBOM: true }]) await ta(`decode ${name} ${Object.keys(options)}`, async () => settled(all(of(...chunks.map((chunk) => new Uint8Array(chunk))).pipeThrough(new TextDecoderStream('utf-8', options))).then((texts) => texts.join(''))));
await ta('decode others', async () => (await all(of(new Uint8Array([0xe4, 0x80])).pipeThrough(new TextDecoderStream('latin1')))).join('').length);
await ta('decode buffers', async () => (await all(of(new Uint8Array([97]).buffer, new DataView(new Uint8Array([98]).buffer)).pipeThrough(new TextDecoderStream()))).join(''));
await ta('decode text', () => settled(all(of('x').pipeThrough(new TextDecoderStream()))));
t('decoder facts', () => { const s = new TextDecoderStream('UTF8', { fatal: true, ignoreBOM: 1 }); return [s.encoding, s.fatal, s.ignoreBOM, s.readable.constructor.name, s.writable.constructor.name]; });
t('encoder facts', () => { const s = new TextEncoderStream(); return [s.encoding, s.readable.constructor.name, s.readable === s.readable]; });
each('decoder label', ['utf-16le', 'ascii', 'x', '', null, undefined], (label) => new TextDecoderStream(label).encoding);
t('encoding of another', () => Object.getOwnPropertyDescriptor(TextEncoderStream.prototype, 'encoding').get.call({}));
const compress = (format, ...chunks) => joined(of(...chunks).pipeThrough(new CompressionStream(format)));
const bytes = (text) => new TextEncoder().encode(text);
const text = 'The same text, the same text, the same text. '.repeat(50);
const zlib = { gzip: '1f8b0800000000000003cb48cdc9c957c84072000e9d7da812000000', deflate: '789ccb48cdc9c957c84072003c6c06a9', 'deflate-raw': 'cb48cdc9c957c8407200' };
for (const format of ['gzip', 'deflate', 'deflate-raw']) {
  await ta(`${format} both ways`, async () => { const small = await compress(format, bytes(text)); const back = await joined(of(small).pipeThrough(new DecompressionStream(format))); return [small.length < 200, back.toString() === text]; });
  await ta(`${format} in pieces`, async () => { const small = await compress(format, ...[...text].map(bytes)); const back = await joined(of(...Array.from(small, (byte) => new Uint8Array([byte]))).pipeThrough(new DecompressionStream(format))); return back.toString() === text; });
  await ta(`${format} of nothing`, async () => (await compress(format)).toString('hex'));
  await ta(`${format} known`, async () => settled(joined(of(Buffer.from(zlib[format], 'hex')).pipeThrough(new DecompressionStream(format))).then(String)));
  await ta(`${format} header`, async () => (await compress(format, bytes('x'))).subarray(0, format === 'gzip' ? 10 : 2).toString('hex'));
  await ta(`${format} of much`, async () => { const much = new Uint8Array(300000).map((_, at) => at * at >> 3); const back = await joined(of(await compress(format, much)).pipeThrough(new DecompressionStream(format))); return [back.length, Buffer.compare(back, much)]; });
  await ta(`${format} broken off`, async () => { const small = await compress(format, bytes(text)); return (await settled(joined(of(small.subarray(0, small.length - 3)).pipeThrough(new DecompressionStream(format))))).slice(0, 2); });
  await ta(`${format} of what is none`, async () => settled(joined(of(bytes('this is not compressed')).pipeThrough(new DecompressionStream(format)))));
}
await ta('wrong sum', async () => { const small = await compress('gzip', bytes('abc')); small[small.length - 8] ^= 1; return settled(joined(of(small).pipeThrough(new DecompressionStream('gzip')))); });
await ta('two files', async () => { const small = await compress('gzip', bytes('abc')); return settled(joined(of(small, small).pipeThrough(new DecompressionStream('gzip'))).then(String)); });
each('format', ['x', '', undefined, null, 'GZIP', 5, 'br'], (format) => new CompressionStream(format));
each('format back', ['x', undefined, 'toString'], (format) => new DecompressionStream(format));
await ta('response', async () => new Response(new Response('zipped').body.pipeThrough(new CompressionStream('gzip')).pipeThrough(new DecompressionStream('gzip'))).text());
t('readable of another', () => Object.getOwnPropertyDescriptor(CompressionStream.prototype, 'readable').get.call({}));
console.log(new TextEncoderStream(), new TextDecoderStream('latin1'), new DecompressionStream('deflate'));
