// Paths with backslashes, drives and shares, as Windows has them.
import { validateString } from '../errors.js';
import { cwd, extensionOf, formatWith, normalizeTail, withoutSuffix } from './common.js';
import { matchesGlob } from './glob.js';

const SEPARATORS = /[\\/]/;
const isSeparator = (char) => char === '\\' || char === '/';
const isDrive = (path) => /^[a-z]:/i.test(path);
const RESERVED = /^(con|prn|aux|nul|(com|lpt)[1-9\xb9\xb2\xb3])$/i;

// A path's device (a drive or a share), how much of it the root is, and whether it begins at a root.
function rootOf(path) {
  if (isSeparator(path[0])) {
    const share = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
    if (share === null) return { device: '', end: 1, absolute: true };
    const [whole, server, name] = share;
    if (server === '.' || server === '?') return { device: `\\\\${server}`, end: 4, absolute: true, isDevice: true };
    return { device: `\\\\${server}\\${name}`, end: whole.length, absolute: true, isShare: true };
  }
  if (!isDrive(path)) return { device: '', end: 0, absolute: false };
  const absolute = isSeparator(path[2]);
  return { device: path.slice(0, 2), end: absolute ? 3 : 2, absolute };
}

// What comes before the last segment for dirname, basename and parse, where devices are shares like any others.
function rootEnd(path) {
  if (isSeparator(path[0])) {
    const share = /^[\\/]{2}[^\\/]+[\\/]+[^\\/]+/.exec(path);
    if (share === null) return 1;
    return share[0].length === path.length ? path.length : share[0].length + 1;
  }
  if (!isDrive(path)) return 0;
  return isSeparator(path[2]) ? 3 : 2;
}

function endOf(path, from) {
  let end = path.length;
  while (end > from && isSeparator(path[end - 1])) end--;
  return end;
}

function lastSeparator(path, before) {
  for (let at = before - 1; at >= 0; at--) if (isSeparator(path[at])) return at;
  return -1;
}

const tailOf = (path, absolute) => normalizeTail(path, absolute, '\\', SEPARATORS);

// What has a colon in it and no drive before must not become a drive by being normalized.
function guarded(path, tail, device) {
  const colon = path.indexOf(':');
  if (device === '' && colon >= 0) {
    if (isDrive(tail)) return `.\\${tail}`;
    for (let at = colon; at >= 0; at = path.indexOf(':', at + 1)) {
      if (at === path.length - 1 || isSeparator(path[at + 1])) return `.\\${tail}`;
    }
  }
  // Without a colon, Node takes all but the last character for the name.
  if (RESERVED.test(path.slice(0, colon))) return `.\\${device}${tail}`;
  return undefined;
}

