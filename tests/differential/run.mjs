// The differential suite: what a function does on Hookbox has to be what it does on Node.
//
//     node tests/differential/run.mjs [--hookbox PROGRAM] [--node PROGRAM]... [--update] [part of a case's name]...
//
// Each case is deployed as a hook on a real server over REST and fired, and is run as a module by each Node that is given (the one that
// runs this, if none is). Result, log, error and order have to be the same. What may differ stands in differences.json, each entry with its
// reason; an entry that nothing needs any more fails as well. cases.mjs says what a case is, differences.mjs what an entry is.
// --update writes a new entry, with an empty reason, for each difference that has none.
import { join, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { loadCases } from './cases.mjs';
import { compare, compareWithStated, Differences } from './differences.mjs';
import { majorOf, runOnNode } from './node.mjs';
import { Server } from './server.mjs';
import { startStub } from './stub.mjs';
import { Upstream } from './upstream.mjs';

const root = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hookbox: { type: 'string', default: join(root, 'target/debug/hookbox') },
    node: { type: 'string', multiple: true, default: [process.execPath] },
    update: { type: 'boolean', default: false },
  },
});

const tty = process.stdout.isTTY;
const paint = (code, text) => (tty ? `\x1b[${code}m${text}\x1b[0m` : text);
const progress = (text) => { if (tty) process.stdout.write(`\r\x1b[K${text}`); };

// Runs `work` on each item, a few at a time.
async function pool(items, work) {
  const queue = items.entries();
  const lane = async () => { for (const [at, item] of queue) await work(item, at); };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

const shown = (value) => (value === undefined ? '(nothing)' : typeof value === 'string' ? value : JSON.stringify(value));

const [stub, upstream] = [await startStub(), await Upstream.start()];
const cases = (await loadCases(stub.known, upstream.host)).filter(({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)));
if (cases.length === 0) {
  console.error(`no case's name contains ${positionals.join(' or ')}`);
  stub.stop();
  await upstream.stop();
  process.exit(2);
}

const differences = new Differences(join(import.meta.dirname, 'differences.json'));
const server = await Server.start(values.hookbox);
const counts = { same: 0, known: 0 };
const failures = [];
try {
  for (const node of values.node) {
    const major = majorOf(node);
    const shared = await server.sharedContext(major);
    const seen = (one) => (one.context ? server.seen(one.context, { ...one.settings, runtime: `nodejs${major}.x` }) : shared.replace('"the reasons"', () => one.reasons ?? '[]'));
    let done = 0;
    await pool(cases, async (one) => {
      const told = (error) => ({ events: [], error: `${error.message}` });
      const [wanted, got] = await Promise.all([
        one.wanted ?? Promise.resolve(seen(one)).then((context) => runOnNode(node, one, context)),
        server.run(one, major).catch(told),
      ]);
      for (const point of one.wanted ? compareWithStated(wanted, got) : compare(wanted, got)) {
        const verdict = differences.judge(one.name, major, point);
        if (verdict === 'same' || verdict === 'known') counts[verdict] += 1;
        else failures.push({ case: one.name, major, verdict, ...point });
      }
      progress(`Node ${major}: ${++done} of ${cases.length}`);
    });
    progress('');
  }
} finally {
  await server.stop();
  stub.stop();
  await upstream.stop();
}

if (values.update) {
  const added = differences.add(failures.filter(({ verdict }) => verdict === 'different'));
  console.log(`${added} entries written to differences.json; give each its reason`);
}
const unused = positionals.length === 0 ? differences.unused(values.node.map(majorOf)) : [];
for (const { case: name, major, verdict, point, wanted, got } of failures) {
  const what = verdict === 'different' ? 'differs' : 'is the same now, or differs in another way than differences.json says';
  console.log(`${paint(31, 'FAILED')} ${name}, ${point}: ${what} (Node ${major})\n  right    ${shown(wanted)}\n  Hookbox  ${shown(got)}`);
}
for (const { entry, why } of unused) console.log(`${paint(31, 'FAILED')} differences.json, ${entry.case}, ${entry.point ?? 'all of it'}: ${why}`);
if (positionals.length === 0) {
  for (const [reason, count] of differences.reasons()) console.log(`${paint(33, 'known')}  ${String(count).padStart(5)}  ${reason}`);
}
const failed = failures.length + unused.length;
const versions = values.node.map(majorOf).join(', ');
console.log(`${cases.length} cases against Node ${versions}: ${counts.same} points the same, ${counts.known} known differences`);
console.log(`${counts.same + counts.known} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
