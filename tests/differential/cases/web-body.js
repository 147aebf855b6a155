// Bodies: each way to read one, what each is made of, and what cannot be read twice.
const ways = ['text', 'json', 'arrayBuffer', 'bytes', 'blob'];
const seen = async (value) => (value instanceof Blob ? [value.type, await value.text()] : value);
for (const [name, body] of Object.entries({
  text: () => '{"a":"ü€😀"}', bytes: () => new Uint8Array([123, 125]), part: () => new Uint8Array([0, 91, 93, 0]).subarray(1, 3), buffer: () => new Uint8Array([49]).buffer,
  words: () => new Uint16Array([0x3131]), view: () => new DataView(new Uint8Array([0, 50, 0]).buffer, 1, 1), params: () => new URLSearchParams({ a: 'b c', d: 'ü' }), blob: () => new Blob(['"x"'], { type: 'A/B;c=D' }),
  node: () => Buffer.from('[1,2]'), empty: () => '', number: () => 12, half: () => '"\ud800"', mark: () => '\ufeff{"b":1}', wrong: () => new Uint8Array([0xff, 0xfe, 0x41]),
  stream: () => new ReadableStream({ start(c) { c.enqueue(new Uint8Array([55])); c.enqueue(new Uint8Array([56])); c.close(); } }),
  byteStream: () => new ReadableStream({ type: 'bytes', pull(c) { c.enqueue(new Uint8Array([57])); c.close(); } }),
})) {
  for (const way of ways) await ta(`${name} as ${way}`, async () => seen(await new Response(body())[way]()));
  await ta(`${name} of a request`, async () => new Request('http://a.example/', { method: 'POST', body: body(), duplex: 'half' }).text());
}
for (const way of [...ways, 'formData']) {
  await ta(`nothing as ${way}`, async () => seen(await new Response()[way]()));
  await ta(`${way} twice`, async () => { const r = new Response('1'); await r[way]().catch(() => {}); return r[way](); });
  await ta(`${way} after text`, async () => { const r = new Response('1'); await r.text(); return [r.bodyUsed, await r[way]()]; });
  await ta(`${way} while locked`, async () => { const r = new Response('1'); r.body.getReader(); return r[way](); });
  await ta(`${way} at the same time`, async () => { const r = new Response('1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }); const all = await Promise.allSettled([r[way](), r[way]()]); return all.map(({ status, reason }) => [status, reason?.message]); });
  await ta(`${way} of another`, async () => Response.prototype[way].call({}));
  await ta(`${way} of a cancelled one`, async () => { const r = new Response('1'); await r.body.cancel(); return r[way](); });
  t(`${way} is async`, () => Response.prototype[way].call({}).catch(() => {}) instanceof Promise);
}
await ta('nothing twice', async () => { const r = new Response(); return [await r.text(), r.bodyUsed, await r.text(), r.bodyUsed]; });
await ta('used', async () => { const r = new Response('x'); const before = r.bodyUsed; const reading = r.text(); const during = r.bodyUsed; await reading; return [before, during, r.bodyUsed]; });
await ta('used by a reader', async () => { const r = new Response('x'); const reader = r.body.getReader(); const locked = r.bodyUsed; await reader.read(); reader.releaseLock(); return [locked, r.bodyUsed, r.body.locked]; });
await ta('read in part', async () => { const r = new Response('x'); const reader = r.body.getReader(); await reader.read(); reader.releaseLock(); return r.text(); });
await ta('reader', async () => { const reader = new Response('abc').body.getReader(); const first = await reader.read(); return [first.done, [...first.value], await reader.read(), await reader.closed]; });
await ta('reader of bytes', async () => { const reader = new Response('abcdef').body.getReader({ mode: 'byob' }); const one = await reader.read(new Uint8Array(4)); const two = await reader.read(new Uint8Array(4)); const end = await reader.read(new Uint8Array(4)); return [one, two, end]; });
await ta('for await', async () => { const parts = []; for await (const part of new Response('abc').body) parts.push(Buffer.from(part).toString()); return parts; });
await ta('empty text has a body', async () => { const r = new Response(''); return [r.body === null, await r.body.getReader().read()]; });
await ta('bad JSON', async () => new Response('{').json());
await ta('no JSON', async () => new Response('').json());
await ta('strings in a stream', async () => new Response(new ReadableStream({ start(c) { c.enqueue('x'); c.close(); } })).text());
await ta('numbers in a stream', async () => new Response(new ReadableStream({ start(c) { c.enqueue(5); c.close(); } })).arrayBuffer());
await ta('error in a stream', async () => new Response(new ReadableStream({ start(c) { c.error(new RangeError('mine')); } })).text());
await ta('error later in a stream', async () => new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1)); c.error('plain'); } })).json());
await ta('pull that throws', async () => new Response(new ReadableStream({ pull() { throw new TypeError('pulled'); } })).text());
await ta('iterable', async () => new Response((async function* () { yield new Uint8Array([97]); yield 'b'; yield Buffer.from('c'); })()).text());
await ta('sync iterable', async () => new Response([1, 2][Symbol.iterator]()).text());
await ta('iterable fails', async () => new Response((async function* () { yield new Uint8Array([97]); throw new Error('in the middle'); })()).text());
await ta('text is a copy', async () => { const bytes = new Uint8Array([97]); const r = new Response(bytes); bytes[0] = 98; return r.text(); });
await ta('buffers are new', async () => { const r = new Response('x'); const copy = r.clone(); const [a, b] = [await r.arrayBuffer(), await copy.arrayBuffer()]; return [a === b, a.byteLength, a.constructor === ArrayBuffer]; });
await ta('tee', async () => { const [a, b] = new Response('abc').body.tee(); return [await new Response(a).text(), await new Response(b).text()]; });
await ta('tee marks it used', async () => { const r = new Response('abc'); r.body.tee(); return [r.bodyUsed, r.body.locked]; });
await ta('blob type', async () => (await new Response('x', { headers: { 'content-type': ' Text/HTML ; Charset="UTF-8" ' } }).blob()).type);
for (const type of ['a/b', 'A/B', 'a', 'a/b;c=d;e', 'text/plain;charset=utf-8', 'a/b, c/d', 'x/y;p="q r"', 'multipart/form-data; boundary=x']) await ta(`blob of ${type}`, async () => (await new Response('x', { headers: { 'content-type': type } }).blob()).type);
await ta('large', async () => { const r = new Response('ü'.repeat(100000)); const text = await r.text(); return [text.length, text === 'ü'.repeat(100000)]; });
await ta('large clone', async () => { const r = new Response(new Uint8Array(300000)); const copy = r.clone(); return [(await r.arrayBuffer()).byteLength, (await copy.blob()).size]; });
await ta('unhandled is nobody\'s', async () => { const r = new Response('x'); r.json().catch(() => {}); return r.bodyUsed; });
