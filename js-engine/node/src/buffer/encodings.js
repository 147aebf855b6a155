// The encodings of `Buffer`: their names, by which the engine's numbers for them are found, and how many bytes a text has in each.
const UTF8 = 0;
export const UTF16 = 1;
export const LATIN1 = 2;

const NUMBERS = new Map(Object.entries({
  utf8: UTF8,
  'utf-8': UTF8,
  ucs2: UTF16,
  'ucs-2': UTF16,
  utf16le: UTF16,
  'utf-16le': UTF16,
  latin1: LATIN1,
  binary: LATIN1,
  ascii: 3,
  base64: 4,
  base64url: 5,
  hex: 6,
}));

const NAMES = ['utf8', 'utf16le', 'latin1', 'ascii', 'base64', 'base64url', 'hex'];

// The engine's number for an encoding, or undefined.
export function encodingNumber(name) {
  if (name === 'utf8') return UTF8;
  return NUMBERS.get(name) ?? NUMBERS.get(`${name}`.toLowerCase());
}

// The name that Node itself has for an encoding, or undefined; none is UTF-8.
export function normalizeEncoding(name) {
  if (name === undefined || name === null || name === '') return 'utf8';
  return typeof name === 'string' ? NAMES[encodingNumber(name)] : undefined;
}

const { textSize } = hb;

function base64Size(text) {
  let size = text.length;
  if (text.charCodeAt(size - 1) === 0x3d) size--;
  if (size > 1 && text.charCodeAt(size - 1) === 0x3d) size--;
  return (size * 3) >>> 2;
}

export function sizeOf(text, encoding) {
  switch (encoding) {
    case UTF16:
      return text.length * 2;
    case LATIN1:
    case 3:
      return text.length;
    case 4:
    case 5:
      return base64Size(text);
    case 6:
      return text.length >>> 1;
    default:
      return textSize(text);
  }
}
