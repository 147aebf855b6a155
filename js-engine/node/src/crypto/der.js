// Reads ASN.1 in DER, as much as certificates need.
export const CLASS = { BOOLEAN: 0x01, INTEGER: 0x02, BITS: 0x03, OCTETS: 0x04, OID: 0x06, SEQUENCE: 0x30, SET: 0x31, UTC: 0x17, TIME: 0x18 };

// A value as { tag, bytes, whole }: what is in it, and the same with its head. `at` moves behind it.
export function reader(bytes) {
  let at = 0;
  const byte = () => {
    if (at >= bytes.length) throw new RangeError('DER ends too early');
    return bytes[at++];
  };
  const length = () => {
    const first = byte();
    if (first < 0x80) return first;
    if (first === 0x80 || first > 0x84) throw new RangeError('DER has a length that cannot be');
    let size = 0;
    for (let left = first & 0x7f; left > 0; left--) size = size * 256 + byte();
    return size;
  };
  return {
    get ended() { return at >= bytes.length; },
    next() {
      const start = at;
      const tag = byte();
      const size = length();
      if (at + size > bytes.length) throw new RangeError('DER ends too early');
      at += size;
      return { tag, bytes: bytes.subarray(at - size, at), whole: bytes.subarray(start, at) };
    },
  };
}

// All values in one, or undefined for what is not DER.
export function children({ bytes }) {
  const input = reader(bytes);
  const found = [];
  while (!input.ended) found.push(input.next());
  return found;
}

export function oid({ bytes }) {
  const numbers = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

const DECODERS = { 0x0c: 'utf-8', 0x1e: 'utf-16be' };
// Text of whatever kind of string.
export function text({ tag, bytes }) {
  if (tag === 0x1e || tag === 0x0c) return new TextDecoder(DECODERS[tag]).decode(bytes);
  return String.fromCharCode(...bytes);
}

// UTCTime has two digits for its year.
export function time({ tag, bytes }) {
  const digits = String.fromCharCode(...bytes).replace(/\.\d+/, '');
  const [, year, month, day, hour, minute, second = '0'] = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z?$/.exec(digits) ?? [];
  if (year === undefined) throw new RangeError('DER has a time that cannot be');
  const full = tag === CLASS.UTC ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
  return new Date(Date.UTC(full, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)));
}
