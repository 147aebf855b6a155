// `net.SocketAddress` and `net.BlockList`.
import { coded, invalidArgValue, validateInt32, validateObject, validateString, validateUint32 } from '../errors.js';
import { customInspect } from '../web/classes.js';
import { bytesOf, canonicalIP, isIPv4, isIPv6 } from './addresses.js';
import { validatePort } from './failures.js';

let isAddress;

function familyOf(family) {
  const lower = family.toLowerCase();
  if (lower !== 'ipv4' && lower !== 'ipv6') throw invalidArgValue('options.family', family);
  return lower;
}

export class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;
  static isSocketAddress(value) { return isAddress(value); }
  constructor(options = {}) {
    validateObject(options, 'options');
    let { family = 'ipv4' } = options;
    if (typeof family?.toLowerCase === 'function') family = family.toLowerCase();
    if (family !== 'ipv4' && family !== 'ipv6') throw invalidArgValue('options.family', options.family);
    const { address = family === 'ipv4' ? '127.0.0.1' : '::', port = 0, flowlabel = 0 } = options;
    validateString(address, 'options.address');
    validatePort(port, 'options.port');
    validateUint32(flowlabel, 'options.flowlabel', false);
    if (!(family === 'ipv4' ? isIPv4 : isIPv6)(address)) throw coded(Error, 'ERR_INVALID_ADDRESS', 'Invalid socket address');
    this.#address = canonicalIP(address);
    [this.#port, this.#family, this.#flowlabel] = [port | 0, family, flowlabel];
  }
  get address() { return this.#address; }
  get port() { return this.#port; }
  get family() { return this.#family; }
  get flowlabel() { return this.#flowlabel; }
  toJSON() { return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel }; }
  [customInspect](depth, options, inspect) {
    if (depth < 0) return this;
    return `SocketAddress ${inspect(this.toJSON(), { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
  static { isAddress = (value) => value !== null && typeof value === 'object' && #address in value; }
}

function checked(address, family, name) {
  if (isAddress(address)) return address;
  validateString(address, name);
  validateString(family, 'family');
  return new SocketAddress({ address, family });
}

const shown = ({ family }) => (family === 'ipv4' ? 'IPv4' : 'IPv6');

// An address of four bytes may come as one of sixteen.
function sameKind(bytes, family) {
  if (family === 'ipv4' || bytes.length === 16) return bytes;
  return [...Array(10).fill(0), 255, 255, ...bytes];
}
const unmapped = (bytes) => (bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255 ? bytes.slice(12) : bytes);

function compare(a, b) {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? 0 : a[at] - b[at];
}

export class BlockList {
  #rules = [];
  addAddress(address, family = 'ipv4') {
    const one = checked(address, family, 'address');
    this.#add(one, one, `Address: ${shown(one)} ${one.address}`);
  }
  addRange(start, end, family = 'ipv4') {
    const [from, to] = [checked(start, family, 'start'), checked(end, family, 'end')];
    if (from.family !== to.family || compare(bytesOf(from.address), bytesOf(to.address)) > 0) throw invalidArgValue('start', from, 'must come before end');
    this.#add(from, to, `Range: ${shown(from)} ${from.address}-${to.address}`);
  }
  addSubnet(network, prefix, family = 'ipv4') {
    const one = checked(network, family, 'network');
    validateInt32(prefix, 'prefix', 0, one.family === 'ipv4' ? 32 : 128);
    const bits = (fill) => bytesOf(one.address).map((byte, at) => {
      const mask = (0xff00 >> Math.max(0, Math.min(8, prefix - at * 8))) & 255;
      return (byte & mask) | (fill & ~mask & 255);
    });
    this.#rules.unshift({ from: bits(0), to: bits(255), text: `Subnet: ${shown(one)} ${one.address}/${prefix}` });
  }
  #add(from, to, text) {
    this.#rules.unshift({ from: bytesOf(from.address), to: bytesOf(to.address), text });
  }
  check(address, family = 'ipv4') {
    let one;
    if (isAddress(address)) one = address;
    else {
      validateString(address, 'address');
      validateString(family, 'family');
      try {
        one = new SocketAddress({ address, family: familyOf(family) });
      } catch (error) {
        if (error.code !== 'ERR_INVALID_ADDRESS') throw error;
        return false;
      }
    }
    const bytes = bytesOf(one.address);
    const inside = (given, { from, to }) => given.length === from.length && compare(given, from) >= 0 && compare(given, to) <= 0;
    return this.#rules.some((rule) => inside(bytes, rule) || inside(unmapped(bytes), rule) || inside(sameKind(bytes, 'ipv6'), rule));
  }
  get rules() { return this.#rules.map(({ text }) => text); }
  [customInspect](depth, options, inspect) {
    if (depth < 0) return this;
    return `BlockList ${inspect({ rules: this.rules }, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
  }
}
