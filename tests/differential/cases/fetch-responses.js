// What fetch makes of answers.
const get = (path, init) => fetch(`http://UPSTREAM/${path}`, init);
const facts = async (r) => [r.type, new URL(r.url).pathname, r.redirected, r.status, r.ok, r.statusText, await r.text(), r.bodyUsed];
for (const code of [200, 201, 204, 304, 404, 500, 205]) await ta(`status ${code}`, async () => { const r = await get(`status?code=${code}`); return [r.body === null, ...await facts(r)]; });
await ta('headers', async () => { const { headers } = await get('headers'); return [[...headers].filter(([name]) => !['connection', 'keep-alive', 'transfer-encoding'].includes(name)), headers.getSetCookie(), headers.get('X-TWO')]; });
await ta('headers stay', async () => { (await get('empty')).headers.set('a', 'b'); });
for (const coding of ['gzip', 'deflate', 'raw', 'twice']) await ta(coding, async () => { const r = await get(coding); const text = await r.text(); return [text.length, text.slice(0, 20), r.headers.get('content-encoding')]; });
await ta('unknown coding', async () => facts(await get('unknown')));
await ta('broken coding', async () => { try { return await (await get('broken')).text(); } catch (error) { return [error.name, error.message]; } });
await ta('json', async () => (await (await get('echo')).json()).method);
await ta('empty', async () => { const r = await get('empty'); return [r.body === null, await r.text()]; });
await ta('blob', async () => { const b = await (await get('echo')).blob(); return [b.type, b.size > 0]; });
