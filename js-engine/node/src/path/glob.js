// `path.matchesGlob`, by the package that Node has in it. It is evaluated by who calls this first.
import { validateString } from '../errors.js';

export function matchesGlob(path, pattern, windows) {
  validateString(path, 'path');
  validateString(pattern, 'pattern');
  const { minimatch } = require('minimatch');
  const options = { nocase: windows, windowsPathsNoEscape: true, nonegate: true, nocomment: true, optimizationLevel: 2, nocaseMagicOnly: true };
  return minimatch(path, pattern, { ...options, platform: windows ? 'win32' : 'linux' });
}
