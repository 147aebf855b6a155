// `require('fs')`: a file system with nothing in it. What looks for a file does not find one, and nothing can be made.
import { invalidArgType, validateFunction } from '../errors.js';
import { process } from '../process.js';
import * as lists from './files.js';
import { makeShell } from './make.js';

// The functions that look for something at a path, and what Node calls that.
const LOOKS = { access: 'access', lstat: 'lstat', open: 'open', opendir: 'opendir', readdir: 'scandir', readFile: 'open', readlink: 'readlink',
  realpath: 'lstat', stat: 'stat', statfs: 'statfs' };

function pathOf(path) {
  if (typeof path === 'string' || ArrayBuffer.isView(path)) return `${path}`;
  if (path instanceof URL) return decodeURIComponent(path.pathname);
  throw invalidArgType('path', ['string', 'Buffer', 'URL'], path);
}

function missing(syscall, path) {
  const shown = pathOf(path);
  return Object.assign(new Error(`ENOENT: no such file or directory, ${syscall} '${shown}'`), { errno: -2, code: 'ENOENT', syscall, path: shown });
}

// A function with the name and the number of parameters of another.
function like(other, run) {
  for (const name of ['name', 'length']) Object.defineProperty(run, name, { value: other[name], configurable: true });
  return run;
}

export const fsPromises = makeShell('fs.promises', lists.fsPromises, { promises: true });
fsPromises.constants = { __proto__: null, ...lists.fs.constants };

export const fs = makeShell('fs', lists.fs);
for (const [name, syscall] of Object.entries(LOOKS)) {
  fs[`${name}Sync`] = like(fs[`${name}Sync`] ?? { name: `${name}Sync`, length: 2 }, function (path, options) {
    if (options?.throwIfNoEntry === false) {
      pathOf(path);
      return undefined;
    }
    throw missing(syscall, path);
  });
  fs[name] = like(fs[name] ?? { name, length: 3 }, function (path, ...rest) {
    const error = missing(syscall, path);
    const callback = rest.at(-1);
    validateFunction(callback, 'cb');
    process.nextTick(callback, error);
  });
  if (fsPromises[name]) fsPromises[name] = like(fsPromises[name], async function (path) { throw missing(syscall, path); });
}
for (const name of ['realpath', 'realpathSync']) fs[name].native = fs[name];
fs.existsSync = like(fs.existsSync, function () { return false; });
fs.exists = like(fs.exists, function (path, callback) {
  validateFunction(callback, 'cb');
  process.nextTick(callback, false);
});
fs.exists[Symbol.for('nodejs.util.promisify.custom')] = async () => false;
fs.constants = { __proto__: null, ...lists.fs.constants };
Object.defineProperty(fs, 'promises', { get: () => fsPromises, enumerable: true, configurable: true });
for (const name of ['lchmod', 'lchmodSync']) fs[name] = undefined;

// What is to be read is looked for as Node looks for it: after the caller has had time to listen.
const { ReadStream } = fs;
ReadStream.made = (stream, [path, options]) => { Object.assign(stream, { fd: null, path: pathOf(path), flags: options?.flags ?? 'r', mode: options?.mode ?? 0o666, bytesRead: 0 }); };
for (const name of ['_read', '_destroy', 'close']) delete ReadStream.prototype[name];
Object.assign(ReadStream.prototype, {
  _construct(callback) { callback(this.path === undefined ? null : missing('open', this.path)); },
  _read(size) {},
  close(callback) {
    if (typeof callback === 'function') this.once('close', callback);
    this.destroy();
  },
});
fs.createReadStream = like(fs.createReadStream, function (path, options) { return new ReadStream(path, options); });
