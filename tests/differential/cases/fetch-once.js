// Bodies of answers are read once.
const get = (path, init) => fetch(`http://UPSTREAM/${path}`, init);
const fails = async (run) => { try { return await run(); } catch (error) { return [error.name, error.message, error.code]; } };
await ta('used', async () => { const r = await get('chunks'); const before = r.bodyUsed; const reading = r.text(); const during = [r.bodyUsed, r.body.locked]; return [before, during, await reading, r.bodyUsed, r.body.locked]; });
await ta('twice', async () => { const r = await get('chunks'); await r.text(); return fails(() => r.json()); });
await ta('at the same time', async () => { const r = await get('chunks'); return (await Promise.allSettled([r.text(), r.text()])).map(({ status, value, reason }) => [status, value, reason?.message]); });
await ta('clone afterwards', async () => { const r = await get('chunks'); await r.text(); return fails(() => r.clone()); });
await ta('reader afterwards', async () => { const r = await get('chunks'); await r.text(); return fails(() => r.body.getReader()); });
await ta('text of a locked one', async () => { const r = await get('chunks'); r.body.getReader(); return fails(() => r.text()); });
await ta('looked at first', async () => { const r = await get('chunks'); const { body } = r; return [body === r.body, await r.text(), body.locked]; });
await ta('clone and both', async () => { const r = await get('chunks'); const copy = r.clone(); const again = copy.clone(); return Promise.all([r.text(), copy.text(), again.text()]); });
await ta('every way', async () => { const all = await Promise.all(Array.from({ length: 4 }, () => get('chunks'))); return [await all[0].text(), (await all[1].arrayBuffer()).byteLength, (await all[2].bytes()).length, await (await all[3].blob()).text()]; });
await ta('aborted while reading', async () => { const c = new AbortController(); const r = await get('endless', { signal: c.signal }); const reading = fails(() => r.text()); setTimeout(() => c.abort(new RangeError('mine')), 10); return [await reading, r.bodyUsed]; });
await ta('aborted afterwards', async () => { const c = new AbortController(); const r = await get('chunks', { signal: c.signal }); const text = await r.text(); c.abort(); return [text, r.bodyUsed]; });
await ta('cut while reading', async () => { const r = await get('cut'); return [(await fails(() => r.text())).slice(0, 2), r.bodyUsed]; });
