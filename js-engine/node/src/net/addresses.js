// What a text says about an address: `net.isIP` and what stands on it.
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = `${BYTE}(?:\\.${BYTE}){3}`;
const FOUR = new RegExp(`^${V4}$`);
const TAIL = new RegExp(`:(${V4})$`);
const SCOPED = /^([^%]*)(?:%[-0-9a-zA-Z.:]+)?$/;

export function isIPv4(s) { return FOUR.test(`${s}`); }

// Four bytes in decimal are two groups.
const inGroups = (text) => text.replace(TAIL, (_, four) => {
  const [a, b, c, d] = four.split('.').map(Number);
  return `:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
});

// The eight groups as numbers, or undefined.
function groupsOf(address) {
  let [, text] = SCOPED.exec(address) ?? [];
  if (text === undefined) return undefined;
  if (text.includes('.')) {
    if (!TAIL.test(text)) return undefined;
    text = inGroups(text);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before, after = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (![...before, ...after].every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const absent = 8 - before.length - after.length;
  if (halves.length === 2 ? absent < 1 : absent !== 0) return undefined;
  return [...before, ...Array(absent).fill('0'), ...after].map((group) => parseInt(group, 16));
}

export function isIPv6(s) { return groupsOf(`${s}`) !== undefined; }

export function isIP(s) {
  if (isIPv4(s)) return 4;
  return isIPv6(s) ? 6 : 0;
}

// An address as bytes, or undefined for what is none.
export function bytesOf(address) {
  if (isIPv4(address)) return address.split('.').map(Number);
  return groupsOf(address)?.flatMap((group) => [group >> 8, group & 255]);
}

// The usual spelling of an IPv6 address.
function spelled(groups) {
  let [from, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > length) [from, length] = [at, end - at];
  }
  const text = (list) => list.map((group) => group.toString(16)).join(':');
  if (from < 0) return text(groups);
  const four = () => [groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255].join('.');
  if (from === 0 && length === 5 && groups[5] === 0xffff) return `::ffff:${four()}`;
  if (from === 0 && length === 6) return `::${four()}`;
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`;
}

// One spelling for each address; undefined for what is none.
export function canonicalIP(address) {
  if (isIPv4(address)) return address;
  const groups = groupsOf(address);
  return groups && spelled(groups);
}
