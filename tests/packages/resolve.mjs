// Compares how modules are found with Node itself, for all specifiers in the files of a sample's packages, both by `require` and by `import`.
// As run.mjs beside it, it needs a registry: `node tests/packages/resolve.mjs`.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

if (!process.execArgv.includes('--experimental-import-meta-resolve')) {
  // The packages' conditions for native parts are not those of a sandbox.
  const flags = ['--experimental-import-meta-resolve', '--no-addons', '--no-warnings']
  process.exit(spawnSync(process.execPath, [...flags, ...process.argv.slice(1)], { stdio: 'inherit' }).status)
}

const root = new URL('../../', import.meta.url).pathname
const dependencies = {
  axios: '^1.6.7', jsonwebtoken: '^9', 'jwks-rsa': '*', 'node-fetch': '^2', got: '11.8.6', request: '2.88.2', uuid: '*', moment: '*', zod: '*', mysql: '2.18.1',
  mysql2: '*', pg: '^8', ioredis: '5.3.2', redis: '^4', mongodb: '^6', '@googleapis/admin': '*', '@slack/web-api': '*', twilio: '*', '@sendgrid/mail': '*',
  auth0: '*', '@okta/okta-sdk-nodejs': '*', '@aws-sdk/client-dynamodb': '*', '@azure/msal-node': '*', 'openid-client': '^5', jose: '*', stripe: '*', xml2js: '*',
  'fast-xml-parser': '*', winston: '*', pino: '*', undici: '*',
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hookbox-packages-')))
const file = join(folder, 'package.json')
writeFileSync(file, JSON.stringify({ name: 'sample', version: '1.0.0', dependencies }))
writeFileSync(join(folder, 'index.js'), '')
execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
execFileSync('cargo', ['build', '--quiet', '--manifest-path', join(root, 'packages/Cargo.toml'), '--example', 'lock'], { stdio: 'inherit', cwd: root })

/** Files of programs, with their paths from the folder on. */
function* sources(at) {
  for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
    const path = `${at}/${entry.name}`
    if (entry.isDirectory() && path !== '/node_modules/@types') yield* sources(path)
    else if (entry.isFile() && /\.[cm]?js$/.test(entry.name)) yield path
  }
}

function code(error) {
  return error.code ?? error.name
}

function byRequire(importer, specifier) {
  try {
    const found = createRequire(join(folder, importer)).resolve(specifier)
    return found.startsWith(folder) ? found.slice(folder.length) : found.replace(/^node:/, '')
  } catch (error) {
    return code(error)
  }
}

function byImport(importer, specifier) {
  try {
    const url = import.meta.resolve(specifier, pathToFileURL(join(folder, importer)))
    if (url.startsWith('node:')) return url.slice('node:'.length)
    if (!url.startsWith('file:')) return 'ERR_UNSUPPORTED_ESM_URL_SCHEME'
    const found = fileURLToPath(url)
    // Node looks whether there is a file when it loads it.
    const there = statSync(found, { throwIfNoEntry: false })
    if (!there) return 'ERR_MODULE_NOT_FOUND'
    return there.isDirectory() ? 'ERR_UNSUPPORTED_DIR_IMPORT' : found.slice(folder.length)
  } catch (error) {
    return code(error)
  }
}

const pairs = []
for (const importer of sources('')) {
  const text = readFileSync(join(folder, importer), 'utf8')
  const specifiers = new Set([...text.matchAll(/\b(?:require|import|from)\s*\(?\s*(['"])([^'"\n\\]+)\1/g)].map(([, , specifier]) => specifier))
  // Types are not kept, and this Node may be older than the one that hooks have.
  for (const specifier of specifiers) if (/\.d\.[cm]?ts$|^node:sqlite$/.test(specifier)) specifiers.delete(specifier)
  // Both ways for each, whatever the file does: Node has an answer to both.
  for (const specifier of specifiers) pairs.push([importer, specifier, 'require'], [importer, specifier, 'import'])
}
const lock = join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/examples/lock')
const globalconfig = execFileSync('npm', ['config', 'get', 'globalconfig'], { encoding: 'utf8' }).trim()
const input = pairs.map((pair) => JSON.stringify(pair)).join('\n')
const env = { ...process.env, NODE_VERSION: process.versions.node, NPM_GLOBAL_CONFIG: globalconfig }
const { status, stdout, stderr } = spawnSync(lock, [file, join(folder, 'store'), '--pairs'], { input, encoding: 'utf8', maxBuffer: 1 << 28, env })
if (status !== 0) throw new Error(stderr)
const ours = stdout.trimEnd().split('\n')

let [same, different, found] = [0, 0, 0]
for (const [index, [importer, specifier, kind]] of pairs.entries()) {
  const node = (kind === 'require' ? byRequire : byImport)(importer, specifier)
  if (node === ours[index]) same++
  else if (different++ < 50) console.log(`${kind} ${specifier} in ${importer}: Node ${node}, hookbox ${ours[index]}`)
  if (node.startsWith('/') || isBuiltin(node)) found++
}
rmSync(folder, { recursive: true })
console.log(`${pairs.length} specifiers, of which Node finds ${found}`)
console.log(`${same} passed, ${different} failed`)
process.exit(different ? 1 : 0)
