// What there is to compare. Each case has a name and a source, which is a whole function for Node:
//
// * cases/NAME.js: the body of an asynchronous handler with `context`, made of lines such as `t('label', () => 1 + 1)`. prelude.js has what
//   such lines are made with; each prints one line, and each such line is a point of its own in differences.json.
// * network/NAME.js: the same, with whom they can talk to: the servers of stub.mjs, on the ports `WEB`, `ECHO` and `SECRET`, the last with a
//   certificate of `CA`.
// * cases/NAME.hook.js and cases/NAME.hook.mjs: a whole function as an author has it. It returns `{success: false, ...}`, so that whatever
//   else it returns is a response.
// * bodies.mjs: bodies of handlers by name, whose returned value and log are compared.
// * dates.mjs: texts that may be dates, out of a grammar.
// * contexts.mjs: JSON texts, each of which a function is given as `context.risk.reasons`, prints and returns.
// * functions.mjs: whole functions by name.
// * outcomes.mjs: what Node knows nothing of, so that each case says itself what has to come out.
// * examples/javascript: each example on each of its cases, with the env vars and the context that the case has. What it has to decide, and
//   which do not load, is for the end-to-end tests.
// * language.json: expressions and bodies with the value that the standard gives them. Not every Node has all of the language, so these are
//   compared with that value.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bodies } from './bodies.mjs';
import { contexts } from './contexts.mjs';
import { dateBodies } from './dates.mjs';
import { functions } from './functions.mjs';
import { outcomes } from './outcomes.mjs';

const here = import.meta.dirname;
const EXAMPLES = join(here, '../../examples/javascript');

// On one line, so that the lines of a body are those of its file.
const wrapped = (head, body) => `${head}exports.handler = async (context) => ({ success: false, returned: await (async () => { ${body}\n})() });`;

const REPEATS = wrapped('', 'const { reasons } = context.risk; console.log("reasons:", reasons); console.log(reasons); return [JSON.stringify(reasons), reasons];');

const readPrelude = async () => (await readFile(join(here, 'prelude.js'), 'utf8')).replace(/^\/\/.*\n/gm, '').replaceAll('\n', ' ');
const WHOM = ['127.0.0.1', 'localhost'].flatMap((host) => ['http', 'tcp'].map((scheme) => `${scheme}://${host}`));

async function fromNetwork(known) {
  const head = `${await readPrelude()} const ${Object.entries(known).map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(', ')};`;
  const names = (await readdir(join(here, 'network'))).sort();
  return Promise.all(names.map(async (file) => (
    { name: `network ${file.replace(/\.js$/, '')}`, source: wrapped(head, await readFile(join(here, 'network', file), 'utf8')), prints: true, settings: { allowed_hosts: WHOM } })));
}

// Cases that say `UPSTREAM` call what upstream.mjs is, and are allowed to.
function withUpstream(one, host) {
  if (!one.source.includes('UPSTREAM')) return one;
  return { ...one, source: one.source.replaceAll('UPSTREAM', host), settings: { allowed_hosts: [host] } };
}

async function fromFiles(host) {
  const prelude = await readPrelude();
  const names = (await readdir(join(here, 'cases'))).filter((name) => /\.m?js$/.test(name)).sort();
  return Promise.all(names.map(async (file) => {
    const text = await readFile(join(here, 'cases', file), 'utf8');
    const name = file.replace(/\.m?js$/, '');
    return withUpstream(name.endsWith('.hook')
      ? { name: name.slice(0, -'.hook'.length), source: text, module: file.endsWith('.mjs') }
      : { name, source: wrapped(prelude, text), prints: true }, host);
  }));
}

// JSON Merge Patch: a null removes.
function merge(target, patch) {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

async function fromExamples() {
  const folders = (await readdir(EXAMPLES, { withFileTypes: true })).filter((entry) => entry.isDirectory() && entry.name !== 'contexts');
  const cases = await Promise.all(folders.map(async ({ name }) => {
    const folder = join(EXAMPLES, name);
    const read = (path) => readFile(join(folder, path), 'utf8');
    const source = await read('hook.js');
    const cases = JSON.parse(await read('cases.json')).filter(({ expect }) => expect.outcome !== 'not_ready');
    return Promise.all(cases.map(async ({ name: shows, hook_type: type, context, env = {}, options = {} }) => {
      const whole = context.file ? merge(JSON.parse(await read(context.file)), context.merge ?? {}) : context;
      return { name: `example ${name}: ${shows}`, source, context: JSON.stringify(whole), settings: { type, env, options } };
    }));
  }));
  return cases.flat();
}

async function fromLanguage() {
  const list = JSON.parse(await readFile(join(here, 'language.json'), 'utf8'));
  return list.map(({ expression, body = `return (${expression})`, value }) => (
    { name: `language: ${expression ?? body}`, source: wrapped('', body), wanted: { returned: value } }));
}

// All of them; `known` is what the network cases are told of the stub, `upstream` the host that others call.
export async function loadCases(known, upstream) {
  const named = Object.entries(bodies).map(([name, body]) => ({ name: `body: ${name}`, source: wrapped('', body) }));
  const dates = Object.entries(dateBodies()).map(([name, body]) => ({ name, source: wrapped('', body), prints: true }));
  const given = contexts.map((text) => ({ name: `context: ${text.slice(0, 60)}, ${text.length} long`, source: REPEATS, reasons: text }));
  const whole = Object.entries(functions).map(([name, { text, module }]) => ({ name: `function: ${name}`, source: text, module }));
  const stated = Object.entries(outcomes).map(([name, { source, env, runtime, memory_mib, ...wanted }]) => (
    { name: `outcome: ${name}`, source, settings: { env, runtime, memory_mib }, wanted }));
  return [...await fromFiles(upstream), ...await fromNetwork(known), ...named, ...dates, ...given, ...whole, ...stated, ...await fromExamples(), ...await fromLanguage()];
}
