// Compares the trees that Hookbox resolves with npm's own, from the registry that npm is configured for on this machine. It needs that registry,
// so it is no part of the test suite: `node tests/packages/run.mjs [name...]`. It prints each difference, and fails if there is one.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname

/** Each is one package.json's dependencies. */
const samples = {
  'axios 0.21': { axios: '0.21.1' },
  'axios 1.1': { axios: '1.1.3' },
  axios: { axios: '^1.6.7' },
  jsonwebtoken: { jsonwebtoken: '^9' },
  'jsonwebtoken 8': { jsonwebtoken: '8.5.1' },
  'jwks-rsa 2': { 'jwks-rsa': '2.0.1' },
  'jwks-rsa': { 'jwks-rsa': '*' },
  'node-fetch 2': { 'node-fetch': '^2' },
  'got 11': { got: '11.8.6' },
  request: { request: '2.88.2' },
  'lodash and friends': { lodash: '*', uuid: '*', moment: '*', dayjs: '*', zod: '*' },
  mysql: { mysql: '2.18.1' },
  mysql2: { mysql2: '*' },
  pg: { pg: '^8' },
  ioredis: { ioredis: '5.3.2' },
  redis: { redis: '^4.7' },
  'mongodb 5': { mongodb: '^5.9' },
  mongodb: { mongodb: '^6' },
  '@googleapis/admin': { '@googleapis/admin': '*' },
  '@slack/web-api': { '@slack/web-api': '*' },
  twilio: { twilio: '*' },
  '@sendgrid/mail': { '@sendgrid/mail': '*' },
  'auth0 3': { auth0: '3.7.2' },
  '@okta/okta-sdk-nodejs': { '@okta/okta-sdk-nodejs': '*' },
  'aws-sdk 2': { 'aws-sdk': '^2' },
  '@aws-sdk/client-dynamodb': { '@aws-sdk/client-dynamodb': '*' },
  '@azure/msal-node': { '@azure/msal-node': '*' },
  'openid-client 5': { 'openid-client': '^5' },
  'node-jose': { 'node-jose': '*' },
  stripe: { stripe: '*' },
  'analytics-node': { 'analytics-node': '*' },
  'form-data and qs': { 'form-data': '*', qs: '*' },
  xml: { xml2js: '*', 'fast-xml-parser': '*' },
  'geoip-lite': { 'geoip-lite': '*' },
  'many at once': { axios: '0.21.1', jsonwebtoken: '8.5.1', 'jwks-rsa': '2.0.1', request: '2.88.2', got: '11.8.6', ioredis: '5.3.2', mysql: '2.18.1', winston: '*', express: '^4', ajv: '^6' },
  'peers of a plugin': { ajv: '^8', 'ajv-formats': '*', 'ajv-errors': '*' },
  'peers that are installed': { '@nestjs/common': '^10' },
  'peers that share': { eslint: '^8', 'eslint-plugin-import': '*', 'eslint-config-airbnb-base': '*' },
  'optional parts': { chokidar: '^3', winston: '*', pino: '*' },
  'other platforms': { esbuild: '*' },
  'an alias': { 'lodash-es': 'npm:lodash@^4', lodash: '^3' },
  'a tag': { react: 'latest', jose: 'latest' },
  bundled: { npm: '^10' },
}

const folder = mkdtempSync(join(tmpdir(), 'hookbox-packages-'))
const build = ['build', '--quiet', '--manifest-path', join(root, 'packages/Cargo.toml'), '--example', 'lock']
execFileSync('cargo', build, { stdio: 'inherit', cwd: root })
const lock = join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/examples/lock')
const globalconfig = execFileSync('npm', ['config', 'get', 'globalconfig'], { encoding: 'utf8' }).trim()
const env = { ...process.env, NODE_VERSION: process.versions.node, NPM_GLOBAL_CONFIG: globalconfig }

/** npm's tree: path and version, without what Hookbox leaves out on purpose. */
function ofNpm(file) {
  const flags = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', flags, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  // Types are left out, and what nothing but types depends on.
  const isTypes = /node_modules\/(@types\/|undici-types$)/
  const entries = Object.entries(packages).filter(([path, { inBundle }]) => path && !inBundle && !isTypes.test(path))
  return new Map(entries.map(([path, { version, optional, peer, integrity }]) => [path, { version, optional: !!optional, peer: !!peer, integrity }]))
}

function ofHookbox(file) {
  const { status, stdout, stderr } = spawnSync(lock, [file], { encoding: 'utf8', maxBuffer: 1 << 26, env })
  if (status !== 0) throw new Error(stderr.trim())
  const entries = Object.entries(JSON.parse(stdout).packages)
  return new Map(entries.map(([path, { version, optional, peer, integrity }]) => [path, { version, optional: !!optional, peer: !!peer, integrity }]))
}

function differences(theirs, ours) {
  const said = []
  for (const path of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [npm, own] = [theirs.get(path), ours.get(path)]
    if (npm?.version !== own?.version) said.push(`${path}: npm ${npm?.version ?? 'nothing'}, hookbox ${own?.version ?? 'nothing'}`)
    else if (npm.integrity && npm.integrity !== own.integrity) said.push(`${path}: another integrity`)
    else if (npm.optional !== own.optional) said.push(`${path}: optional ${npm.optional}, hookbox ${own.optional}`)
    else if (npm.peer !== own.peer) said.push(`${path}: peer ${npm.peer}, hookbox ${own.peer}`)
  }
  return said
}

const wanted = process.argv.slice(2)
let [same, different, packages, nested] = [0, 0, 0, 0]
for (const [name, dependencies] of Object.entries(samples).filter(([name]) => !wanted.length || wanted.includes(name))) {
  const file = join(folder, 'package.json')
  rmSync(join(folder, 'package-lock.json'), { force: true })
  writeFileSync(file, JSON.stringify({ name: 'sample', version: '1.0.0', dependencies }))
  const begun = performance.now()
  const theirs = ofNpm(join(folder, 'package-lock.json'))
  const between = performance.now()
  let said
  try {
    const ours = ofHookbox(file)
    said = differences(theirs, ours)
    packages += ours.size
    nested += [...ours.keys()].filter((path) => path.lastIndexOf('node_modules/') > 0).length
  } catch (error) {
    said = [error.message]
  }
  const [npm, own] = [between - begun, performance.now() - between].map((time) => `${(time / 1000).toFixed(1)} s`)
  console.log(`${said.length ? 'DIFFERENT' : 'same     '} ${name}: ${theirs.size} packages (npm ${npm}, hookbox ${own})`)
  for (const line of said) console.log(`  ${line}`)
  said.length ? different++ : same++
}
rmSync(folder, { recursive: true })
console.log(`${packages} packages, ${nested} of them nested`)
console.log(`${same} passed, ${different} failed`)
process.exit(different ? 1 : 0)
