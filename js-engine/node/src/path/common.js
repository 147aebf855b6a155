// What both kinds of paths have in common.
import { validateObject } from '../errors.js';

// Takes `.` and `..` out of the part of a path behind its root. What is above a root is the root.
export function normalizeTail(path, absolute, separator, split) {
  const kept = [];
  for (const segment of path.split(split)) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!absolute) kept.push('..');
  }
  return kept.join(separator);
}

// What the last segment of a path is without an ending that is not all of it. Separators alone are their own last segment, as in Node, if
// an ending is asked for.
export function withoutSuffix(path, base, suffix, from = 0) {
  if (suffix === undefined || suffix.length === 0 || suffix.length > path.length) return base;
  if (base === '' && suffix !== path) return path.slice(from);
  if (suffix === path) return '';
  return base.endsWith(suffix) && base !== suffix ? base.slice(0, base.length - suffix.length) : base;
}

export function extensionOf(base) {
  const dot = base.lastIndexOf('.');
  return dot > 0 && base !== '..' ? base.slice(dot) : '';
}

const withDot = (extension) => (extension ? `${extension[0] === '.' ? '' : '.'}${extension}` : '');

export function formatWith(separator, pathObject) {
  validateObject(pathObject, 'pathObject');
  const dir = pathObject.dir || pathObject.root;
  const base = pathObject.base || `${pathObject.name || ''}${withDot(pathObject.ext)}`;
  if (!dir) return base;
  return dir === pathObject.root ? `${dir}${base}` : `${dir}${separator}${base}`;
}

// The working folder, which an author may have replaced.
export const cwd = () => globalThis.process.cwd();
