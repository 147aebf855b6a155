// `require('module')`, the module that a hook's source is, and its `require`; and the files that are loaded beside it, which the host has: where
// a name leads is the host's to say (js-engine/src/files.rs), by Node's rules.
import { invalidArgType, invalidArgValue, coded, validateString } from './errors.js';
import { refuser, unavailable } from './unavailable.js';

// The path of the hook's source.
let main = '/hook.js';
const later = { builtin: new Map(), prefixed: new Map(), packages: new Map() };
const LISTED = [];

// The modules, by name; those that are only there with `node:` in front; packages that are built in, which the host leads to; and the names
// that Node lists.
export function useModules(builtin, prefixed, packages, names) {
  Object.assign(later, { builtin, prefixed, packages });
  LISTED.push(...names);
  Module.builtinModules = LISTED;
}

// Who asked, whom that was required by, and so on.
function requireStack(from, parent) {
  const stack = [from];
  for (let module = parent?.parent; module && stack.length < 64; module = module.parent) stack.push(module.filename ?? module.id);
  return stack;
}

const isPath = (request) => /^(\.{0,2}\/|\.{1,2}$)/.test(request);

// An error of the host's, as Node would throw it.
function failure(error, request, from, parent) {
  let told;
  try {
    told = JSON.parse(error.message);
  } catch {
    return error;
  }
  const { code, message, alone } = told;
  if (code !== 'MODULE_NOT_FOUND') return coded(Error, code, message);
  const stack = requireStack(from, parent);
  const bundle = isPath(request) ? 'the hook is a single file: deploy what it needs with it in `files`, or bundle it' : 'the hook has no packages: name what it needs in `packages`, or bundle it';
  const missing = new Error(`Cannot find module '${request}'\nRequire stack:\n${stack.map((each) => `- ${each}`).join('\n')}${alone ? `\n(${bundle})` : ''}`);
  missing.code = code;
  missing.requireStack = stack;
  return missing;
}

const COMMON = 'c';
const MODULE = 'm';
const JSON_FILE = 'j';
const BUILTIN = 'b';

// Where a name leads, as [form, path].
function lead(request, from, parent, isImport) {
  let answer;
  try {
    answer = hb.resolve(from, request, isImport);
  } catch (error) {
    throw failure(error, request, from, parent);
  }
  return [answer[0], answer.slice(1)];
}

const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

// The folders that packages are looked for in, the nearest first.
function packageFolders(from) {
  const folders = [];
  for (let folder = from; ; folder = folderOf(folder)) {
    if (!folder.endsWith('/node_modules')) folders.push(folder === '/' ? '/node_modules' : `${folder}/node_modules`);
    if (folder === '/') return folders;
  }
}

function parsed(path) {
  try {
    return JSON.parse(hb.text(path).replace(/^\ufeff/, ''));
  } catch (error) {
    error.message = `${path}: ${error.message}`;
    throw error;
  }
}

// What `require` gives of an ES module, by path.
const namespaces = new Map();

function required(path) {
  let exports = namespaces.get(path);
  if (exports !== undefined) return exports;
  const namespace = hb.evaluateModule(path);
  if ('module.exports' in namespace) exports = namespace['module.exports'];
  else if ('default' in namespace && !('__esModule' in namespace)) exports = marked(namespace);
  else exports = namespace;
  namespaces.set(path, exports);
  return exports;
}

// The same names, and `__esModule`, so that compiled code takes the default export from `default`.
function marked(namespace) {
  const names = Object.keys(namespace).map((name) => [name, { get: () => namespace[name], enumerable: true }]);
  const tag = [Symbol.toStringTag, { value: 'Module' }];
  return Object.preventExtensions(Object.create(null, Object.fromEntries([...names, ['__esModule', { value: true, enumerable: true }], tag])));
}

function run(module) {
  const path = module.filename;
  const wrapper = hb.wrapper(path);
  Reflect.apply(wrapper, module.exports, [module.exports, makeRequire(module, path), module, path, folderOf(path)]);
}

function loadFile(path, form, parent) {
  const cached = Module._cache[path];
  if (cached !== undefined) {
    if (parent && !parent.children.includes(cached)) parent.children.push(cached);
    return cached.exports;
  }
  if (form === MODULE) return required(path);
  const module = new Module(path, parent);
  module.filename = path;
  module.paths = packageFolders(module.path);
  parent?.children.push(module);
  Module._cache[path] = module;
  try {
    if (form === JSON_FILE) module.exports = parsed(path);
    else if (form === COMMON) run(module);
    else throw coded(Error, 'ERR_DLOPEN_FAILED', `${path} is machine code, which cannot run in a hook`);
    module.loaded = true;
  } finally {
    if (!module.loaded) delete Module._cache[path];
  }
  return module.exports;
}

