// The types of guest-sdk/js against a real server: what they declare is there, and what is there is declared or listed below; they take the
// contexts that functions get, and those results that the server takes; and what tests and pages show as a hook is one.
//
//     node tests/types/run.mjs [--hookbox PROGRAM]
//
// It needs the compiler that tools/check-types puts into guest-sdk/js.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';
import { Server } from '../differential/server.mjs';
import { asJavaScript, complaints, declared, examples, keysOfType, sdk } from './declared.mjs';
import { results } from './results.mjs';

const root = resolve(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { hookbox: { type: 'string', default: join(root, 'target/debug/hookbox') } } });

// The newest, which `hookbox new` writes.
const RUNTIME = 'nodejs24.x';
// Globals that have no types: of the language (the compiler's own library has these), or rarely of use to a hook.
const UNTYPED_GLOBALS = /^(global|Iterator|Float16Array|SuppressedError|(Async)?DisposableStack|InternalError|CustomEvent|DOMException|Performance\w*|Crypto|CryptoKey|SubtleCrypto|Intl|navigator|Navigator|CloseEvent|Storage)$/;
// Modules that have none: shells that throw when they are used, other names of typed ones, and those that are rarely of use to a hook.
const UNTYPED_MODULES = /^(_\w+|child_process|cluster|constants|console|dgram|diagnostics_channel|dns|dns\/promises|domain|fs|fs\/promises|http|http2|https|inspector|inspector\/promises|module|net|process|punycode|readline|readline\/promises|repl|stream|stream\/\w+|sys|tls|trace_events|tty|v8|vm|wasi|worker_threads|zlib|assert\/strict|path\/\w+|util\/types)$/;

// The globals that are the language's own; those of a younger one are listed above.
const LANGUAGE = runInNewContext('Object.getOwnPropertyNames(globalThis)').filter((name) => name !== 'console');
// Classes whose members are there once one is made.
const MADE = {
  'require("assert")["AssertionError"].prototype': 'new (require("assert").AssertionError)({ actual: 1, expected: 2, operator: "x" })',
  'require("crypto")["KeyObject"].prototype': 'require("crypto").createSecretKey(Buffer.from("x"))',
};

const read = (path) => readFileSync(join(root, path), 'utf8');
const contexts = {
  'pre-authentication': JSON.parse(read('examples/javascript/contexts/pre-authentication-1.1.0.json')),
  'user-migration': JSON.parse(read('examples/javascript/contexts/user-migration.json')),
};
const versions = [['pre-authentication', '1.0.0'], ['pre-authentication', '1.1.0'], ['user-migration', '1.0.0']];
const OPTIONS = { 'pre-authentication': ['risk_enabled', 'location_enabled', 'mfa_device_info_enabled'], 'user-migration': [] };

let checked = 0;
const wrong = [];
const check = (holds, complaint) => {
  checked += 1;
  if (!holds) wrong.push(complaint);
};

// What a function makes of the context of its type.
async function answer(server, source, type = 'pre-authentication', settings = {}, context = contexts[type]) {
  const ran = await server.fire(source, JSON.stringify(context), { type, runtime: RUNTIME, ...settings });
  return ran.answer ?? { outcome: 'not ready', error: { message: ran.hook.status_message } };
}

// What the body of a handler returns.
async function evaluate(server, body) {
  const { result, error } = await answer(server, `exports.handler = async () => ({ success: false, value: await (async () => { ${body} })() });`);
  if (!result) throw new Error(`${error.message}`);
  return result.value;
}

async function globalsAndModules(server) {
  const { globals, modules, members } = declared();
  const missing = await evaluate(server, `
    const members = ${JSON.stringify(members.map(([expression, member]) => [MADE[expression] ?? expression, member]))};
    const value = (expression) => { try { return new Function('require', 'module', 'exports', 'return ' + expression)(require, module, exports); } catch {} };
    return members.filter(([expression, member]) => { const found = value(expression); return found == null || !(member in Object(found)); });`);
  checked += members.length;
  for (const [expression, member] of missing) wrong.push(`${expression} has no ${member}, which is declared`);
  const there = await evaluate(server, `
    const language = new Set(${JSON.stringify(LANGUAGE)});
    return { globals: Object.getOwnPropertyNames(globalThis).filter((name) => !language.has(name)), modules: require('module').builtinModules,
      typed: ${JSON.stringify([...modules])}.filter((name) => { try { return require(name) !== undefined; } catch { return false; } }) };`);
  for (const name of globals) check(there.globals.includes(name) || ['require', 'module', 'exports'].includes(name), `there is no global ${name}, which is declared`);
  for (const name of there.globals) check(globals.includes(name) || UNTYPED_GLOBALS.test(name), `the global ${name} is neither declared nor listed as one without types`);
  for (const name of modules) check(there.typed.includes(name), `there is no module ${name}, which is declared`);
  for (const name of there.modules) {
    const isDeclared = modules.includes(name);
    check(isDeclared !== UNTYPED_MODULES.test(name), `the module ${name} is ${isDeclared ? 'declared, and listed as one without types' : 'neither declared nor listed as one without types'}`);
    if (isDeclared) check(modules.includes(`node:${name}`), `the module ${name} is declared without its name that begins with node:`);
  }
}

// The keys of a value, as keysOfType() has those of a type.
function keysOf(value, path = '') {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => keysOf(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = path === '' ? key : `${path}.${key}`;
    return [name, ...keysOf(inner, name)];
  });
}

