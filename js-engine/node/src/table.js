// The boxes of `console.table`.
import { getStringWidth } from './inspect.js';
import { types } from './kinds.js';

const LINES = [['┌', '┬', '┐'], ['├', '┼', '┤'], ['└', '┴', '┘']];
const INDEX = '(index)';
const ITERATION = '(iteration index)';
const KEY = 'Key';
const VALUES = 'Values';

function draw(head, columns) {
  const widths = head.map((name, at) => Math.max(...[name, ...columns[at]].map((cell = '') => getStringWidth(cell))) + 2);
  const rule = ([left, middle, right]) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const pad = (cell, width) => ` ${cell}${' '.repeat(width - getStringWidth(cell) - 1)}`;
  const row = (cells) => `│${cells.map((cell, at) => pad(cell, widths[at])).join('│')}│`;
  const count = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: count }, (_, at) => row(columns.map((column) => column[at] ?? '')));
  return [rule(LINES[0]), row(head), rule(LINES[1]), ...rows, rule(LINES[2])].join('\n');
}

const numbers = (list) => list.map((_, at) => String(at));

// What is iterated over has no index of its own.
function iterated(data, show) {
  const keyed = (pairs) => draw([ITERATION, KEY, VALUES], [numbers(pairs), pairs.map(([key]) => show(key)), pairs.map(([, value]) => show(value))]);
  const plain = (list) => draw([ITERATION, VALUES], [numbers(list), list.map(show)]);
  if (types.isMap(data)) return keyed([...Map.prototype.entries.call(data)]);
  if (types.isSet(data)) return plain([...Set.prototype.values.call(data)]);
  const entries = hb.preview(data);
  if (!entries.pairs) return plain([...entries]);
  const pairs = Array.from({ length: entries.length / 2 }, (_, at) => [entries[2 * at], entries[2 * at + 1]]);
  return types.isMapIterator(data) ? keyed(pairs) : plain(pairs);
}

// The text, or undefined for what has no rows.
export function table(data, properties, inspect) {
  if (data === null || typeof data !== 'object') return undefined;
  const isLarge = (value) => value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2;
  const show = (value) => inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: isLarge(value) ? -1 : 0 });
  if (types.isMap(data) || types.isSet(data) || types.isMapIterator(data) || types.isSetIterator(data)) return iterated(data, show);
  const columns = { __proto__: null };
  const values = [];
  const names = Object.keys(data);
  let some = false;
  for (const [at, name] of names.entries()) {
    const item = data[name];
    const primitive = item === null || (typeof item !== 'function' && typeof item !== 'object');
    if (primitive) {
      some = true;
      values[at] = show(item);
    }
    for (const key of primitive ? (properties ?? []) : (properties ?? Object.keys(item))) {
      columns[key] ??= [];
      columns[key][at] = primitive || !Object.hasOwn(item, key) ? '' : show(item[key]);
    }
  }
  const head = [INDEX, ...Object.keys(columns)];
  const all = [names, ...Object.values(columns)];
  if (some) {
    head.push(VALUES);
    all.push(values);
  }
  return draw(head, all);
}
