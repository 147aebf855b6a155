// The layout of the table, all numbers 32 bits, little endian:
//   strings, rows, entries        how many there are of each
//   strings + 1 offsets           where each text begins in the bytes at the end
//   per row: name, parent, first  a text, a row (or NONE), and its first entry; one row more marks the end
//   per entry: key, value         texts; the value NONE says that there is none although the parent has one
//   the texts, UTF-8
// Texts are sorted by their bytes, rows by name and entries by key, so that all is found by halving. The whole is deflated.
import { deflateRawSync } from 'node:zlib';

const NONE = 0xffffffff;

export function encode(rows) {
  const inherited = inherit(rows);
  const texts = sorted(rows, inherited);
  const id = new Map(texts.map((text, index) => [text, index]));
  const ordered = [...rows].sort((a, b) => id.get(a.name) - id.get(b.name));
  const place = new Map(ordered.map((row, index) => [row.name, index]));

  const heads = [];
  const entries = [];
  for (const row of ordered) {
    heads.push(id.get(row.name), row.parent === undefined ? NONE : place.get(row.parent), entries.length / 2);
    const own = [...inherited.get(row.name)].sort(([a], [b]) => id.get(a) - id.get(b));
    for (const [key, value] of own) entries.push(id.get(key), value === undefined ? NONE : id.get(value));
  }
  heads.push(NONE, NONE, entries.length / 2);

  const bytes = texts.map((text) => Buffer.from(text));
  const offsets = [0];
  for (const text of bytes) offsets.push(offsets.at(-1) + text.length);
  const numbers = Uint32Array.from([texts.length, ordered.length, entries.length / 2, ...offsets, ...heads, ...entries]);
  return deflateRawSync(Buffer.concat([Buffer.from(numbers.buffer), ...bytes]), { level: 9 });
}

// What each row adds to its parent, which is complete only with its own parents.
function inherit(rows) {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const whole = new Map();
  const complete = (name) => {
    if (name === undefined) return new Map();
    if (!whole.has(name)) {
      const row = byName.get(name);
      whole.set(name, row.empty ? complete(row.parent) : row.content);
    }
    return whole.get(name);
  };
  return new Map(rows.map((row) => {
    if (row.empty) return [row.name, new Map()];
    const above = complete(row.parent);
    const own = new Map([...row.content].filter(([key, value]) => above.get(key) !== value));
    for (const key of above.keys()) if (!row.content.has(key)) own.set(key, undefined);
    return [row.name, own];
  }));
}

function sorted(rows, inherited) {
  const texts = new Set();
  for (const row of rows) {
    texts.add(row.name);
    for (const [key, value] of inherited.get(row.name)) {
      texts.add(key);
      if (value !== undefined) texts.add(value);
    }
  }
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
