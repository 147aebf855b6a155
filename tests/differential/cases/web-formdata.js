// FormData: entries, and forms as bodies, both ways.
const list = (form) => [...form].map(([name, value]) => [name, typeof value === 'string' ? value : `${value.constructor.name} ${value.name} ${value.type} ${value.size}`]);
const blob = () => new Blob(['content'], { type: 'text/plain' });
t('none', () => list(new FormData()));
each('bad argument', [1, 'x', {}, null], (argument) => new FormData(argument));
t('undefined argument', () => list(new FormData(undefined)));
t('append', () => { const f = new FormData(); f.append('a', '1'); f.append('a', 2); f.append('b', null); f.append(5, undefined); f.append('', ''); return list(f); });
t('append a blob', () => { const f = new FormData(); f.append('a', blob()); f.append('b', blob(), 'name.txt'); f.append('c', new File(['x'], 'own.bin', { type: 'A/B', lastModified: 5 })); f.append('d', new File(['x'], 'own.bin', { lastModified: 7 }), 'other'); return [list(f), f.get('c').lastModified, f.get('d').lastModified]; });
t('same file', () => { const f = new FormData(); const file = new File(['x'], 'n'); f.append('a', file); return [f.get('a') === file, f.get('a') === f.get('a')]; });
t('text with a name', () => { new FormData().append('a', 'text', 'name'); });
t('object with a name', () => { new FormData().append('a', {}, 'name'); });
t('object', () => { const f = new FormData(); f.append('a', {}); f.append('b', [1, 2]); return list(f); });
t('halves', () => { const f = new FormData(); f.append('\ud800', 'x\udc00y'); return list(f); });
t('get', () => { const f = new FormData(); f.append('a', '1'); f.append('a', '2'); return [f.get('a'), f.getAll('a'), f.get('b'), f.getAll('b'), f.has('a'), f.has('b')]; });
t('set', () => { const f = new FormData(); for (const v of ['1', '2', '3']) f.append('a', v); f.append('b', 'x'); f.set('a', 'new'); f.set('c', 'y'); f.set('d', blob(), 'n'); return list(f); });
t('delete', () => { const f = new FormData(); f.append('a', '1'); f.append('b', '2'); f.append('a', '3'); f.delete('a'); f.delete('zz'); return list(f); });
t('iterate', () => { const f = new FormData(); f.append('b', '1'); f.append('a', '2'); return [[...f.keys()], [...f.values()], [...f.entries()], Object.prototype.toString.call(f.keys())]; });
t('forEach', () => { const f = new FormData(); f.append('b', '1'); const seen = []; f.forEach(function (value, key, all) { seen.push([value, key, all === f, this]); }, 'me'); return seen.map((each) => each.slice(0, 3)); });
t('forEach bad', () => new FormData().forEach());
for (const method of ['append', 'set', 'get', 'getAll', 'has', 'delete']) {
  t(`${method} without`, () => new FormData()[method]());
  t(`${method} of another`, () => FormData.prototype[method].call({}, 'a', 'b'));
}
t('append with one', () => new FormData().append('a'));
t('symbol', () => new FormData().append(Symbol('x'), 'y'));
t('members', () => Object.entries(Object.getOwnPropertyDescriptors(FormData.prototype)).map(([name, d]) => [name, d.enumerable, d.configurable, d.value?.name, d.value?.length]));
t('tag', () => [String(new FormData()), FormData.name, FormData.length, Object.keys(new FormData())]);
const boundaryOf = (response) => /boundary=(.*)$/.exec(response.headers.get('content-type'))[1];
await ta('as a body', async () => { const f = new FormData(); f.append('a', '1'); f.append('quote"and\nline', 'two\nlines\r\nand\rmore'); f.append('file', blob(), 'a "file"\n.txt'); f.append('ü', 'ä'); const r = new Response(f); const boundary = boundaryOf(r); return (await r.text()).replaceAll(boundary, 'B'); });
await ta('boundary', async () => { const r = new Response(new FormData()); return [/^----formdata-undici-0\d{11}$/.test(boundaryOf(r)), (await r.text()).replaceAll(boundaryOf(r), 'B')]; });
await ta('both ways', async () => { const f = new FormData(); f.append('a', '1'); f.append('a', 'ü\n'); f.append('file', blob(), 'f.txt'); f.append('empty', new Blob([]), ''); const back = await new Response(f).formData(); return [list(back), await back.get('file').text()]; });
await ta('of a request', async () => { const f = new FormData(); f.append('a', '1'); const back = await new Request('http://a.example/', { method: 'POST', body: f }).formData(); return list(back); });
const parse = (text, type = 'multipart/form-data; boundary=B') => new Response(text, { headers: { 'content-type': type } }).formData();
const part = (headers, text = 'x') => `--B\r\n${headers}\r\n\r\n${text}\r\n--B--\r\n`;
for (const [name, text] of Object.entries({
  simple: part('Content-Disposition: form-data; name="a"'), file: part('Content-Disposition: form-data; name="a"; filename="f.txt"\r\nContent-Type: text/html'),
  'file without type': part('Content-Disposition: form-data; name="a"; filename="f"'), 'lower case': part('content-disposition: form-data; name="a"'), 'no name': part('Content-Disposition: form-data'),
  'bare name': part('Content-Disposition: form-data; name=a'), 'no header': part('X: y'), 'other header': part('Content-Disposition: form-data; name="a"\r\nX-Other: y'),
  'extended name': part("Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''%e2%82%ac.txt"), 'escaped name': part('Content-Disposition: form-data; name="a%22b%0D%0A"'),
  'transfer encoding': part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'aGk='), 'not form-data': part('Content-Disposition: attachment; name="a"'),
  'no end': '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', 'only the end': '--B--\r\n', 'end without a line': '--B--', empty: '', 'wrong boundary': part('Content-Disposition: form-data; name="a"').replaceAll('--B', '--C'),
  'two parts': `--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n${part('Content-Disposition: form-data; name="b"', '2')}`, 'text before': `preamble\r\n${part('Content-Disposition: form-data; name="a"')}`,
  'line feeds only': part('Content-Disposition: form-data; name="a"').replaceAll('\r', ''), 'empty value': part('Content-Disposition: form-data; name="a"', ''), 'boundary in the value': part('Content-Disposition: form-data; name="a"', 'a--Bc'),
  'unicode': part('Content-Disposition: form-data; name="ü"; filename="ö"', 'ä€'), 'text behind': `${part('Content-Disposition: form-data; name="a"')}epilogue`,
})) await ta(`multipart ${name}`, async () => { const f = await parse(text); return [list(f), typeof f.get('a') === 'string' ? f.get('a') : await f.get('a')?.text()]; });
for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="B"', 'multipart/form-data; boundary=B; charset=utf-8', 'MULTIPART/FORM-DATA; BOUNDARY=B', 'text/plain', '', 'multipart/mixed; boundary=B', `multipart/form-data; boundary=${'x'.repeat(80)}`, 'multipart/form-data; boundary=B B']) await ta(`type ${type}`, async () => list(await parse(part('Content-Disposition: form-data; name="a"'), type)));
for (const text of ['a=1&b=2&a=3', '', 'a', '=x', 'a=%C3%BC+x', '&&a=b', 'a=b=c', '%ff=%zz']) await ta(`urlencoded ${text}`, async () => list(await parse(text, 'application/x-www-form-urlencoded')));
await ta('urlencoded with a charset', async () => list(await parse('a=ü', 'application/x-www-form-urlencoded; charset=utf-8')));
await ta('file is a File', async () => { const f = (await parse(part('Content-Disposition: form-data; name="a"; filename="f.txt"\r\nContent-Type: text/html'))).get('a'); return [f instanceof File, f instanceof Blob, f.name, f.type, typeof f.lastModified]; });
const shown = new FormData(); shown.append('a', '1'); shown.append('a', '2'); shown.append('b', new File(['x'], 'n', { type: 't/y', lastModified: 5 }));
console.log(shown, [new FormData()]);
