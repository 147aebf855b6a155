// What HTTP calls things, and which texts may be names and values of headers.
import { coded, validateString } from '../errors.js';
import { http as list } from '../shells/http.js';

export const { METHODS, STATUS_CODES } = list;

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/;

export const isToken = (text) => TOKEN.test(text);
export const hasBadCharacter = (text) => NOT_IN_VALUES.test(text);

export const invalidToken = (label, text) => coded(TypeError, 'ERR_INVALID_HTTP_TOKEN', `${label} must be a valid HTTP token ["${text}"]`);
export const headersSent = (what) => coded(Error, 'ERR_HTTP_HEADERS_SENT', `Cannot ${what} headers after they are sent to the client`);
export const invalidCharacter = (where, field) => coded(TypeError, 'ERR_INVALID_CHAR', `Invalid character in ${where}${field === undefined ? '' : ` ["${field}"]`}`);

export function validateHeaderName(name, label) {
  if (typeof name !== 'string' || !isToken(name)) throw invalidToken(label || 'Header name', name);
}

export function validateHeaderValue(name, value) {
  if (value === undefined) throw coded(TypeError, 'ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "${value}" for header "${name}"`);
  if (hasBadCharacter(value)) throw invalidCharacter('header content', name);
}
for (const check of [validateHeaderName, validateHeaderValue]) Object.defineProperty(check, 'length', { value: 0, configurable: true });

// The name that a server has to be sure of: that of the header, else that of the connection. Addresses are not sent as names.
export function serverName(options, hostHeader, isIP) {
  let name = options.host;
  if (hostHeader) {
    validateString(hostHeader, 'options.headers.host');
    if (hostHeader[0] === '[') name = /^\[(.*?)\]/.exec(hostHeader)?.[1] ?? hostHeader;
    else [name] = hostHeader.split(':', 1);
  }
  return isIP(name) ? '' : name;
}
