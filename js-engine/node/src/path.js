// `require('path')`: both kinds of paths, of which those with slashes are the ones at hand.
import { posix } from './path/posix.js';
import { win32 } from './path/win32.js';

posix.win32 = win32.win32 = win32;
posix.posix = win32.posix = posix;
win32._makeLong = win32.toNamespacedPath;
posix._makeLong = posix.toNamespacedPath;

export { posix, posix as path };
