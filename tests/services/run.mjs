// Runs each case of `cases/` with Node and with `hookbox run`, against real services and a server of our own, and compares what they print, line
// by line. `node tests/services/run.mjs [CASE...]`; packages are installed under target/services, at the versions of package-lock.json.
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Upstream } from '../differential/upstream.mjs';
import { apis } from './apis.mjs';
import { Services } from './services.mjs';

const here = import.meta.dirname;
const target = join(here, '../../target');
const folder = join(target, 'services');
const hookbox = process.env.HOOKBOX ?? join(target, 'debug/hookbox');
const PASSWORD = 'sesame-of-the-tests';
const TIMEOUT = 120_000;
const AXIOS = ['axios-0', 'axios-1.1', 'axios-1.6', 'axios'];

function install() {
  mkdirSync(join(folder, 'cases'), { recursive: true });
  const changed = ['package.json', 'package-lock.json'].filter((name) => {
    const [from, to] = [join(here, name), join(folder, name)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) return false;
    copyFileSync(from, to);
    return true;
  });
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (changed.length > 0 || !existsSync(installed)) execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' });
}

const packageOf = (name) => name.split('/').slice(0, name[0] === '@' ? 2 : 1).join('/');

// The packages that a case asks for, in the versions of the lock.
function packagesOf(source) {
  const { packages } = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8'));
  const names = [...source.matchAll(/(?:require|import)\('([\w./@-]+)'\)/g)].map(([, name]) => packageOf(name));
  const of = (name) => packages[`node_modules/${name}`];
  return Object.fromEntries(names.filter(of).map((name) => [name, of(name).name === undefined ? of(name).version : `npm:${of(name).name}@${of(name).version}`]));
}

function cases() {
  const all = readdirSync(join(here, 'cases')).flatMap((file) => {
    const [name, source] = [file.replace(/\.js$/, ''), readFileSync(join(here, 'cases', file), 'utf8')];
    return source.includes("'PACKAGE'") ? AXIOS.map((each) => ({ name: each, source: source.replace("'PACKAGE'", `'${each}'`) })) : [{ name, source }];
  });
  const wanted = process.argv.slice(2);
  return wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
}

function output(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT, ...options });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { said[name] += text; });
    child.once('error', reject).once('close', () => resolve(said));
  });
}

async function onNode({ name, source }, env) {
  const file = join(folder, 'cases', `${name}.js`);
  // Packages are looked for beside the cases.
  writeFileSync(join(folder, 'cases/package.json'), '{}');
  writeFileSync(file, source);
  const script = 'require(process.argv[1]).handler({}).then(() => process.exit(), (error) => { console.log("failed", error); process.exit(); })';
  const { stdout, stderr } = await output(process.execPath, ['-e', script, file], { env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', TZ: 'UTC', ...env } });
  // Hookbox masks what env vars hold.
  const secrets = Object.values(env).filter((value) => !/^\d+$/.test(value) && !value.includes('\n'));
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), stdout + stderr).split('\n').filter((line) => line !== '');
}

async function onHookbox({ name, source }, env) {
  const project = mkdtempSync(join(tmpdir(), 'hookbox-case-'));
  try {
    writeFileSync(join(project, 'hook.js'), source);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name, dependencies: packagesOf(source) }));
    writeFileSync(join(project, 'event.json'), JSON.stringify({ user: { user_identifier: 'jim', policy_id: 1 }, device: {} }));
    const hosts = Object.entries(env).flatMap(([key, value]) => (key.endsWith('_PORT') ? [`127.0.0.1:${value}`, `localhost:${value}`] : []));
    writeFileSync(join(project, 'hook.json'), JSON.stringify({ type: 'pre-authentication', runtime: 'nodejs22.x', main: 'hook.js', timeout: 10,
      limits: { fuel: 50_000_000_000, memory_mib: 256 }, allowed_hosts: [...hosts, '127.0.0.1'], env_vars: Object.keys(env) }));
    const args = ['run', project, '--context', join(project, 'event.json'), '--json', '--timeout', '60', ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`])];
    const { stdout, stderr } = await output(hookbox, args, { env: process.env });
    const said = stdout === '' ? { log: [], error: { message: stderr } } : JSON.parse(stdout);
    const lines = said.log.flatMap((event) => event.split('\t').slice(3).join('\t').split(/\n {2}\| ?|\n/)).filter((line) => line !== '');
    const failed = said.outcome === 'completed' || said.outcome === 'invalid_response' ? [] : [`failed ${JSON.stringify(said.error)}`];
    return { lines: [...lines, ...failed], usage: said.usage };
  } finally {
    rmSync(project, { recursive: true });
  }
}

function difference(node, ours) {
  const at = Array.from({ length: Math.max(node.length, ours.length) }, (_, index) => index).find((index) => node[index] !== ours[index]);
  return at === undefined ? undefined : `line ${at + 1}\n    Node     ${node[at]}\n    Hookbox  ${ours[at]}`;
}

if (!existsSync(hookbox)) throw new Error(`there is no ${hookbox}: cargo build --bin hookbox`);
install();
const services = new Services(mkdtempSync(join(tmpdir(), 'hookbox-services-')));
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: ecKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
const more = { ...apis, jwks(request, response) { response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })); } };
let failures = 0;
const upstreams = [];
try {
  await services.start(PASSWORD);
  const tls = { cert: readFileSync(services.certificate), key: readFileSync(services.key) };
  upstreams.push(await Upstream.start({ more }), await Upstream.start({ tls }));
  const [upstream, secure] = upstreams.map(({ host }) => host);
  const pem = (key) => key.export({ type: 'pkcs8', format: 'pem' });
  const env = { ...services.ports, PASSWORD, CA: readFileSync(services.certificate, 'utf8'), UPSTREAM: upstream, SECURE: secure, PRIVATE_KEY: pem(privateKey), EC_KEY: pem(ecKey) };
  for (const one of cases()) {
    const node = await onNode(one, env);
    const { lines, usage } = await onHookbox(one, env);
    const differs = difference(node, lines);
    failures += differs === undefined ? 0 : 1;
    console.log(`${differs === undefined ? 'ok  ' : 'FAIL'} ${one.name.padEnd(12)} ${`${node.length}`.padStart(4)} lines${usage === undefined ? '' : `, ${Math.round(usage.fuel / 1e6)} M fuel, ${Math.round(usage.memory_bytes / 1048576)} MiB`}${differs === undefined ? '' : `\n  ${differs}`}`);
  }
} finally {
  await Promise.all(upstreams.map((upstream) => upstream.stop()));
  await services.stop();
}
process.exitCode = failures === 0 ? 0 : 1;
