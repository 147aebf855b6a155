// What the bodies in cases/ are made of: t, ta and each print one line each, a label and what a function returns or throws.
const show = (value, depth = 0) => {
  if (value === null || value === undefined) return `${value}`;
  switch (typeof value) {
    case 'string': return JSON.stringify(value);
    case 'number': return Object.is(value, -0) ? '-0' : `${value}`;
    case 'bigint': return `${value}n`;
    case 'function': return `[function ${value.name}/${value.length}]`;
    case 'object': break;
    default: return String(value);
  }
  if (depth > 6) return '...';
  const below = (inner) => show(inner, depth + 1);
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Error) return `${value.name}(${below(value.code)}, ${below(value.message)})`;
  if (value instanceof RegExp) return `${value}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer[${new Uint8Array(value).join(' ')}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${value.constructor.name}[${Array.prototype.map.call(value, String).join(' ')}]`;
  const named = (keys) => keys.map((key) => `${String(key)}: ${below(value[key])}`);
  if (Array.isArray(value)) {
    const items = Array.from({ length: value.length }, (_, at) => (at in value ? below(value[at]) : 'hole'));
    return `[${[...items, ...named(Object.keys(value).filter((key) => !/^\d+$/.test(key)))].join(', ')}]`;
  }
  if (value instanceof Map) return `Map{${[...value].map(([key, item]) => `${below(key)} => ${below(item)}`).join(', ')}}`;
  if (value instanceof Set) return `Set{${[...value].map(below).join(', ')}}`;
  const prototype = Object.getPrototypeOf(value);
  const kind = prototype === null ? 'null' : prototype === Object.prototype ? '' : `${value.constructor?.name}`;
  return `${kind}{${named(Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))).join(', ')}}`;
};
const thrown = (error) => `throws ${error !== null && typeof error === 'object' ? `${error.name}, ${error.code}, ${JSON.stringify(String(error.message))}` : show(error)}`;
const t = (label, run) => { let line; try { line = show(run()); } catch (error) { line = thrown(error); } console.log(`${label} => ${line}`); };
const ta = async (label, run) => { let line; try { line = show(await run()); } catch (error) { line = thrown(error); } console.log(`${label} => ${line}`); };
const each = (label, list, run) => { for (const item of list) t(`${label} ${show(item)}`, () => run(item)); };
