/**
 * Runs the cases of every example on plain Node, without Hookbox: what people copy from here is ordinary Node code, and Node agrees
 * with Hookbox about what it decides. `node check.mjs [example...]`; exits 1 when a case fails.
 *
 * What a function answers means what it means to Hookbox (`decide`); sandbox, limits and logs are for Hookbox's own tests.
 */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const TIMEOUT_MS = 10_000;
const SHARED = ['contexts'];

/** What Hookbox knows of a user; other keys are dropped. */
const USER_KEYS = ['user_identifier', 'policy_id', 'id', 'last_login_success'];

/** Parts of a pre-authentication context that a hook sees only with an option. */
const HIDDEN_UNLESS = { risk: 'risk_enabled', location: 'location_enabled', mfa_devices: 'mfa_device_info_enabled' };

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** JSON Merge Patch: a null removes. */
function merge(target, patch) {
  if (!isObject(patch)) return patch;
  const kept = isObject(target) ? Object.entries(target).filter(([key]) => patch[key] !== null) : [];
  const merged = Object.fromEntries(kept);
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null) merged[key] = merge(merged[key], value);
  }
  return merged;
}

/** A case's context is an object, or a file beside the case with changes to it. */
function contextOf(folder, { hook_type, context, options = {} }) {
  const whole = context.file ? merge(readJson(resolve(folder, context.file)), context.merge ?? {}) : context;
  if (hook_type !== 'pre-authentication') return whole;
  const seen = ([key]) => !(key in HIDDEN_UNLESS) || options[HIDDEN_UNLESS[key]] === true;
  const known = Object.entries(whole.user).filter(([key]) => USER_KEYS.includes(key));
  const user = { last_login_success: null, ...Object.fromEntries(known) };
  return { app: {}, ...Object.fromEntries(Object.entries(whole).filter(seen)), user };
}

/** The decision in a result, or undefined where the result is not a valid response. */
function decide(hookType, result) {
  if (result === null) return 'deny';
  if (!isObject(result) || ![true, false, null, undefined].includes(result.success)) return undefined;
  if (result.success === false) return 'deny';
  const usable = isObject(result.user) && (hookType === 'user-migration' || typeof result.user.policy_id === 'number');
  return usable ? 'allow' : undefined;
}

/** In the child process: evaluates the function, calls its handler, and sends the outcome and the result's JSON. */
async function runHere(hook) {
  process.once('message', async (context) => {
    const answer = (message) => process.send(message, () => process.exit());
    let handler;
    try {
      ({ handler } = createRequire(import.meta.url)(hook));
      assert(typeof handler === 'function', 'the function exports no handler');
    } catch (error) {
      return answer({ outcome: 'not_ready', error: String(error) });
    }
    try {
      answer({ outcome: 'completed', json: JSON.stringify(await handler(context)) });
    } catch (error) {
      answer({ outcome: 'failed', error: String(error) });
    }
  });
}

/** One run in a process of its own, whose environment is the case's and nothing else. */
function runInChild(hook, env, context) {
  return new Promise((settle) => {
    const child = fork(fileURLToPath(import.meta.url), ['--run', hook], { env, silent: true });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    let answer = { outcome: 'failed', error: 'the process ended without an answer' };
    child.on('message', (message) => (answer = message));
    child.on('exit', () => {
      clearTimeout(timer);
      settle(answer);
    });
    child.send(context);
  });
}

async function check(folder, one) {
  const { expect, hook_type: hookType, env } = one;
  const answer = await runInChild(join(folder, 'hook.js'), env, contextOf(folder, one));
  const result = answer.json === undefined ? undefined : JSON.parse(answer.json);
  const decision = answer.outcome === 'completed' ? decide(hookType, result) : undefined;
  const outcome = answer.outcome === 'completed' && !decision ? 'invalid_response' : answer.outcome;
  assert.equal(outcome, expect.outcome ?? 'completed', answer.error);
  // Without a decision of its own, a hook's on_error decides, which is to deny unless an admin says otherwise.
  assert.equal(decision ?? 'deny', expect.decision);
  if ('result' in expect) assert.deepEqual(result, expect.result);
}

async function checkExample(name) {
  const folder = join(HERE, name);
  for (const file of ['hook.js', 'README.md', 'cases.json']) assert(existsSync(join(folder, file)), `${name} has no ${file}`);
  const cases = readJson(join(folder, 'cases.json'));
  assert(cases.length >= 2, `${name} has fewer than two cases`);
  let failed = 0;
  for (const one of cases) {
    try {
      await check(folder, one);
      console.log(`ok      ${name}: ${one.name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}: ${one.name}\n${error.message}`);
    }
  }
  return { ran: cases.length, failed };
}

async function main(names) {
  const folders = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name));
  let [ran, failed] = [0, 0];
  for (const name of names.length > 0 ? names : folders.map((entry) => entry.name).sort()) {
    const counts = await checkExample(name);
    ran += counts.ran;
    failed += counts.failed;
  }
  console.log(`${ran} cases on Node ${process.version}, ${failed} failed`);
  process.exitCode = ran > 0 && failed === 0 ? 0 : 1;
}

const [first, hook] = process.argv.slice(2);
await (first === '--run' ? runHere(hook) : main(process.argv.slice(2)));
