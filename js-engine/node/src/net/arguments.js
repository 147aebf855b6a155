// How `connect` can be called, and what may be asked of it.
import { coded, invalidArgType, missingArgs, validateBoolean, validateFunction, validateInt32, validateNumber, validateString } from '../errors.js';
import { unavailable } from '../unavailable.js';
import { isIP } from './addresses.js';
import { validatePort } from './failures.js';

const NORMALIZED = Symbol('normalizedArgs');

const isPath = (value) => typeof value === 'string' && !(Number(value) >= 0);

// `[options, callback or null]` of (options), (port, host) or (path), each with a callback at the end.
export function _normalizeArgs(args) {
  const [first, second] = args;
  const callback = args.length > 0 && typeof args.at(-1) === 'function' ? args.at(-1) : null;
  let options = {};
  if (typeof first === 'object' && first !== null) options = first;
  else if (isPath(first)) options.path = first;
  else if (args.length > 0) {
    options.port = first;
    if (typeof second === 'string') options.host = second;
  }
  const normalized = args.length === 0 ? [{}, null] : [options, callback];
  normalized[NORMALIZED] = true;
  return normalized;
}

export const normalized = (args) => (Array.isArray(args[0]) && args[0][NORMALIZED] ? args[0] : _normalizeArgs(args));

// Where to: `{ host, port }`. The host of the hook resolves names, because its policy is about addresses: a `lookup` of the author's is checked
// and not called, and what is said of families, of local ends and of attempts is only checked.
export function target(options) {
  const { path, host = 'localhost', port, localAddress, localPort, lookup, autoSelectFamily, autoSelectFamilyAttemptTimeout } = options;
  if (port === undefined && (path === undefined || path === null)) throw missingArgs(['options', 'port', 'path']);
  if (path) {
    validateString(path, 'options.path');
    throw unavailable('a socket of a path');
  }
  if (localAddress && !isIP(localAddress)) throw coded(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${localAddress}`);
  if (localPort) validateNumber(localPort, 'options.localPort');
  if (port !== undefined) {
    if (typeof port !== 'number' && typeof port !== 'string') throw invalidArgType('options.port', ['number', 'string'], port);
    validatePort(port);
  }
  if (autoSelectFamily !== undefined && autoSelectFamily !== null) validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  if (autoSelectFamilyAttemptTimeout !== undefined && autoSelectFamilyAttemptTimeout !== null) {
    validateInt32(autoSelectFamilyAttemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1);
  }
  if (lookup !== undefined && lookup !== null && !isIP(host)) validateFunction(lookup, 'options.lookup');
  return { host: host || 'localhost', port: port | 0 };
}