export const win32 = {
  resolve(...args) {
    let [device, tail, absolute] = ['', '', false];
    for (let at = args.length - 1; at >= -1; at--) {
      let path;
      if (at >= 0) {
        path = args[at];
        validateString(path, `paths[${at}]`);
        if (path.length === 0) continue;
      } else {
        path = cwd();
        // The working folder of another drive is not this one's.
        if (device.length > 0 && path.slice(0, 2).toLowerCase() !== device.toLowerCase() && path[2] === '\\') path = `${device}\\`;
      }
      const root = rootOf(path);
      if (root.device.length > 0) {
        if (device.length === 0) ({ device } = root);
        else if (root.device.toLowerCase() !== device.toLowerCase()) continue;
      }
      if (absolute) {
        if (device.length > 0) break;
      } else {
        tail = `${path.slice(root.end)}\\${tail}`;
        ({ absolute } = root);
        if (absolute && device.length > 0) break;
      }
    }
    return `${device}${absolute ? '\\' : ''}${tailOf(tail, absolute)}` || '.';
  },
  normalize(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    if (path.length === 1) return path === '/' ? '\\' : path;
    const { device, end, absolute, isShare } = rootOf(path);
    if (isShare && end === path.length) return `${device}\\`;
    let tail = end < path.length ? tailOf(path.slice(end), absolute) : '';
    if (tail.length === 0 && !absolute) tail = '.';
    if (tail.length > 0 && isSeparator(path.at(-1))) tail += '\\';
    if (!absolute) {
      const safe = guarded(path, tail, device);
      if (safe !== undefined) return safe;
    }
    return `${device}${absolute ? '\\' : ''}${tail}`;
  },
  isAbsolute(path) {
    validateString(path, 'path');
    return path.length > 0 && (isSeparator(path[0]) || (isDrive(path) && isSeparator(path[2])));
  },
  join(...args) {
    const parts = [];
    for (const part of args) {
      validateString(part, 'path');
      if (part.length > 0) parts.push(part);
    }
    if (parts.length === 0) return '.';
    let joined = parts.join('\\');
    const [first] = parts;
    // Only the first part can make it a share, and only by more than its own separators.
    const slashes = /^[\\/]*/.exec(first)[0].length;
    const isShare = slashes === 2 && first.length > 2;
    if (!isShare) {
      const all = /^[\\/]*/.exec(joined)[0].length;
      if (all >= 2) joined = `\\${joined.slice(all)}`;
    }
    return win32.normalize(joined);
  },
  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const [fromFull, toFull] = [win32.resolve(from), win32.resolve(to)];
    if (fromFull === toFull || fromFull.toLowerCase() === toFull.toLowerCase()) return '';
    const segments = (path) => path.split('\\').filter((segment) => segment !== '');
    const [origin, target] = [segments(fromFull), segments(toFull)];
    let common = 0;
    while (common < origin.length && common < target.length && origin[common].toLowerCase() === target[common].toLowerCase()) common++;
    if (common === 0) return toFull;
    return [...origin.slice(common).fill('..'), ...target.slice(common)].join('\\');
  },
  toNamespacedPath(path) {
    if (typeof path !== 'string' || path.length === 0) return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (resolved.startsWith('\\\\')) {
      return resolved[2] !== '?' && resolved[2] !== '.' ? `\\\\?\\UNC\\${resolved.slice(2)}` : resolved;
    }
    return isDrive(resolved) && resolved[2] === '\\' ? `\\\\?\\${resolved}` : resolved;
  },
  dirname(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    if (path.length === 1) return isSeparator(path) ? path : '.';
    const root = rootEnd(path);
    if (root === path.length && root > 3) return path;
    const end = endOf(path, root);
    const cut = lastSeparator(path, end);
    if (cut < root) return root > 0 ? path.slice(0, root) : '.';
    return path.slice(0, cut);
  },
  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    const from = isDrive(path) ? 2 : 0;
    return withoutSuffix(path, segmentOf(path, from), suffix, from);
  },
  extname(path) {
    validateString(path, 'path');
    return extensionOf(segmentOf(path, isDrive(path) ? 2 : 0));
  },
  format(pathObject) { return formatWith('\\', pathObject); },
  parse(path) {
    validateString(path, 'path');
    const parts = { root: '', dir: '', base: '', ext: '', name: '' };
    if (path.length === 0) return parts;
    const root = rootEnd(path);
    parts.root = path.slice(0, root);
    parts.dir = parts.root;
    if (root === path.length) return parts;
    const base = segmentOf(path, root);
    const start = endOf(path, root) - base.length;
    parts.base = base;
    parts.ext = extensionOf(base);
    parts.name = base.slice(0, base.length - parts.ext.length);
    if (start > root) parts.dir = path.slice(0, start - 1);
    return parts;
  },
  matchesGlob(path, pattern) { return matchesGlob(path, pattern, true); },
  sep: '\\',
  delimiter: ';',
  win32: null,
  posix: null,
};
Object.defineProperty(win32.format, 'name', { value: 'bound _format' });

function segmentOf(path, from) {
  const end = endOf(path, from);
  return path.slice(Math.max(lastSeparator(path, end) + 1, from), end);
}
