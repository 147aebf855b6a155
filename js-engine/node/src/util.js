// `require('util')`: the package, with Node's own inspect in place of its old one and with what came to Node later.
import * as util from 'util/util.js';
import { TextDecoder, TextEncoder } from './encoding.js';
import { format, formatWithOptions, inspect, stripVTControlCharacters } from './inspect.js';
import { isDeepStrictEqual } from './assert.js';

const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);

const types = {
  ...util.types,
  isProxy: (value) => hb.proxyDetails(value) !== undefined,
  isPromise: (value) => hb.promiseDetails(value) !== undefined,
  isNativeError: (value) => value instanceof Error && tag(value) === 'Error',
  isModuleNamespaceObject: (value) => tag(value) === 'Module',
  isExternal: () => false,
};

function promisify(original) {
  return original?.[promisify.custom] ?? util.promisify(original);
}
promisify.custom = Symbol.for('nodejs.util.promisify.custom');

function parseArgs() {
  throw new Error('util.parseArgs is not available in a hook');
}

export const utilModule = {
  ...util.default,
  ...util,
  types,
  format,
  formatWithOptions,
  inspect,
  promisify,
  parseArgs,
  isDeepStrictEqual,
  stripVTControlCharacters,
  TextDecoder,
  TextEncoder,
  isArray: Array.isArray,
  toUSVString: (text) => `${text}`.toWellFormed(),
  styleText: (_, text) => text,
  debuglog: () => Object.assign(() => {}, { enabled: false }),
  debug: () => Object.assign(() => {}, { enabled: false }),
};
delete utilModule.default;
