// The services that the cases talk to: Redis, MariaDB and PostgreSQL of Debian's packages, each on free ports in a folder of its own, with a
// password and with TLS.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, chmodSync, openSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 60_000;
const PEOPLE = [['jim', '2020-01-02 03:04:05', 12.34, '{"a":[1]}'], ['Zoë', null, null, null]];
const literal = (value) => (value === null ? 'null' : typeof value === 'number' ? `${value}` : `'${value}'`);
const INSERT = `insert into people (name, born, score, data) values ${PEOPLE.map((row) => `(${row.map(literal).join()})`).join()};`;

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const asRoot = process.getuid() === 0;
const idOf = (user, flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));

function need(program, debian) {
  const found = [...process.env.PATH.split(':'), '/usr/sbin'].map((folder) => join(folder, program)).find(existsSync);
  if (found === undefined) throw new Error(`there is no ${program}: apt-get install ${debian}`);
  return found;
}

export class Services {
  #folder;
  #running = [];
  // The ports, as env vars of the cases.
  ports = {};

  constructor(folder) {
    this.#folder = folder;
  }

  async start(password) {
    mkdirSync(this.#folder, { recursive: true });
    chmodSync(this.#folder, 0o755);
    this.#certificate();
    await Promise.all([this.#redis(password), this.#mysql(password), this.#postgres(password)]);
  }

  get certificate() { return join(this.#folder, 'cert.pem'); }
  get key() { return join(this.#folder, 'key.pem'); }

  #certificate() {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.key, '-out', this.certificate,
      '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'ignore' });
    chmodSync(this.key, 0o644);
  }

  // A folder that belongs to a user, who may not be root.
  #folderOf(name, user) {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { mode: 0o700 });
    const own = (path) => { if (asRoot) chownSync(path, idOf(user, '-u'), idOf(user, '-g')); };
    own(folder);
    return { folder, own, who: asRoot ? { uid: idOf(user, '-u'), gid: idOf(user, '-g') } : {} };
  }

  async #run(name, program, args, options, port) {
    const log = openSync(join(this.#folder, `${name}.log`), 'w');
    const child = spawn(program, args, { stdio: ['ignore', log, log], cwd: '/', ...options });
    this.#running.push(child);
    const until = Date.now() + PATIENCE;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${join(this.#folder, `${name}.log`)} says why`);
      if (await answers(port)) return;
      if (Date.now() > until) throw new Error(`${name} does not answer: ${join(this.#folder, `${name}.log`)}`);
      await sleep(50);
    }
  }

  async #redis(password) {
    const program = need('redis-server', 'redis-server');
    const [port, tlsPort] = [await freePort(), await freePort()];
    await this.#run('redis', program, ['--port', port, '--tls-port', tlsPort, '--tls-cert-file', this.certificate, '--tls-key-file', this.key,
      '--tls-ca-cert-file', this.certificate, '--tls-auth-clients', 'no', '--requirepass', password, '--save', '', '--bind', '127.0.0.1'], {}, port);
    Object.assign(this.ports, { REDIS_PORT: `${port}`, REDIS_TLS_PORT: `${tlsPort}` });
  }

  async #mysql(password) {
    const program = need('mariadbd', 'mariadb-server');
    const { folder, who } = this.#folderOf('mysql', 'mysql');
    const data = join(folder, 'data');
    execFileSync(need('mariadb-install-db', 'mariadb-server'), ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { ...who, stdio: 'ignore', cwd: '/' });
    const port = await freePort();
    const socket = join(folder, 's');
    await this.#run('mysql', program, ['--no-defaults', `--datadir=${data}`, `--port=${port}`, `--socket=${socket}`, '--bind-address=127.0.0.1',
      `--ssl-cert=${this.certificate}`, `--ssl-key=${this.key}`, '--default-time-zone=+00:00'], who, port);
    execFileSync(need('mariadb', 'mariadb-client'), ['--no-defaults', '-S', socket, '-u', 'root'], { ...who, cwd: '/', input: `
      delete from mysql.global_priv where user = ''; flush privileges; create user 'hook'@'%' identified by '${password}'; create database users charset utf8mb4;
      grant all on users.* to 'hook'@'%'; use users; set names utf8mb4;
      create table people (id int primary key auto_increment, name varchar(50), born datetime, score decimal(10, 2), data json); ${INSERT}` });
    this.ports.MYSQL_PORT = `${port}`;
  }

  async #postgres(password) {
    const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => b - a) : [];
    if (versions.length === 0) throw new Error('there is no PostgreSQL: apt-get install postgresql');
    const programs = `/usr/lib/postgresql/${versions[0]}/bin`;
    const { folder, own, who } = this.#folderOf('postgres', 'postgres');
    const [data, key, secret] = ['data', 'key.pem', 'password'].map((name) => join(folder, name));
    copyFileSync(this.key, key);
    chmodSync(key, 0o600);
    own(key);
    execFileSync('sh', ['-c', 'umask 077; printf %s "$0" > "$1"', password, secret], who);
    execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'scram-sha-256', '-U', 'postgres', '--pwfile', secret, '-E', 'UTF8', '--locale=C.UTF-8'], { ...who, stdio: 'ignore', cwd: '/' });
    const port = await freePort();
    await this.#run('postgres', join(programs, 'postgres'), ['-D', data, '-p', port, '-k', folder, '-h', '127.0.0.1', '-c', 'ssl=on', '-c', `ssl_cert_file=${this.certificate}`,
      '-c', `ssl_key_file=${key}`], who, port);
    const run = () => execFileSync('psql', ['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-q', '-v', 'ON_ERROR_STOP=1'], { cwd: '/', env: { ...process.env, PGPASSWORD: password }, stdio: ['pipe', 'ignore', 'ignore'],
      input: `create table people (id serial primary key, name text, born timestamptz, score numeric, data jsonb); set timezone = 'UTC'; ${INSERT}` });
    // It listens before it takes anybody in.
    for (const until = Date.now() + PATIENCE; ;) {
      try {
        run();
        break;
      } catch (error) {
        if (Date.now() > until) throw error;
        await sleep(200);
      }
    }
    this.ports.PG_PORT = `${port}`;
  }

  async stop() {
    await Promise.all(this.#running.map((child) => new Promise((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.once('exit', resolve).kill('SIGQUIT');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    })));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => { socket.destroy(); resolve(true); }).once('error', () => resolve(false));
});
