// A real server on a folder of its own, for the length of a run: hooks are deployed and fired over REST as their authors would.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { frames } from './frames.mjs';

const ID = 'differential';
const SECRET = 'a secret of the differential suite';
const CONFIG = `
[limits]
context_bytes = 1048576
log_bytes = 4194304
error_bytes = 65536
result_bytes = 4194304
max_memory_mib = 512
account_hooks = 100000
account_deployments = 10000

# What is compared is what functions do, however many run at a time.
[queue]
length = 10000
wait = "30s"

[egress]
calls = 1000
sockets = 100
socket_bytes = 67108864
request_bytes = 67108864
response_bytes = 67108864

[compile]
timeout = "300s"
`;
// An event that has every required field.
const eventWith = (reasons) => `{
  "request_id": "r-1",
  "user": { "user_identifier": "ann@example.com", "policy_id": 7 },
  "device": { "user_agent": "Differential/1.0", "is_mobile": false },
  "risk": { "score": 5, "reasons": ${reasons} }
}`;
const EVERYTHING = { risk_enabled: true, location_enabled: true, mfa_device_info_enabled: true };
const ECHO = 'exports.handler = async (context) => ({ success: false, context })';
const EVENT_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]+\t(TRACE|DEBUG|INFO|WARN|ERROR)\t/;

export class Server {
  #process;
  #folder;
  #url;
  #token;
  #env;

  static async start(program) {
    const server = new Server();
    server.#folder = await mkdtemp(join(tmpdir(), 'differential-server-'));
    await writeFile(join(server.#folder, 'hookbox.toml'), CONFIG);
    try {
      await server.#spawn(program);
      await server.#login();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #spawn(program) {
    const running = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--data', join(this.#folder, 'data')], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, HOOKBOX_BOOTSTRAP_CLIENT_ID: ID, HOOKBOX_BOOTSTRAP_CLIENT_SECRET: SECRET },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = running;
    let [said, log] = ['', ''];
    running.stderr.setEncoding('utf8').on('data', (text) => { log += text; });
    await new Promise((resolve, reject) => {
      running.on('error', reject);
      running.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${log}`)));
      running.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (said.includes('\n')) resolve();
      });
    });
    this.#url = said.split('\n')[0].replace('listening on ', '');
    for (let tries = 0; (await fetch(`${this.#url}/readyz`)).status !== 200; tries++) {
      if (tries > 3000) throw new Error(`the server does not become ready: ${log}`);
      await sleep(100);
    }
  }

  async #login() {
    const reply = await fetch(`${this.#url}/auth/oauth2/v2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${ID}:${SECRET}`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials' }),
    });
    this.#token = (await reply.json()).access_token;
    await this.#ask('PUT', '/v1/accounts/1', { hooks_per_type: 100_000 });
  }

  async #ask(method, path, body) {
    const reply = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  // The env vars of one case live as long as its hook, and cases that have any wait for each other: they may have the same.
  async #withEnv(env, work) {
    if (Object.keys(env).length === 0) return work();
    const turn = this.#env;
    let done;
    this.#env = new Promise((resolve) => { done = resolve; });
    await turn;
    const ids = [];
    try {
      for (const [name, value] of Object.entries(env)) ids.push((await this.#ask('POST', '/api/2/hooks/envs', { name, value })).id);
      return await work();
    } finally {
      for (const id of ids) await this.#ask('DELETE', `/api/2/hooks/envs/${id}`);
      done();
    }
  }

  async #deploy(source, { env = {}, memory_mib = 512, type = 'pre-authentication', ...fields }) {
    const made = await this.#ask('POST', '/api/2/hooks', {
      type,
      disabled: true,
      timeout: 10,
      retries: 0,
      options: type === 'pre-authentication' ? EVERYTHING : {},
      env_vars: Object.keys(env),
      packages: {},
      conditions: [],
      limits: { fuel: 100_000_000_000, memory_mib },
      function: Buffer.from(source).toString('base64'),
      ...fields,
    });
    for (;;) {
      const hook = await this.#ask('GET', `/api/2/hooks/${made.id}`);
      if (hook.status === 'ready' || hook.status.endsWith('-failed')) return hook;
      await sleep(5);
    }
  }

  // What a function sees of a context, as JSON.
  async seen(context, { env, ...settings } = {}) {
    const { answer, hook } = await this.fire(ECHO, context, settings);
    if (!answer) throw new Error(`${hook.status_message}`);
    return JSON.stringify(answer.result.context);
  }

  // The context that cases are given which have none of their own, as they see it.
  async sharedContext(major) {
    return this.seen(eventWith('"the reasons"'), { runtime: `nodejs${major}.x` });
  }

  // { events, result, error }, as runOnNode gives them.
  async run({ source, settings = {}, context, reasons = '[]' }, major) {
    const ran = await this.fire(source, context ?? eventWith(reasons), { ...settings, runtime: settings.runtime ?? `nodejs${major}.x` });
    const { hook, answer } = ran;
    if (!answer) return { events: [], result: undefined, error: `not deployed: ${hook.status_message}`, refused: hook.status_message };
    const events = eventsOf(ran.events);
    if (answer.outcome === 'completed') return { events, result: answer.result, error: undefined };
    // The last event says how it failed, which the answer does as well.
    const { kind, message, stack } = answer.error;
    const told = frames(stack ? `${message}\n${stack}`.trimEnd() : message);
    const error = kind === 'never_settled' || kind === 'exit' ? kind : kind === 'exception' || kind === 'stack_overflow' ? told : `${kind}: ${told}`;
    return { events: events.slice(0, -1), result: undefined, error };
  }

  // Deploys a function and fires it on a context, a JSON text; { hook, answer, events }, without the last two where it is not ready.
  // `settings` are fields of the hook, and `env` and `memory_mib`.
  async fire(source, context, settings = {}) {
    return this.#withEnv(settings.env ?? {}, async () => {
      const hook = await this.#deploy(source, settings);
      try {
        if (hook.status !== 'ready') return { hook };
        const answer = await this.#ask('POST', `/v1/hooks/${hook.id}/fire`, `{ "context": ${context} }`);
        return { hook, answer, events: await this.#log(hook.id, answer.execution_id) };
      } finally {
        await this.#ask('DELETE', `/api/2/hooks/${hook.id}`);
      }
    });
  }

  // An entry can be read once it is on the disk.
  async #log(hook, execution) {
    for (;;) {
      const { items } = await this.#ask('GET', `/v1/hooks/${hook}/executions?limit=1`);
      if (items[0]?.id === execution || items[0]?.execution_id === execution) return items[0].events;
      await sleep(5);
    }
  }

  async stop() {
    if (this.#process?.exitCode === null) {
      const ended = new Promise((resolve) => { this.#process.on('exit', resolve); });
      this.#process.kill();
      await ended;
    }
    await rm(this.#folder, { recursive: true });
  }
}

function eventsOf(lines) {
  return lines.map((line) => {
    const start = EVENT_LINE.exec(line);
    if (!start) throw new Error(`this is no event of a log: ${line}`);
    return [start[1], frames(line.slice(start[0].length))];
  });
}