function find(request) {
  if (!request.startsWith('node:')) return later.builtin.get(request);
  const name = request.slice(5);
  const found = later.builtin.get(name) ?? later.prefixed.get(name);
  if (found === undefined) throw coded(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${request}`);
  return found;
}

// What the host has led to.
const builtIn = (name) => later.packages.get(name) ?? find(name);

function load(request, from, parent) {
  validateString(request, 'id');
  if (request === '') throw invalidArgValue('id', request, 'must be a non-empty string');
  const found = find(request);
  if (found !== undefined) return found;
  const [form, path] = lead(request, from, parent, false);
  return form === BUILTIN ? builtIn(path) : loadFile(path, form, parent);
}

// The path that a name leads to, or the name of a built-in module.
function located(request, from, parent) {
  if (find(request) !== undefined) return request;
  return lead(request, from, parent, false)[1];
}

const absolute = (file) => (file.startsWith('/') ? file : `/${file}`);

// For `import`: a letter for the form and the path, or the name of a built-in module.
export function resolveImport(from, request) {
  if (isBuiltin(request) || request === 'hookbox') return BUILTIN + request;
  if (request.startsWith('node:')) find(request);
  return lead(request.startsWith('file:') ? decodeURIComponent(new URL(request).pathname) : request, absolute(from), undefined, true).join('');
}

// What `import` makes a module of that is none itself.
export function exportsOf(name) {
  return name.startsWith('/') ? loadFile(name, name.endsWith('.json') ? JSON_FILE : name.endsWith('.node') ? '' : COMMON, undefined) : builtIn(name);
}

export function setMeta(meta, file) {
  const path = absolute(file);
  meta.dirname = folderOf(path);
  meta.filename = path;
  meta.resolve = { resolve: (request) => {
    const answer = resolveImport(path, String(request));
    const name = answer.slice(1);
    if (answer[0] !== BUILTIN) return `file://${encodeURI(name)}`;
    return later.packages.has(name) ? name : `node:${name.replace(/^node:/, '')}`;
  } }.resolve;
  meta.url = `file://${encodeURI(path)}`;
}

const isBuiltin = (name) => (String(name).startsWith('node:') ? later.builtin.has(name.slice(5)) || later.prefixed.has(name.slice(5)) : later.builtin.has(name));

export function makeRequire(module, filename = main) {
  function require(path) { return module.require(path); }
  function resolve(request, options) {
    validateString(request, 'request');
    return located(request, options?.paths?.length > 0 ? `${options.paths[0]}/_` : filename, module);
  }
  function paths(request) {
    validateString(request, 'request');
    return isBuiltin(request) ? null : packageFolders(folderOf(filename));
  }
  resolve.paths = paths;
  require.resolve = resolve;
  require.main = undefined;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

export function Module(id = '', parent) {
  this.id = id;
  this.path = id.slice(0, Math.max(id.lastIndexOf('/'), 1)) || '.';
  this.exports = {};
  this.filename = null;
  this.loaded = false;
  this.children = [];
  Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true, enumerable: false });
}
Module.prototype.load = refuser('Module.prototype.load', '', 1);
Module.prototype.require = function (id) { return load(id, this.filename ?? main, this); };
Module.prototype._compile = refuser('Module.prototype._compile', '', 2);
Object.defineProperty(Module.prototype, 'isPreloading', { get: () => false });

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
for (const extension of ['.js', '.json', '.node']) Module._extensions[extension] = refuser(`require.extensions['${extension}']`, '', 2);
Module.globalPaths = [];
Module.isBuiltin = isBuiltin;
Module._load = function (request, parent, isMain) { return load(request, parent?.filename ?? main, parent); };
Module._resolveFilename = function (request, parent, isMain, options) { return located(request, parent?.filename ?? main, parent); };
Module._nodeModulePaths = function (from) { return packageFolders(String(from)); };
Module._resolveLookupPaths = function (request, parent) { return isBuiltin(request) ? null : packageFolders(folderOf(parent?.filename ?? main)); };
Module._findPath = function (request, paths, isMain) { return false; };
for (const name of ['_load', '_resolveFilename', '_nodeModulePaths', '_resolveLookupPaths', '_findPath']) Object.defineProperty(Module[name], 'name', { value: '' });
Object.defineProperty(Module.prototype.require, 'name', { value: '' });
Module.createRequire = function createRequire(filename) {
  const isFile = filename instanceof URL ? filename.protocol === 'file:' : typeof filename === 'string' && /^(\/|file:)/.test(filename);
  if (!isFile) throw invalidArgValue('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  const path = filename instanceof URL || filename.startsWith('file:') ? decodeURIComponent(new URL(filename).pathname) : filename;
  const module = new Module(path);
  module.filename = path;
  return makeRequire(module, path);
};
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
const wrap = Object.defineProperty((script) => WRAPPER[0] + script + WRAPPER[1], 'name', { value: '' });
Object.defineProperties(Module, { wrap: { get: () => wrap, set() {}, configurable: false }, wrapper: { get: () => WRAPPER, set() {}, configurable: false } });
Module.syncBuiltinESMExports = function syncBuiltinESMExports() {};
Module.findSourceMap = function findSourceMap(sourceURL) { return undefined; };
Module.register = refuser('module.register', 'register', 1);
Module.runMain = refuser('module.runMain', 'executeUserEntryPoint', 0);
Module._initPaths = function () {};
Module._preloadModules = function (requests) {};
Module.SourceMap = class SourceMap {
  constructor(payload) {
    if (payload === null || typeof payload !== 'object') throw invalidArgType('payload', 'Object', payload);
    throw unavailable('module.SourceMap');
  }
};
Module.Module = Module;

// The module that a hook's source is, which has a path.
export function newModule(path) {
  main = path;
  const module = new Module(path);
  module.filename = path;
  module.paths = packageFolders(module.path);
  return module;
}
