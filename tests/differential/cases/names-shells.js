// The modules that only load: their exports have Node's names and types.
const kind = (value) => (typeof value === 'function' ? `${value.name}/${value.length}` : value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
for (const name of ['child_process', 'cluster', 'dgram', 'dns', 'dns/promises', 'fs', 'fs/promises', 'http', 'https', 'http2', 'net', 'readline', 'readline/promises', 'repl', 'stream/web', 'tls', 'trace_events', 'tty', 'v8', 'vm', 'worker_threads', 'zlib', 'inspector', 'domain']) {
  const module = require(name);
  for (const key of Object.keys(module).filter((key) => !key.startsWith('_')).sort()) {
    const value = module[key];
    t(`${name}.${key}`, () => (typeof value === 'string' || typeof value === 'number' ? value : kind(value)));
    if (typeof value === 'function' && /^[A-Z]/.test(key) && value.prototype) {
      t(`${name}.${key} members`, () => Object.keys(Object.getOwnPropertyDescriptors(value.prototype)).filter((name) => typeof Object.getOwnPropertyDescriptor(value.prototype, name).value === 'function' && !name.startsWith('_')).sort());
    }
  }
}
