// `dns.lookup`: the host resolves names, as it does for the connections of hooks.
import { invalidArgType, invalidArgValue, validateBoolean, validateNumber, validateOneOf, validateString } from '../errors.js';
import { operate } from '../operations.js';
import { isIP } from '../net/addresses.js';
import { asNode } from '../net/failures.js';
import { process } from '../process.js';
import { nextTick } from '../timers.js';

export const ORDERS = ['verbatim', 'ipv4first', 'ipv6first'];
const FAMILIES = [0, 4, 6];
export const HINTS = { ADDRCONFIG: 32, ALL: 16, V4MAPPED: 8 };
const ANY_HINT = HINTS.ADDRCONFIG | HINTS.ALL | HINTS.V4MAPPED;

let usual = 'verbatim';
export function getDefaultResultOrder() { return usual; }
export function setDefaultResultOrder(value) {
  validateOneOf(value, 'dnsOrder', ORDERS);
  usual = value;
}

const given = (value) => value !== undefined && value !== null;

// `{ family, all, order }` of what was asked for.
export function checkedOptions(options, named) {
  const checked = { family: 0, all: false, order: usual };
  if (typeof options === 'number') {
    validateOneOf(options, 'family', FAMILIES);
    return { ...checked, family: options };
  }
  if (options !== undefined && typeof options !== 'object') throw invalidArgType('options', ['integer', 'object'], options);
  if (given(options?.hints)) {
    validateNumber(options.hints, 'options.hints');
    if ((options.hints >>> 0 & ~ANY_HINT) !== 0) throw invalidArgValue('hints', options.hints >>> 0);
  }
  if (given(options?.family)) {
    checked.family = (named && { IPv4: 4, IPv6: 6 }[options.family]) || options.family;
    validateOneOf(checked.family, 'options.family', FAMILIES);
  }
  if (given(options?.all)) {
    validateBoolean(options.all, 'options.all');
    checked.all = options.all;
  }
  if (given(options?.verbatim)) {
    validateBoolean(options.verbatim, 'options.verbatim');
    checked.order = options.verbatim ? 'verbatim' : 'ipv4first';
  }
  if (given(options?.order)) {
    validateOneOf(options.order, 'options.order', ORDERS);
    checked.order = options.order;
  }
  return checked;
}

export function checkedName(hostname) {
  if (hostname) validateString(hostname, 'hostname');
}

// Sorting keeps what is alike in its order.
function inOrder(addresses, order) {
  if (order === 'verbatim') return addresses;
  const first = order === 'ipv4first' ? 4 : 6;
  return [...addresses].sort((a, b) => (b.family === first) - (a.family === first));
}

// Calls back with an error, or with null and a list of `{ address, family }`.
export function addressesOf(hostname, { family, order }, callback) {
  if (!hostname) {
    const text = `The provided hostname "${hostname}" is not a valid hostname, and is supported in the dns module solely for compatibility.`;
    process.emitWarning(text, 'DeprecationWarning', 'DEP0118');
    nextTick(callback, null, []);
    return;
  }
  const own = isIP(hostname);
  if (own !== 0) {
    nextTick(callback, null, [{ address: hostname, family: own }]);
    return;
  }
  operate({ op: 'lookup', name: hostname, family }, undefined, (error, answer) => {
    if (error !== null) callback(asNode(error));
    else callback(null, inOrder(JSON.parse(hb.decodeUtf8(answer)).addresses, order));
  });
}
