// The boxes of `console.table`.
const WIDE = { left: '│', between: '│', right: '│' };
const LINES = [['┌', '┬', '┐'], ['├', '┼', '┤'], ['└', '┴', '┘']];
const INDEX = '(index)';
const VALUES = 'Values';

function entriesOf(data) {
  if (data instanceof Map) return [...data].map(([key, value], index) => [index, { Key: key, Values: value }]);
  if (data instanceof Set) return [...data].map((value, index) => [index, value]);
  return Object.entries(data);
}

// The text, or undefined for what has no rows.
export function table(data, columns, inspect) {
  if (data === null || typeof data !== 'object') return undefined;
  const show = (value) => inspect(value, { depth: value !== null && typeof value === 'object' ? -1 : 0, maxArrayLength: 3, breakLength: Infinity });
  const names = new Set(columns);
  let lone = false;
  const rows = entriesOf(data).map(([index, row]) => {
    const cells = new Map([[INDEX, `${index}`]]);
    if (row === null || typeof row !== 'object') {
      cells.set(VALUES, show(row));
      lone = true;
    } else {
      for (const [name, value] of Object.entries(row)) {
        if (columns && !names.has(name)) continue;
        names.add(name);
        cells.set(name, show(value));
      }
    }
    return cells;
  });
  const head = [INDEX, ...names, ...(lone && !names.has(VALUES) ? [VALUES] : [])];
  const grid = [head, ...rows.map((cells) => head.map((name) => cells.get(name) ?? ''))];
  const widths = head.map((_, column) => Math.max(...grid.map((line) => line[column].length)) + 2);
  const rule = ([left, middle, right]) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const line = (cells) => WIDE.left + cells.map((cell, i) => ` ${cell}`.padEnd(widths[i])).join(WIDE.between) + WIDE.right;
  return [rule(LINES[0]), line(grid[0]), rule(LINES[1]), ...grid.slice(1).map(line), rule(LINES[2])].join('\n');
}
