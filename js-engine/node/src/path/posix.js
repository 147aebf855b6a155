// Paths with slashes.
import { validateString } from '../errors.js';
import { cwd, extensionOf, formatWith, normalizeTail, withoutSuffix } from './common.js';
import { matchesGlob } from './glob.js';

// Where the last segment ends: slashes behind it do not count.
function endOf(path) {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return end;
}

function lastSegment(path) {
  const end = endOf(path);
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

export const posix = {
  resolve(...args) {
    let [resolved, absolute] = ['', false];
    for (let at = args.length - 1; at >= -1 && !absolute; at--) {
      const path = at >= 0 ? args[at] : cwd();
      validateString(path, `paths[${at}]`);
      if (path.length === 0) continue;
      resolved = `${path}/${resolved}`;
      absolute = path[0] === '/';
    }
    resolved = normalizeTail(resolved, absolute, '/', '/');
    if (absolute) return `/${resolved}`;
    return resolved.length > 0 ? resolved : '.';
  },
  normalize(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    const absolute = path[0] === '/';
    const trailing = path.endsWith('/');
    const tail = normalizeTail(path, absolute, '/', '/');
    if (tail.length === 0) {
      if (absolute) return '/';
      return trailing ? './' : '.';
    }
    return `${absolute ? '/' : ''}${tail}${trailing ? '/' : ''}`;
  },
  isAbsolute(path) {
    validateString(path, 'path');
    return path.length > 0 && path[0] === '/';
  },
  join(...args) {
    const parts = [];
    for (const part of args) {
      validateString(part, 'path');
      if (part.length > 0) parts.push(part);
    }
    return parts.length === 0 ? '.' : posix.normalize(parts.join('/'));
  },
  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    if (from === to) return '';
    const segments = (path) => posix.resolve(path).split('/').filter((segment) => segment !== '');
    const [origin, target] = [segments(from), segments(to)];
    let common = 0;
    while (common < origin.length && common < target.length && origin[common] === target[common]) common++;
    return [...origin.slice(common).fill('..'), ...target.slice(common)].join('/');
  },
  toNamespacedPath(path) {
    return path;
  },
  dirname(path) {
    validateString(path, 'path');
    if (path.length === 0) return '.';
    let end = path.length;
    while (end > 1 && path[end - 1] === '/') end--;
    const cut = path.lastIndexOf('/', end - 1);
    if (cut <= 0) return path[0] === '/' ? '/' : '.';
    return path[0] === '/' && cut === 1 ? '//' : path.slice(0, cut);
  },
  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    return withoutSuffix(path, lastSegment(path), suffix);
  },
  extname(path) {
    validateString(path, 'path');
    return extensionOf(lastSegment(path));
  },
  format(pathObject) { return formatWith('/', pathObject); },
  parse(path) {
    validateString(path, 'path');
    const root = path[0] === '/' ? '/' : '';
    const base = lastSegment(path);
    const start = endOf(path) - base.length;
    // `/..` is taken for a name with an extension, in Node too.
    const ext = base === '..' && start === 1 ? '.' : extensionOf(base);
    const dir = start > 1 ? path.slice(0, start - 1) : root;
    return { root, dir: base === '' && start <= 1 ? root : dir, base, ext, name: base.slice(0, base.length - ext.length) };
  },
  matchesGlob(path, pattern) { return matchesGlob(path, pattern, false); },
  sep: '/',
  delimiter: ':',
  win32: null,
  posix: null,
};
Object.defineProperty(posix.format, 'name', { value: 'bound _format' });
