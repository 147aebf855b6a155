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
  'a peer that drives out': { mongodb: '^6', '@googleapis/admin': '*', 'firebase-admin': '*' },
  'a conflict': { 'react-dom': '^17', react: '^18' },
  nest: { '@nestjs/core': '^9', '@nestjs/common': '^9', '@nestjs/platform-express': '^9', rxjs: '^7', 'reflect-metadata': '^0.1.13' },
  graphql: { 'apollo-server': '^3', graphql: '^16', 'apollo-server-express': '^3', express: '^4' },
  clients: {
    axios: '^1.6.7', 'jwks-rsa': '*', 'node-fetch': '^2', got: '11.8.6', request: '2.88.2', uuid: '*', mysql2: '*', pg: '^8', ioredis: '5.3.2', redis: '^4',
    mongodb: '^6', '@googleapis/admin': '*', '@slack/web-api': '*', twilio: '*', '@okta/okta-sdk-nodejs': '*', stripe: '*', winston: '*', undici: '*',
  },
}

const folder = mkdtempSync(join(tmpdir(), 'hookbox-packages-'))
const build = ['build', '--quiet', '--manifest-path', join(root, 'packages/Cargo.toml'), '--example', 'lock']
execFileSync('cargo', build, { stdio: 'inherit', cwd: root })
const lock = join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/examples/lock')
const globalconfig = execFileSync('npm', ['config', 'get', 'globalconfig'], { encoding: 'utf8' }).trim()
const env = { ...process.env, NODE_VERSION: process.versions.node, NPM_GLOBAL_CONFIG: globalconfig }

/** The paths that something but types depends on. */
function withoutTypes(packages) {
  const wanted = new Set([''])
  for (const path of wanted) {
    const { dependencies, optionalDependencies, peerDependencies } = packages[path]
    for (const name of Object.keys({ ...peerDependencies, ...dependencies, ...optionalDependencies })) {
      let above = path
      let found = join(above, 'node_modules', name)
      while (above && !packages[found]) {
        above = above.includes('/node_modules/') ? above.slice(0, above.lastIndexOf('/node_modules/')) : ''
        found = join(above, 'node_modules', name)
      }
      if (packages[found] && !name.startsWith('@types/')) wanted.add(found)
    }
  }
  return wanted
}

/** npm's tree: path and version, without what Hookbox leaves out on purpose. */
function ofNpm(file) {
  const flags = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']
  // What npm refuses is to be refused.
  if (spawnSync('npm', flags, { cwd: folder }).status !== 0) return
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  const wanted = withoutTypes(packages)
  const entries = Object.entries(packages).filter(([path, { inBundle }]) => path && !inBundle && wanted.has(path))
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
    // npm forgets both flags of packages that are there for an optional peer alone.
    else if (own.optional && own.peer && !npm.peer) continue
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
    said = theirs ? differences(theirs, ours) : ['npm refuses it']
    packages += ours.size
    nested += [...ours.keys()].filter((path) => path.lastIndexOf('node_modules/') > 0).length
  } catch (error) {
    said = theirs ? [error.message] : []
  }
  const [npm, own] = [between - begun, performance.now() - between].map((time) => `${(time / 1000).toFixed(1)} s`)
  console.log(`${said.length ? 'DIFFERENT' : 'same     '} ${name}: ${theirs?.size ?? 'refused,'} packages (npm ${npm}, hookbox ${own})`)
  for (const line of said) console.log(`  ${line}`)
  said.length ? different++ : same++
}
rmSync(folder, { recursive: true })
console.log(`${packages} packages, ${nested} of them nested`)
console.log(`${same} passed, ${different} failed`)
process.exit(different ? 1 : 0)
