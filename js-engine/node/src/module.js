// `require('module')`, the module that a hook's source is, and its `require`.
import { invalidArgType, invalidArgValue, coded, validateString } from './errors.js';
import { refuser, unavailable } from './unavailable.js';

const FILE = '/hook.js';
const later = { builtin: new Map(), prefixed: new Map() };
const LISTED = [];

// The modules, by name; those that are only there with `node:` in front; and the names that Node lists.
export function useModules(builtin, prefixed, names) {
  Object.assign(later, { builtin, prefixed });
  LISTED.push(...names);
  Module.builtinModules = LISTED;
}

function notFound(request, parent) {
  const hint = /^(\.{0,2}\/|\.{1,2}$)/.test(request) ? 'a hook is a single file: bundle what it needs into it' : 'packages are not available in hooks: bundle what the function needs into it';
  const error = new Error(`Cannot find module '${request}'\nRequire stack:\n- ${parent}\n(${hint})`);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = [parent];
  return error;
}

function find(request) {
  if (!request.startsWith('node:')) return later.builtin.get(request);
  const name = request.slice(5);
  const found = later.builtin.get(name) ?? later.prefixed.get(name);
  if (found === undefined) throw coded(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${request}`);
  return found;
}

function load(request, parent) {
  validateString(request, 'id');
  if (request === '') throw invalidArgValue('id', request, 'must be a non-empty string');
  const found = find(request);
  if (found === undefined) throw notFound(request, parent);
  return found;
}

const isBuiltin = (name) => (String(name).startsWith('node:') ? later.builtin.has(name.slice(5)) || later.prefixed.has(name.slice(5)) : later.builtin.has(name));

export function makeRequire(module, filename = FILE) {
  function require(path) { return module.require(path); }
  function resolve(request, options) {
    validateString(request, 'request');
    load(request, filename);
    return request;
  }
  function paths(request) {
    validateString(request, 'request');
    return isBuiltin(request) ? null : ['/node_modules'];
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
Module.prototype.require = function (id) { return load(id, this.filename ?? FILE); };
Module.prototype._compile = refuser('Module.prototype._compile', '', 2);
Object.defineProperty(Module.prototype, 'isPreloading', { get: () => false });

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
for (const extension of ['.js', '.json', '.node']) Module._extensions[extension] = refuser(`require.extensions['${extension}']`, '', 2);
Module.globalPaths = [];
Module.isBuiltin = isBuiltin;
Module._load = function (request, parent, isMain) { return load(request, parent?.filename ?? FILE); };
Module._resolveFilename = function (request, parent, isMain, options) {
  load(request, parent?.filename ?? FILE);
  return request;
};
Module._nodeModulePaths = function (from) { return ['/node_modules']; };
Module._resolveLookupPaths = function (request, parent) { return isBuiltin(request) ? null : ['/node_modules']; };
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

// The module that a hook's source is.
export function newModule() {
  const module = new Module(FILE);
  module.filename = FILE;
  module.paths = ['/node_modules'];
  return module;
}
const own = newModule();
export const require = makeRequire(own);
