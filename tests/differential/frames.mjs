// Makes the stacks of two engines comparable: frames of a runtime's own code are left out, since there are as many as there are runtimes.

const FRAME = /^\s+at .*$/;
const FOREIGN = /node:|\(native\)|\(<internal>|on-node\.cjs|<anonymous>\)$|process\.processTicksAndRejections|\[as .*<anonymous>/;

// A text, less the frames in it that are not the author's.
export function frames(text) {
  if (!text.includes('    at ')) return text;
  return text.split('\n').filter((line) => !(FRAME.test(line) && FOREIGN.test(line))).join('\n');
}
