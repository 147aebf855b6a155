// Compares what two runs of a case gave, and knows the differences that are meant: differences.json is a list of
//
//     { "reason": why, "nodes": [the major versions that it holds for, all if absent], "texts": [[pattern, replacement], ...],
//       "cases": { case: [point, ...] } }
//
// A point is the label of a printed line, `result`, `log` or `order`. One that begins and ends with a slash is a pattern, and needs
// one difference to be of use. Where there are `texts`, both sides have to say the same once each of these patterns is replaced, so that an
// entry for many points knows one difference of theirs and no other.
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

const LABELLED = /^(.*?) => (.*)$/s;

// The labelled lines of a log by their labels, and what else there is.
function byLabel(events) {
  const lines = new Map();
  const others = [];
  for (const [level, message] of events) {
    const [, label, value] = (level === 'INFO' && LABELLED.exec(message)) || [];
    if (label === undefined) {
      others.push([level, message]);
      continue;
    }
    let name = label;
    for (let again = 2; lines.has(name); again++) name = `${label} #${again}`;
    lines.set(name, value);
  }
  return { lines, others };
}

// Every point of a case, as { point, wanted, got }.
export function compare(wanted, got) {
  const [right, ours] = [byLabel(wanted.events), byLabel(got.events)];
  const points = [...new Set([...right.lines.keys(), ...ours.lines.keys()])].map((label) => (
    { point: label, wanted: right.lines.get(label), got: ours.lines.get(label) }));
  // Labels that one side lacks are points already; here it is about the order of those that both have.
  const common = ({ lines }, { lines: others }) => [...lines.keys()].filter((label) => others.has(label));
  if (points.length > 0) points.push({ point: 'order', wanted: common(right, ours), got: common(ours, right) });
  points.push({ point: 'log', wanted: right.others, got: ours.others });
  points.push({ point: 'result', wanted: ended(wanted), got: ended(got) });
  return points.map(narrowed);
}

// What a function returned, or how it failed.
const ended = ({ result, error }) => (error === undefined ? result : `fails: ${error}`);

// What a case says itself against what came out. A text of which it names parts is whole where one of them is missing.
export function compareWithStated(wanted, got) {
  const points = [];
  const has = (text, parts) => text !== undefined && parts.every((part) => text.includes(part));
  const told = (wish, text) => ({ point: 'result', wanted: wish, got: has(text, wish) ? wish : (text ?? got.result) });
  if (wanted.load) points.push(told(wanted.load, got.refused));
  if (wanted.failure) points.push(told(wanted.failure, got.error));
  if ('returned' in wanted) points.push({ point: 'result', wanted: wanted.returned, got: got.error ?? got.result?.returned });
  if (wanted.log) points.push(narrowed({ point: 'log', wanted: wanted.log, got: got.events }));
  return points;
}

// Where two logs part, the first event that differs is enough.
function narrowed({ point, wanted, got }) {
  if (!Array.isArray(wanted) || !Array.isArray(got) || isDeepStrictEqual(wanted, got)) return { point, wanted, got };
  const at = Array.from({ length: Math.max(wanted.length, got.length) }).findIndex((_, at) => !isDeepStrictEqual(wanted[at], got[at]));
  return { point, wanted: wanted[at], got: got[at] };
}

export class Differences {
  #path;
  #groups;
  #used = new Map();

  constructor(path) {
    this.#path = path;
    this.#groups = JSON.parse(readFileSync(path, 'utf8'));
  }

  // The entries that a point could be, as [group, point].
  #entries(name, major, point) {
    return this.#groups.filter(({ nodes }) => nodes === undefined || nodes.includes(major)).flatMap((group) => {
      const points = group.cases[name] ?? [];
      return points.filter((entry) => entry === point || pattern(entry)?.test(point)).map((entry) => [group, entry]);
    });
  }

  // 'same', 'known', 'different', or 'stale' where a difference is known that is none.
  judge(name, major, { point, wanted, got }) {
    const entries = this.#entries(name, major, point);
    const exact = entries.some(([, entry]) => pattern(entry) === undefined);
    if (isDeepStrictEqual(wanted, got)) return exact ? 'stale' : 'same';
    if (entries.length === 0 || !explains(entries.map(([group]) => group), wanted, got)) return 'different';
    for (const [group, entry] of entries) {
      const key = JSON.stringify([group.reason, name, entry]);
      this.#used.set(key, (this.#used.get(key) ?? 0) + 1);
    }
    return 'known';
  }

  // Entries without a reason, and those that no case had a use for.
  unused(majors) {
    const wrong = [];
    for (const { reason, nodes, cases } of this.#groups) {
      if (nodes !== undefined && !nodes.some((major) => majors.includes(major))) continue;
      for (const [name, points] of Object.entries(cases)) {
        for (const point of points) {
          const entry = { case: name, point };
          if (reason === '') wrong.push({ entry, why: 'has no reason' });
          else if (!this.#used.has(JSON.stringify([reason, name, point]))) wrong.push({ entry, why: 'is needed by nothing' });
        }
      }
    }
    return wrong;
  }

  // How many differences were met for each reason.
  reasons() {
    const counts = new Map();
    for (const [key, count] of this.#used) {
      const [reason] = JSON.parse(key);
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
    return [...counts].sort();
  }

  // Writes an entry for each of these, for somebody to give a reason to.
  add(failures) {
    const cases = {};
    for (const { case: name, point } of failures) (cases[name] ??= []).push(point);
    if (failures.length > 0) {
      this.#groups.push({ reason: '', cases });
      writeFileSync(this.#path, `${JSON.stringify(this.#groups, null, 2)}\n`);
    }
    return failures.length;
  }
}

// Whether all that differs is what these groups say.
function explains(groups, wanted, got) {
  if (groups.some(({ texts }) => texts === undefined)) return true;
  const texts = groups.flatMap((group) => group.texts);
  const replaced = (value) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return texts.reduce((said, [from, to]) => said.replace(new RegExp(from, 'gs'), to), text);
  };
  return replaced(wanted) === replaced(got);
}

function pattern(entry) {
  return entry.length > 2 && entry.startsWith('/') && entry.endsWith('/') ? new RegExp(entry.slice(1, -1), 's') : undefined;
}
