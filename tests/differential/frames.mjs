// Makes the texts of two engines comparable. Frames of a runtime's own code are left out, since there are as many as there are runtimes; and
// what Node prints is spelled as a log of Hookbox spells it.

const FRAME = /^\s+at .*$/;
const FOREIGN = /node:|\(native\)|\(<internal>|on-node\.cjs|<anonymous>\)$|process\.processTicksAndRejections|\[as .*<anonymous>/;

// A text, less the frames in it that are not the author's.
export function frames(text) {
  if (!text.includes('    at ')) return text;
  return text.split('\n').filter((line) => !(FRAME.test(line) && FOREIGN.test(line))).join('\n');
}

// A message as a log holds it: what a terminal would obey, and what could pass for the end of a line, is an escape.
export function asLogged(text) {
  const hex = (char, digits) => char.charCodeAt(0).toString(16).padStart(digits, '0');
  return text.replaceAll('\r\n', '\n')
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, (char) => `\\x${hex(char, 2)}`)
    .replace(/[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (char) => `\\u${hex(char, 4)}`);
}
