// Runs a case on a Node, in a process of its own, and says what it did: see on-node.cjs.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asLogged, frames } from './frames.mjs';

const TIMEOUT = 60_000;
const majors = new Map();

// The major version of a Node.
export function majorOf(node) {
  if (!majors.has(node)) majors.set(node, Number(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')[0]));
  return majors.get(node);
}

// { events, result, error }: what the case printed, what it returned, how it failed. `context` is JSON as the function sees it.
export async function runOnNode(node, { source, module, settings: { env = {} } = {} }, context) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'differential-')));
  const file = join(folder, module ? 'hook.mjs' : 'hook.js');
  try {
    await writeFile(file, source);
    const { said, complaint } = await child(node, [join(import.meta.dirname, 'on-node.cjs'), file, context], env);
    if (said.error === undefined && said.result === undefined) {
      // A listener for what nobody caught that throws ends Node without another word than its own.
      said.error = /^(?:Uncaught |\w*Error\b).*?(?=\n\n)/ms.exec(complaint)?.[0];
      // A Node can end without a word as well, such as for want of memory.
      said.error ??= `ended early: ${complaint}`;
    }
    const clean = (text) => text.replaceAll(`file://${folder}/`, '').replaceAll(`${folder}/`, '').replaceAll('hook.mjs', 'hook.js');
    return {
      events: said.events.map(([level, message]) => [level, asLogged(frames(clean(message)))]),
      result: said.result === undefined ? undefined : JSON.parse(said.result),
      error: said.error === undefined ? undefined : frames(clean(said.error)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function child(node, args, env) {
  return new Promise((resolve, reject) => {
    const running = spawn(node, args, {
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', TZ: 'UTC', ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
    });
    let [lines, complaint] = ['', ''];
    running.stdio[3].setEncoding('utf8').on('data', (text) => { lines += text; });
    running.stderr.setEncoding('utf8').on('data', (text) => { complaint += text; });
    running.on('error', reject);
    running.on('close', () => {
      const said = { events: [] };
      for (const line of lines.split('\n').filter((line) => line !== '')) {
        const [kind, ...rest] = JSON.parse(line);
        if (kind === 'event') said.events.push(rest);
        // What is told first has ended the run.
        else if (said.result === undefined && said.error === undefined) [said[kind]] = rest;
      }
      resolve({ said, complaint });
    });
  });
}
