// Runs the engine's tests against target/js-engine/engine.wasm: `node js-engine/tests/run.mjs [part of a name]`.
// A case in same.mjs is a handler's body whose result and log have to be what this Node makes of it; one in outcomes.mjs says
// itself what has to come out; one of contexts.mjs is a context that has to be read, logged and handed back as on Node; one in language.json is an expression or a function's body with its value. A case of the language that
// is known to fail carries what happens instead, so that it is noticed when it works.
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { isDeepStrictEqual, formatWithOptions, inspect } from 'node:util';
import { Engine, setCompute } from './host.mjs';
import { compute } from './compute.mjs';
import { same } from './same.mjs';
import { outcomes } from './outcomes.mjs';
import { contexts } from './contexts.mjs';

// The engine bounds recursion by its own stack; V8's has to be larger than what that takes.
if (!process.execArgv.some((arg) => arg.startsWith('--stack-size'))) {
  const args = ['-c', 'ulimit -s 65000 && exec "$0" --stack-size=60000 "$@"', process.execPath, ...process.argv.slice(1)];
  process.exit(spawnSync('bash', args, { stdio: 'inherit' }).status ?? 1);
}

setCompute(compute);
const path = join(import.meta.dirname, '../../target/js-engine/engine.wasm');
const only = process.argv[2] ?? '';
const engine = new Engine(path);
const require = createRequire(import.meta.url);
const context = { request_id: 'r-1', user: { email: 'ann@example.com', policy_id: 7, roles: ['a', 'b'] } };
let failed = 0;
let passed = 0;

function report(name, wanted, got) {
  if (isDeepStrictEqual(wanted, got)) {
    passed++;
    return;
  }
  failed++;
  const line = wanted?.logs?.findIndex((entry, at) => !isDeepStrictEqual(entry, got?.logs?.[at])) ?? -1;
  if (line >= 0) [wanted, got] = [wanted.logs[line], got.logs[line]];
  console.log(`FAILED ${name}\n  wanted ${inspect(wanted, { depth: 9 })}\n  got    ${inspect(got, { depth: 9 })}`);
}

report('booting asks nothing of the host', {}, engine.bootCalls);

const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value) ?? 'null'));

function recorder(logs) {
  const at = (level) => (...args) => logs.push([level, formatWithOptions({}, ...args)]);
  return { ...console, log: at('info'), info: at('info'), debug: at('debug'), warn: at('warn'), error: at('error') };
}

async function onNode(source) {
  const logs = [];
  const module = { exports: {} };
  const wrapper = new Function('exports', 'require', 'module', 'console', source);
  wrapper(module.exports, require, module, recorder(logs));
  try {
    // Not from within a promise job, because that has a tick come later.
    const started = await new Promise((resolve) => setImmediate(() => resolve([module.exports.handler(structuredClone(context))])));
    return { result: plain(await started[0]), logs };
  } catch (error) {
    return { thrown: `${error.name}: ${error.message}`, logs };
  }
}

function here(source, options) {
  const hook = engine.load(source, options);
  if (hook.failure) return { load: hook.failure };
  return engine.call(hook, context, options);
}

for (const [name, body] of Object.entries(same).filter(([name]) => name.includes(only))) {
  const source = `exports.handler = async (context) => {\n${body}\n}`;
  const wanted = await onNode(source);
  const { result, failure, load, logs } = here(source);
  report(name, wanted, { ...(failure || load ? { thrown: (failure ?? load).message } : { result }), logs: logs ?? [] });
}

function withText(hook, text) {
  const { result, failure, logs } = hook.engine.callWithText(hook, text);
  return failure ? { failure: failure.kind } : { result, logs };
}

function textOnNode(text) {
  try {
    const context = JSON.parse(text);
    return { result: [JSON.stringify(context), plain(context)], logs: [['info', formatWithOptions({}, 'context:', context)]] };
  } catch {
    return { failure: 'exception' };
  }
}

// An engine that has seen contexts of a form before reads such ones in another way.
const hooks = [[], contexts.slice(0, 60)].map((learned) => {
  const learning = new Engine(path, learned);
  return learning.load('exports.handler = (context) => { console.log("context:", context); return [JSON.stringify(context), context]; }');
});
for (const text of contexts.filter((text) => text.includes(only))) {
  for (const hook of hooks) report(`the context ${text.slice(0, 60)}`, textOnNode(text), withText(hook, text));
}

const language = JSON.parse(readFileSync(join(import.meta.dirname, 'language.json'), 'utf8'));
for (const { expression, body = `return (${expression})`, value, fails } of language.filter(({ body, expression }) => (body ?? expression).includes(only))) {
  const { result, failure, load } = here(`exports.handler = async () => {\n${body}\n}`);
  const broken = failure ?? load;
  report(body, fails ?? value, broken ? `${broken.kind}: ${broken.message}` : result);
  if (fails !== undefined) console.log(`known to fail  ${expression ?? body}\n    wanted ${JSON.stringify(value)}, got ${JSON.stringify(fails)}`);
}

for (const [name, { source, options, check, ...wanted }] of Object.entries(outcomes).filter(([name]) => name.includes(only))) {
  const got = here(source, options);
  const picked = Object.fromEntries(Object.keys(wanted).map((key) => {
    const value = got[key];
    return [key, value && typeof value === 'object' && !Array.isArray(value) && key !== 'result'
      ? Object.fromEntries(Object.keys(wanted[key]).map((field) => [field, value[field]])) : value];
  }));
  report(name, wanted, picked);
  if (check) report(`${name}: check`, true, check(got));
  report(`${name}: the next run`, { user: context.user }, here('exports.handler = (c) => ({ user: c.user })').result);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
