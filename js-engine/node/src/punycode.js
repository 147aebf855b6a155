// `require('punycode')`, which is deprecated in Node and still there.
import * as npm from '../node_modules/punycode/punycode.js';

const { ucs2, decode, encode, toASCII, toUnicode } = npm.default ?? npm;

export const punycode = { version: '2.1.0', ucs2, decode, encode, toASCII, toUnicode };
