// `require('fs')`: a file system that has the hook's own files and its packages, and nothing else. It can be looked at and read, and nothing can be
// made.
import { Buffer } from '../buffer.js';
import { invalidArgType, validateFunction } from '../errors.js';
import { process } from '../process.js';
import * as lists from './files.js';
import { path as pathModule } from '../path.js';
import { unavailable } from '../unavailable.js';
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

// What is at a path: its bytes if it is a file, its names if it is a folder.
function found(path, syscall) {
  const at = hb.look(absolute(pathOf(path)));
  if (at === undefined) throw missing(syscall, path);
  return at;
}

const absolute = (path) => pathModule.resolve('/', path);
const failure = (code, errno, text, syscall) => Object.assign(new Error(`${code}: ${text}, ${syscall}`), { errno, code, syscall });

function encoded(bytes, options) {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

const FILE_MODE = 0o100444;
const FOLDER_MODE = 0o40555;

function statsOf(at) {
  const isFolder = typeof at !== 'number';
  const epoch = new Date(0);
  const times = { atimeMs: 0, mtimeMs: 0, ctimeMs: 0, birthtimeMs: 0, atime: epoch, mtime: epoch, ctime: epoch, birthtime: epoch };
  const size = isFolder ? 4096 : at;
  const stats = { dev: 1, mode: isFolder ? FOLDER_MODE : FILE_MODE, nlink: 1, uid: 0, gid: 0, rdev: 0, blksize: 4096, ino: 1, size,
    blocks: Math.ceil(size / 512), ...times };
  return Object.assign(Object.create(kindOf(isFolder)), stats);
}

// What tells the kind of a thing on the disk.
function kindOf(isFolder, rest) {
  const answers = { isFile: !isFolder, isDirectory: isFolder, isSymbolicLink: false, isFIFO: false, isSocket: false, isBlockDevice: false, isCharacterDevice: false };
  return Object.defineProperties({ ...rest }, Object.fromEntries(Object.entries(answers).map(([name, is]) => [name, { value: () => is }])));
}

function listed(path, options) {
  const at = found(path, 'scandir');
  if (typeof at === 'number') throw failure('ENOTDIR', -20, `not a directory, scandir '${pathOf(path)}'`, 'scandir');
  const names = at.map((name) => name.replace(/\/$/, ''));
  if (options?.withFileTypes) {
    return at.map((name, index) => kindOf(name.endsWith('/'), { name: names[index], parentPath: pathOf(path), path: pathOf(path) }));
  }
  return names;
}

// The functions that look at what there is, in their synchronous form.
const READS = {
  access: (path) => { found(path, 'access'); },
  lstat: (path) => statsOf(found(path, 'lstat')),
  readFile(path, options) {
    if (typeof found(path, 'open') !== 'number') throw failure('EISDIR', -21, 'illegal operation on a directory', 'read');
    return encoded(hb.bytes(absolute(pathOf(path))), options);
  },
  readdir: listed,
  realpath(path) {
    found(path, 'lstat');
    return absolute(pathOf(path));
  },
  stat: (path) => statsOf(found(path, 'stat')),
};

function looked(name, syscall, path, options) {
  const read = READS[name];
  if (read !== undefined) return read(path, options);
  found(path, syscall);
  throw unavailable(`fs.${name}`);
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
    if (options?.throwIfNoEntry === false && hb.look(absolute(pathOf(path))) === undefined) return undefined;
    return looked(name, syscall, path, options);
  });
  fs[name] = like(fs[name] ?? { name, length: 3 }, function (path, ...rest) {
    const callback = rest.at(-1);
    validateFunction(callback, 'cb');
    let answer;
    try {
      answer = [null, looked(name, syscall, path, rest[0])];
    } catch (error) {
      pathOf(path);
      answer = [error];
    }
    process.nextTick(callback, ...answer);
  });
  if (fsPromises[name]) fsPromises[name] = like(fsPromises[name], async function (path, options) { return looked(name, syscall, path, options); });
}
for (const name of ['realpath', 'realpathSync']) fs[name].native = fs[name];
fs.existsSync = like(fs.existsSync, function (path) {
  try {
    return hb.look(absolute(pathOf(path))) !== undefined;
  } catch {
    return false;
  }
});
fs.exists = like(fs.exists, function (path, callback) {
  validateFunction(callback, 'cb');
  process.nextTick(callback, fs.existsSync(path));
});
fs.exists[Symbol.for('nodejs.util.promisify.custom')] = async (path) => fs.existsSync(path);
fs.constants = { __proto__: null, ...lists.fs.constants };
Object.defineProperty(fs, 'promises', { get: () => fsPromises, enumerable: true, configurable: true });
for (const name of ['lchmod', 'lchmodSync']) fs[name] = undefined;

// What is to be read is looked for as Node looks for it: after the caller has had time to listen.
const { ReadStream } = fs;
ReadStream.made = (stream, [path, options]) => { Object.assign(stream, { fd: null, path: pathOf(path), flags: options?.flags ?? 'r', mode: options?.mode ?? 0o666, bytesRead: 0 }); };
for (const name of ['_read', '_destroy', 'close']) delete ReadStream.prototype[name];
Object.assign(ReadStream.prototype, {
  _construct(callback) {
    try {
      if (this.path !== undefined) this.content = READS.readFile(this.path);
      callback(null);
    } catch (error) {
      callback(error);
    }
  },
  _read(size) {
    if (this.content) this.push(this.content);
    this.content = undefined;
    this.push(null);
  },
  close(callback) {
    if (typeof callback === 'function') this.once('close', callback);
    this.destroy();
  },
});
fs.createReadStream = like(fs.createReadStream, function (path, options) { return new ReadStream(path, options); });
