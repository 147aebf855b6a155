// Runs the vectors of Project Wycheproof (https://github.com/C2SP/wycheproof, Apache-2.0) in a hook on a real server: each goes through
// `crypto` and `crypto.subtle` as a function calls them, the engine, and the host. checks.js is the hook, trim.mjs made vectors/.
//
//     node tests/wycheproof/run.mjs [--hookbox PROGRAM] [--here] [part of a file's name]...
//
// --here runs them in this Node instead.
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Server } from '../differential/server.mjs';

const here = import.meta.dirname;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hookbox: { type: 'string', default: resolve(here, '../../target/debug/hookbox') },
    here: { type: 'boolean', default: false },
  },
});

// Below what a context may have.
const PORTION = 400_000;
// The runtime that the hook is deployed for.
const MAJOR = 20;

// The groups in portions that fit a context; a group with many tests is cut.
function* portions({ algorithm, groups }) {
  let [portion, size] = [[], 0];
  for (const group of groups) {
    const { tests, ...rest } = group;
    const own = JSON.stringify(rest).length;
    let cut = { ...rest, tests: [] };
    portion.push(cut);
    size += own;
    for (const test of tests) {
      const length = JSON.stringify(test).length;
      if (size + length > PORTION) {
        yield { algorithm, groups: portion };
        cut = { ...rest, tests: [] };
        [portion, size] = [[cut], own];
      }
      cut.tests.push(test);
      size += length;
    }
  }
  yield { algorithm, groups: portion };
}

const source = await readFile(join(here, 'checks.js'), 'utf8');
const server = values.here ? undefined : await Server.start(values.hookbox);

async function check(portion) {
  if (!server) return createRequire(import.meta.url)('./checks.js').handler({ risk: { reasons: portion } });
  const { result, error } = await server.run({ source, reasons: JSON.stringify(portion) }, MAJOR);
  if (error !== undefined) throw new Error(error);
  return result;
}

let [tests, files] = [0, 0];
const wrong = [];
try {
  for (const file of (await readdir(join(here, 'vectors'))).sort()) {
    const name = file.replace('.json.gz', '');
    if (positionals.length > 0 && !positionals.some((part) => name.includes(part))) continue;
    const vectors = JSON.parse(gunzipSync(await readFile(join(here, 'vectors', file))).toString());
    files += 1;
    for (const portion of portions(vectors)) {
      const result = await check(portion);
      tests += result.tests;
      wrong.push(...result.found.map((what) => `${name} ${what}`));
    }
  }
} finally {
  await server?.stop();
}
wrong.forEach((what) => console.log(what));
console.log(`${tests} vectors of ${files} files, ${wrong.length} came out wrong`);
process.exitCode = wrong.length > 0 || tests === 0 ? 1 : 0;
