// How long fetch says that a body is, and how requests overlap and fail.
const length = async (init) => (await fetch('http://UPSTREAM/length', init)).text();
await ta('nothing', () => length());
await ta('POST nothing', () => length({ method: 'POST' }));
await ta('PUT empty', () => length({ method: 'PUT', body: '' }));
await ta('DELETE nothing', () => length({ method: 'DELETE' }));
await ta('text', () => length({ method: 'POST', body: 'aü' }));
await ta('blob', () => length({ method: 'POST', body: new Blob(['abc']) }));
await ta('stream', () => length({ method: 'POST', body: ReadableStream.from([new Uint8Array(5)]), duplex: 'half' }));
const fails = async (run) => { try { return await run(); } catch (error) { return [error.name, error.message, error.code, error.cause?.name, error.cause?.code]; } };
await ta('body that fails', () => fails(() => length({ method: 'POST', duplex: 'half', body: new ReadableStream({ pull() { throw new RangeError('mine'); } }) })).then((all) => all.slice(0, 2)));
await ta('dropped', () => fails(() => fetch('http://UPSTREAM/drop')).then((all) => all.slice(0, 2)));
await ta('wrong certificate', () => fails(() => fetch('https://UPSTREAM/echo')).then((all) => all.slice(0, 2)));
await ta('at once', async () => { const from = performance.now(); const all = await Promise.all(Array.from({ length: 4 }, () => fetch('http://UPSTREAM/chunks').then((r) => r.text()))); return [all, performance.now() - from < 2000]; });
await ta('basic credentials', async () => (await fetch('http://UPSTREAM/hop', { headers: { authorization: `Basic ${btoa('a:b')}` } })).text());
await ta('form back', async () => { const r = await fetch('http://UPSTREAM/echo', { method: 'POST', body: new URLSearchParams('a=1') }); return [r.ok, (await r.json()).body]; });
