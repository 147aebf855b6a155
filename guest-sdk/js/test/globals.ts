/** What is there without an import, and what is not. */

const fromEnv: string | undefined = process.env.API_KEY;
// @ts-expect-error an env var may be missing
export const certain: string = process.env.API_KEY;
// @ts-expect-error and is never a number
export const count: number | undefined = process.env.COUNT;
process.env.DEBUG = '1';

console.debug('%j', { fromEnv }, new Map([[1, 2]]));
const since: [number, number] = process.hrtime(process.hrtime());
process.nextTick((text: string) => console.info(text, since), 'tick');

const timer = setTimeout((a: number) => console.log(a + 1), 10, 1);
clearTimeout(timer);
clearInterval(setInterval(() => {}, 5).unref());
clearImmediate(setImmediate(() => {}));
queueMicrotask(() => {});
// @ts-expect-error the callback's argument is a number
setTimeout((a: number) => a, 10, 'one');

const url = new URL('/a?b=1', 'https://example.com');
for (const [name, value] of url.searchParams) console.log(name, value, new URLSearchParams({ name }).toString());

export const bytes: Uint8Array = new TextEncoder().encode(atob(btoa('x')));
export const text: string = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
export const copy: { a: Date } = structuredClone({ a: new Date() });

export const hex: string = Buffer.from('x', 'utf8').toString('base64url');
export const joined: Buffer = Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(2).subarray(1), Buffer.from('00', 'hex').slice(0, 1)]);

const controller = new AbortController();
controller.signal.addEventListener('abort', (event) => console.warn(event.type), { once: true });
controller.abort(new Error('enough'));
new EventTarget().dispatchEvent(new Event('done'));

export const id: string = crypto.randomUUID();
export const random: Uint8Array = crypto.getRandomValues(new Uint8Array(16));
export const verify = async (jwk: { kty: string }, signature: Uint8Array): Promise<boolean> => {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
  const key = await crypto.subtle.importKey('jwk', jwk, rsa, false, ['verify']);
  return crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, await crypto.subtle.digest('SHA-256', bytes));
};
export const elapsed: number = performance.now();
export const formatted: string = new Intl.NumberFormat('en-US').format(1) + [3, 1].toSorted().at(0);

export const called = async (): Promise<string> => {
  const form = new FormData();
  form.append('file', new Blob(['x'], { type: 'text/plain' }), 'x.txt');
  const response = await fetch(new URL('https://example.com/'), { method: 'POST', body: form, headers: { accept: 'text/plain' }, signal: AbortSignal.timeout(500) });
  if (!response.ok) throw new Error(`${response.status} ${response.headers.get('content-type')}`);
  for (const [name, value] of response.headers) console.log(name, value);
  let size = 0;
  if (response.body) for await (const chunk of response.clone().body ?? []) size += chunk.length;
  const packed = new Response('x').body?.pipeThrough(new CompressionStream('gzip'));
  const numbers = new ReadableStream<number>({ start: (controller) => controller.enqueue(size) }).pipeThrough(new TransformStream<number, string>());
  const { value } = await numbers.getReader().read();
  return `${value}${await new Response(packed).text()}${Response.json({ size }).status}`;
};

/** Never called: a hook is what is above. */
export function refused(): void {
  // @ts-expect-error no such encoding
  Buffer.from('x', 'base32');
  // @ts-expect-error a body is no object
  fetch('https://example.com', { method: 'POST', body: { a: 1 } });
  // @ts-expect-error no browser
  document.title = 'x';
  // @ts-expect-error no browser
  window.alert('x');
  // @ts-expect-error no file of its own
  console.log(__dirname);
  // @ts-expect-error no disk
  localStorage.clear();
  // @ts-expect-error no threads
  new Worker('x');
}