async function contextsOfFunctions(server) {
  const lines = [];
  for (const [type, version] of versions) {
    // A key that nobody knows stays out, so that those which arrive are the server's.
    const sent = [contexts[type], ...(type === 'pre-authentication' ? [{ user: { user_identifier: 'ada', policy_id: 1, id: 2 }, device: contexts[type].device, request_id: 'r', correlation_id: 'c' }] : [])];
    const found = new Set();
    for (let bits = 0; bits < 2 ** OPTIONS[type].length; bits++) {
      const options = Object.fromEntries(OPTIONS[type].map((name, at) => [name, Boolean(bits & (1 << at))]));
      for (const context of sent) {
        const shown = JSON.parse(await server.seen(JSON.stringify({ ...context, unknown: 1 }), { type, runtime: RUNTIME, context_version: version, options }));
        keysOf(shown).forEach((key) => found.add(key));
        lines.push(`export const c${lines.length}: Context<'${type}', '${version}'> = ${JSON.stringify(shown)};`);
      }
    }
    const keys = keysOfType(`Context<'${type}', '${version}'>`);
    check(isDeepStrictEqual([...found].sort(), keys), `${type} ${version}: a function sees ${[...found].sort()}, and declared are ${keys}`);
  }
  const text = ["import type { Context } from '@hookbox/types';", ...lines];
  const said = complaints(text.join('\n'));
  checked += lines.length;
  for (const [line, complaint] of said) wrong.push(`this context has another type than is declared: ${complaint}\n  ${text[line]}`);
}

async function argumentsOfHandlers(server) {
  const source = 'exports.handler = async (...given) => ({ success: false, keys: Object.keys(given[1]), types: given.map((one) => typeof one) });';
  const { result } = await answer(server, source);
  check(isDeepStrictEqual(result.types, ['object', 'object', 'function']), `a handler is called with ${result.types}`);
  const keys = keysOfType("Invocation<'pre-authentication'>");
  check(isDeepStrictEqual(result.keys.sort(), keys), `a handler's second argument has ${result.keys}, and declared are ${keys}`);
}

async function resultsOfFunctions(server) {
  const list = Object.entries(results).flatMap(([type, texts]) => Object.entries(texts).map(([text, why]) => ({ type, text, why })));
  const said = complaints(["import type { Result } from '@hookbox/types';", ...list.map(({ type, text }, at) => `export const r${at}: Result<'${type}'> = ${text};`)].join('\n'));
  for (const [at, { type, text, why }] of list.entries()) {
    const { outcome } = await answer(server, `exports.handler = async () => (${text});`, type);
    const [taken, typed] = [outcome === 'completed', !said.has(at + 1)];
    const told = `${type}, ${text}: the server ${taken ? 'takes' : 'refuses'} it, and the types ${typed ? 'take' : 'refuse'} it`;
    // The types may be stricter for a reason, and never laxer.
    check(why ? taken && !typed : taken === typed, why ? `${told}, though: ${why}` : told);
  }
}

async function hooksOfPages(server) {
  const file = readFileSync(join(sdk, 'test/handlers.ts'), 'utf8');
  const handlers = [...file.matchAll(/^export const (\w+): (?:Callback)?Handler<'([\w-]+)'(?:, '([\d.]+)')?>/gm)];
  const script = asJavaScript(file);
  const hooks = handlers.map(([, name, type, version]) => [`handlers.ts, ${name}`, `${script}\nexports.handler = exports.${name};`, type, version]);
  const usages = ['globals.ts', 'modules.ts'].map((name) => [name, readFileSync(join(sdk, 'test', name), 'utf8')]);
  for (const [name, text] of usages) hooks.push([name, `${asJavaScript(text)}\nexports.handler = async () => ({ success: true });`, 'pre-authentication']);
  for (const [page, language] of [['guest-sdk/js/README.md', 'js'], ['guest-sdk/js/README.md', 'ts'], ['README.md', 'js'], ['docs/writing-hooks.md', 'js']]) {
    const found = examples(read(page), language);
    check(found.length > 0, `${page} shows no ${language}`);
    for (const [at, text] of found.entries()) {
      const type = /<'user-migration'>/.test(text) ? 'user-migration' : 'pre-authentication';
      // Nobody is called: a URL that is its own answer stands for whom they call.
      hooks.push([`${page}, ${language} ${at + 1}`, asJavaScript(text).replace(/'https:[^']*'/g, '\'data:application/json,{"score":3}\''), type]);
    }
  }
  for (const [name, source, type, context_version] of hooks) {
    const { outcome, error } = await answer(server, source, type, context_version ? { context_version } : {});
    check(outcome === 'completed', `${name}: ${outcome} ${error?.message}`);
  }
}

// The answer that the page on the API shows has the keys of one.
async function answerOfPage(server) {
  const [shown] = examples(read('docs/api.md'), 'json').map((text) => JSON.parse(text));
  const got = await answer(server, 'exports.handler = async () => ({ success: true, user: { policy_id: 1234 } });');
  check(isDeepStrictEqual(keysOf(shown).sort(), keysOf(got).sort()), `docs/api.md shows an answer with ${keysOf(shown)}, and one has ${keysOf(got)}`);
}

const server = await Server.start(values.hookbox);
try {
  await globalsAndModules(server);
  await contextsOfFunctions(server);
  await argumentsOfHandlers(server);
  await resultsOfFunctions(server);
  await hooksOfPages(server);
  await answerOfPage(server);
} finally {
  await server.stop();
}
for (const complaint of wrong) console.log(`FAILED ${complaint}`);
console.log(`types against a server: ${checked - wrong.length} passed, ${wrong.length} failed`);
process.exitCode = wrong.length === 0 ? 0 : 1;
