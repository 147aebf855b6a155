// What the modules that work export: how functions and classes are called, how many parameters they have, what they are made on.
const kind = (value) => (typeof value === 'function' ? `${value.name}/${value.length}` : value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const members = (object) => Object.getOwnPropertyNames(object).filter((name) => !/^(_|constructor$)/.test(name)).sort().map((name) => {
  const { get, value } = Object.getOwnPropertyDescriptor(object, name);
  return get ? `${name}: accessor` : typeof value === 'function' ? `${name}: ${kind(value)}` : `${name}: ${typeof value}`;
});
const above = (value) => { const one = Object.getPrototypeOf(value); return one === Function.prototype ? 'Function.prototype' : one === null ? 'null' : one.name ?? one.constructor?.name; };
for (const name of ['assert', 'async_hooks', 'console', 'diagnostics_channel', 'events', 'module', 'os', 'perf_hooks', 'stream', 'stream/consumers', 'stream/promises', 'timers', 'timers/promises', 'util', 'util/types']) {
  const module = require(name);
  t(name, () => [kind(module), Object.prototype.toString.call(module)]);
  for (const key of Object.keys(module).filter((key) => !key.startsWith('_')).sort()) {
    t(`${name}.${key}`, () => kind(module[key]));
    if (typeof module[key] !== 'function' || !/^[A-Z]/.test(key) || !module[key].prototype) continue;
    t(`${name}.${key} above`, () => [above(module[key]), above(module[key].prototype)]);
    for (const member of members(module[key].prototype)) t(`${name}.${key}.prototype.${member.split(':')[0]}`, () => member);
  }
}
