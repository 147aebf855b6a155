// Errors of connections, as Node makes them.
import { coded, describe, outOfRange, validateNumber } from '../errors.js';
import { systemErrors } from '../system-errors.js';

const NUMBERS = new Map([...systemErrors].map(([number, [name]]) => [name, number]));
// The resolver's, which have names of their own.
NUMBERS.set('ENOTFOUND', -3008);

const ORDER = ['errno', 'code', 'syscall', 'address', 'port', 'hostname'];

// The host's error with the fields of one of Node's, in Node's order.
export function asNode(error) {
  const { code } = error;
  const fields = { errno: NUMBERS.get(code), ...error };
  for (const name of Object.keys(error)) delete error[name];
  for (const name of [...ORDER, ...Object.keys(fields)]) if (fields[name] !== undefined) error[name] = fields[name];
  return error;
}

// The other side is gone.
export function resetError(message) {
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}

export const closed = () => coded(Error, 'ERR_SOCKET_CLOSED', 'Socket is closed');
export const closedBefore = () => coded(Error, 'ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'Socket closed before the connection was established');

export function validatePort(port, name = 'Port') {
  const isText = typeof port === 'string';
  if ((typeof port !== 'number' && !isText) || (isText && port.trim() === '') || +port !== +port >>> 0 || port > 0xffff) {
    throw coded(RangeError, 'ERR_SOCKET_BAD_PORT', `${name} should be >= 0 and < 65536. Received ${describe(port)}.`);
  }
  return port | 0;
}

// Milliseconds of a timeout.
export function duration(msecs, name) {
  validateNumber(msecs, name);
  if (msecs < 0 || !Number.isFinite(msecs)) throw outOfRange(name, 'a non-negative finite number', msecs);
  return Math.min(msecs, 2 ** 31 - 1);
}
