// The texts of assertions that fail: what was there, what was expected, and where the two differ.
import { inspect } from '../inspect.js';

export const HEADS = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

// How long two values may be together to stand on one line.
const SHORT = 12;
const WIDTH = 80;
// How many lines a value, and a diff, may have.
const LINES = 50;

const isObject = (value) => value !== null && typeof value === 'object';
const areReferences = (a, b) => (isObject(a) && isObject(b)) || (typeof a === 'function' && typeof b === 'function');

export const shown = (value) => inspect(value, { compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false,
  showProxy: false, sorted: true, getters: true, breakLength: Infinity });

function shortened(lines) {
  return lines.length > LINES ? [...lines.slice(0, 46), '...'] : lines;
}

// Lines of the same content that both end with are shown four at most.
function withoutTail(actual, expected) {
  let count = 0;
  let end = '';
  let next = '';
  while (actual.length > 0 && expected.length > 0 && actual.at(-1) === expected.at(-1)) {
    if (count++ < 3) end = `\n  ${actual.at(-1)}${end}`;
    else next = actual.at(-1);
    actual.pop();
    expected.pop();
  }
  return { end, count, next };
}

// A comma at the end of a line says nothing about what is in it.
function agreed(actual, expected) {
  if (actual === expected || (actual.endsWith(',') && actual.slice(0, -1) === expected)) return actual;
  return expected.endsWith(',') && expected.slice(0, -1) === actual ? expected : undefined;
}

class Diff {
  text = '';
  // Lines of the other side, which follow those of this one.
  other = '';
  printed = 0;
  same = 0;
  skipped = false;
  // Of the same lines that were not printed yet, up to two stand before a difference; where there are more, something stands for them.
  catchUp(lines, at) {
    if (this.same > 2) {
      if (this.same === 5) this.line(lines[at - 3]);
      else if (this.same > 5) this.gap();
      if (this.same > 3) this.line(lines[at - 2]);
      this.line(lines[at - 1]);
    }
    this.same = 0;
  }
  gap() {
    this.text += '\n...';
    this.skipped = true;
  }
  line(text) {
    this.text += `\n  ${text}`;
    this.printed++;
  }
}

// Both on one line, with a mark where they part.
function mark(actual, expected) {
  let at = 0;
  while (actual[at] === expected[at]) at++;
  return at > 2 ? `\n  ${' '.repeat(at)}^` : '';
}

// `title` stands in the place of what usually is the first line.
export function difference(actualValue, expectedValue, operator, title) {
  const text = shown(actualValue);
  const actual = text.split('\n');
  const expected = shown(expectedValue).split('\n');
  let indicator = '';
  if (operator === 'strictEqual' && areReferences(actualValue, expectedValue)) operator = 'strictEqualObject';
  if (actual.length === 1 && expected.length === 1 && actual[0] !== expected[0]) {
    const length = actual[0].length + expected[0].length;
    if (length <= SHORT) {
      if (!isObject(actualValue) && !isObject(expectedValue) && (actualValue !== 0 || expectedValue !== 0)) {
        return `${title || HEADS[operator]}\n\n${actual[0]} !== ${expected[0]}\n`;
      }
    } else if (operator !== 'strictEqualObject' && length < WIDTH) {
      indicator = mark(actual[0], expected[0]);
    }
  }
  let { end, count, next } = withoutTail(actual, expected);
  const longest = Math.max(actual.length, expected.length);
  if (longest === 0) return `${HEADS.notIdentical}\n\n${shortened(text.split('\n')).join('\n')}\n`;
  const diff = new Diff();
  if (count >= 5) {
    end = `\n...${end}`;
    diff.skipped = true;
  }
  if (next !== '') end = `\n  ${next}${end}`;
  const head = `${title || HEADS[operator]}\n+ actual - expected`;
  for (let at = 0; at < longest; at++) {
    step(diff, actual, expected, at);
    if (diff.printed > LINES && at < longest - 2) return `${head} ... Lines skipped\n${diff.text}\n...${diff.other}\n...`;
  }
  return `${head}${diff.skipped ? ' ... Lines skipped' : ''}\n${diff.text}${diff.other}${end}${indicator}`;
}

function step(diff, actual, expected, at) {
  if (at >= expected.length) {
    diff.catchUp(actual, at);
    diff.text += `\n+ ${actual[at]}`;
    diff.printed++;
    return;
  }
  if (at >= actual.length) {
    diff.catchUp(expected, at);
    diff.other += `\n- ${expected[at]}`;
    diff.printed++;
    return;
  }
  const line = agreed(actual[at], expected[at]);
  if (line === undefined) {
    diff.catchUp(actual, at);
    diff.text += `\n+ ${actual[at]}`;
    diff.other += `\n- ${expected[at]}`;
    diff.printed += 2;
    return;
  }
  diff.text += diff.other;
  diff.other = '';
  if (++diff.same <= 2) diff.line(line);
}

// What should have been different, and is not.
export function unwanted(value, operator) {
  const lines = shortened(shown(value).split('\n'));
  const name = operator === 'notStrictEqual' && (isObject(value) || typeof value === 'function') ? 'notStrictEqualObject' : operator;
  if (lines.length > 1) return `${HEADS[name]}\n\n${lines.join('\n')}\n`;
  return `${HEADS[name]}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 3)}...` : text);

export function loose(actual, expected, operator) {
  const [first, second] = [shown(actual), shown(expected)];
  if (operator === 'notDeepEqual' && first === second) return cut(`${HEADS.notDeepEqual}\n\n${first}`, 1024);
  const [left, right] = [cut(first, 512), cut(second, 512)];
  if (operator === 'deepEqual') return `${HEADS.deepEqual}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === 'notDeepEqual') return `${HEADS.notDeepEqualUnequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}
