// What there is to compare. Each case has a name and a source, which is a whole function for Node:
//
// * cases/NAME.js: the body of an asynchronous handler with `context`, made of lines such as `t('label', () => 1 + 1)`. prelude.js has what
//   such lines are made with; each prints one line, and each such line is a point of its own in differences.json.
// * cases/NAME.hook.js and cases/NAME.hook.mjs: a whole function as an author has it. It returns `{success: false, ...}`, so that whatever
//   else it returns is a response.
// * bodies.mjs: bodies of handlers by name, whose returned value and log are compared.
// * dates.mjs: texts that may be dates, out of a grammar.
// * contexts.mjs: JSON texts, each of which a function is given as `context.risk.reasons`, prints and returns.
// * functions.mjs: whole functions by name.
// * outcomes.mjs: what Node knows nothing of, so that each case says itself what has to come out.
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

// On one line, so that the lines of a body are those of its file.
const wrapped = (head, body) => `${head}exports.handler = async (context) => ({ success: false, returned: await (async () => { ${body}\n})() });`;

const REPEATS = wrapped('', 'const { reasons } = context.risk; console.log("reasons:", reasons); console.log(reasons); return [JSON.stringify(reasons), reasons];');

async function fromFiles() {
  const prelude = (await readFile(join(here, 'prelude.js'), 'utf8')).replace(/^\/\/.*\n/gm, '').replaceAll('\n', ' ');
  const names = (await readdir(join(here, 'cases'))).filter((name) => /\.m?js$/.test(name)).sort();
  return Promise.all(names.map(async (file) => {
    const text = await readFile(join(here, 'cases', file), 'utf8');
    const name = file.replace(/\.m?js$/, '');
    return name.endsWith('.hook')
      ? { name: name.slice(0, -'.hook'.length), source: text, module: file.endsWith('.mjs') }
      : { name, source: wrapped(prelude, text), prints: true };
  }));
}

async function fromLanguage() {
  const list = JSON.parse(await readFile(join(here, 'language.json'), 'utf8'));
  return list.map(({ expression, body = `return (${expression})`, value }) => (
    { name: `language: ${expression ?? body}`, source: wrapped('', body), wanted: { returned: value } }));
}

// All of them.
export async function loadCases() {
  const named = Object.entries(bodies).map(([name, body]) => ({ name: `body: ${name}`, source: wrapped('', body) }));
  const dates = Object.entries(dateBodies()).map(([name, body]) => ({ name, source: wrapped('', body), prints: true }));
  const given = contexts.map((text) => ({ name: `context: ${text.slice(0, 60)}, ${text.length} long`, source: REPEATS, reasons: text }));
  const whole = Object.entries(functions).map(([name, { text, module }]) => ({ name: `function: ${name}`, source: text, module }));
  const stated = Object.entries(outcomes).map(([name, { source, env, runtime, memory_mib, ...wanted }]) => (
    { name: `outcome: ${name}`, source, settings: { env, runtime, memory_mib }, wanted }));
  return [...await fromFiles(), ...named, ...dates, ...given, ...whole, ...stated, ...await fromLanguage()];
}
