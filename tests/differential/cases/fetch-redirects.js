// Redirects.
const get = (query, init) => fetch(`http://UPSTREAM/redirect?${query}`, init);
const facts = async (r) => [r.type, new URL(r.url).pathname, r.redirected, r.status, await r.text()];
const fails = async (run) => { try { return await run(); } catch (error) { return [error.name, error.message]; } };
const sent = async (r) => { const { method, body, headers } = await r.json(); return [r.redirected, new URL(r.url).pathname, method, body, headers.map(([name]) => name)]; };
await ta('followed', async () => sent(await get('code=302&to=/echo')));
for (const code of [301, 302, 303, 307, 308]) await ta(`POST ${code}`, async () => sent(await get(`code=${code}&to=/echo`, { method: 'POST', body: 'abc', headers: { 'x-a': 'b' } })));
await ta('manual', async () => { const r = await get('code=302&to=/echo', { redirect: 'manual' }); return [...await facts(r), r.headers.get('location')]; });
await ta('error', () => fails(() => get('code=302&to=/echo', { redirect: 'error' })));
await ta('without a place', async () => facts(await get('code=302')));
await ta('other codes', async () => facts(await get('code=300&to=/echo')));
await ta('nowhere', () => fails(() => get('code=302&to=http://')));
await ta('another scheme', () => fails(() => get('code=302&to=ftp://a.example/')));
await ta('stream and 307', () => fails(async () => (await get('code=307&to=/echo', { method: 'POST', duplex: 'half', body: ReadableStream.from([new Uint8Array([97])]) })).status));
