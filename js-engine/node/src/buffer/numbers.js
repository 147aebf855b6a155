// Reading and writing numbers: `readUInt8` to `writeDoubleBE`.
import { coded, invalidArgType, outOfRange, validateNumber } from '../errors.js';
import { Buffer, outOfBounds } from './make.js';

const { prototype } = Buffer;

// Why a number could not be read or written at an offset. `last` is the last offset at which it could.
function boundsError(offset, last, type) {
  if (Math.floor(offset) !== offset) {
    validateNumber(offset, type ?? 'offset');
    return outOfRange(type ?? 'offset', 'an integer', offset);
  }
  if (last < 0) return outOfBounds();
  return outOfRange(type ?? 'offset', `>= ${type ? 1 : 0} and <= ${last}`, offset);
}

function check(buffer, offset, size) {
  validateNumber(offset, 'offset');
  if (buffer[offset] === undefined || buffer[offset + size - 1] === undefined) throw boundsError(offset, buffer.length - size);
}

const power = (bits) => 2 ** bits;

function readWhole(buffer, offset, size, little, signed) {
  check(buffer, offset, size);
  let value = 0;
  if (little) for (let at = offset + size - 1; at >= offset; at--) value = value * 256 + buffer[at];
  else for (let at = offset; at < offset + size; at++) value = value * 256 + buffer[at];
  return signed && value >= power(size * 8 - 1) ? value - power(size * 8) : value;
}

// How Node words the range of numbers of this size.
function range(size, signed, n) {
  const bits = size * 8;
  if (size > 4) {
    if (signed) return `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
    return `>= 0${n} and < 2${n} ** ${bits}${n}`;
  }
  return signed ? `>= ${-power(bits - 1)} and <= ${power(bits - 1) - 1}` : `>= 0 and <= ${power(bits) - 1}`;
}

function put(buffer, value, offset, size, little) {
  // Two halves, because bits are of 32-bit numbers only.
  let low = value;
  let high = Math.floor(value / 2 ** 32);
  for (let at = 0; at < size; at++) {
    const byte = at < 4 ? low : high;
    buffer[little ? offset + at : offset + size - 1 - at] = byte;
    if (at < 4) low >>>= 8;
    else high >>>= 8;
  }
  return offset + size;
}

function writeWhole(buffer, given, offset, size, little, signed) {
  const value = +given;
  if (size === 1) validateNumber(offset, 'offset');
  if (value > (signed ? power(size * 8 - 1) : power(size * 8)) - 1 || value < (signed ? -power(size * 8 - 1) : 0)) {
    throw outOfRange('value', range(size, signed, ''), value);
  }
  check(buffer, offset, size);
  return put(buffer, value, offset, size, little);
}

function checkByteLength(byteLength) {
  if (byteLength === undefined || !(Number.isInteger(byteLength) && byteLength >= 1 && byteLength <= 6)) throw boundsError(byteLength, 6, 'byteLength');
}

const LOW = 0xffffffffn;

function readBig(buffer, offset, little, signed) {
  check(buffer, offset, 8);
  const first = readWhole(buffer, offset, 4, little, false);
  const second = readWhole(buffer, offset + 4, 4, little, false);
  const value = little ? (BigInt(second) << 32n) + BigInt(first) : (BigInt(first) << 32n) + BigInt(second);
  return signed ? BigInt.asIntN(64, value) : value;
}

function writeBig(buffer, value, offset, little, signed) {
  const [least, most] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  if (value > most || value < least) throw outOfRange('value', range(8, signed, 'n'), value);
  check(buffer, offset, 8);
  const low = Number(value & LOW);
  const high = Number((value >> 32n) & LOW);
  put(buffer, low, little ? offset : offset + 4, 4, little);
  return put(buffer, high, little ? offset + 4 : offset, 4, little) + (little ? 0 : 4);
}

function shared(View) {
  const view = new View(1);
  return { view, bytes: new Uint8Array(view.buffer) };
}
const float = shared(Float32Array);
const double = shared(Float64Array);

function readFloat({ view, bytes }, buffer, offset, little) {
  const size = bytes.length;
  check(buffer, offset, size);
  for (let at = 0; at < size; at++) bytes[little ? at : size - 1 - at] = buffer[offset + at];
  return view[0];
}

function writeFloat({ view, bytes }, buffer, value, offset, little) {
  view[0] = value;
  const size = bytes.length;
  check(buffer, offset, size);
  for (let at = 0; at < size; at++) buffer[offset + at] = bytes[little ? at : size - 1 - at];
  return offset + size;
}

const methods = {};

// Both spellings that Node has, of which only one is a function's name.
function add(name, method) {
  Object.defineProperty(method, 'name', { value: name });
  methods[name] = method;
  const alias = name.replace('UInt', 'Uint');
  if (alias !== name) aliases.push([alias, method]);
}
let aliases = [];
function flush() {
  for (const [alias, method] of aliases) methods[alias] = method;
  aliases = [];
}

const ORDERS = [['LE', true], ['BE', false]];

for (const [kind, signed] of [['UInt', false], ['Int', true]]) {
  for (const [order, little] of ORDERS) add(`readBig${kind}64${order}`, function (offset = 0) { return readBig(this, offset, little, signed); });
  flush();
}
for (const [kind, signed] of [['UInt', false], ['Int', true]]) {
  for (const [order, little] of ORDERS) {
    add(`writeBig${kind}64${order}`, function (value, offset = 0) { return writeBig(this, value, offset, little, signed); });
  }
  flush();
}
for (const [kind, signed] of [['UInt', false], ['Int', true]]) {
  for (const [order, little] of ORDERS) {
    add(`read${kind}${order}`, function (offset, byteLength) {
      if (offset === undefined) throw invalidArgType('offset', 'number', offset);
      checkByteLength(byteLength);
      return readWhole(this, offset, byteLength, little, signed);
    });
    add(`read${kind}32${order}`, function (offset = 0) { return readWhole(this, offset, 4, little, signed); });
    add(`read${kind}16${order}`, function (offset = 0) { return readWhole(this, offset, 2, little, signed); });
    if (little) add(`read${kind}8`, function (offset = 0) { return readWhole(this, offset, 1, little, signed); });
  }
  flush();
}
for (const [kind, signed] of [['UInt', false], ['Int', true]]) {
  for (const [order, little] of ORDERS) {
    add(`write${kind}${order}`, function (value, offset, byteLength) {
      checkByteLength(byteLength);
      return writeWhole(this, value, offset, byteLength, little, signed);
    });
    add(`write${kind}32${order}`, function (value, offset = 0) { return writeWhole(this, value, offset, 4, little, signed); });
    add(`write${kind}16${order}`, function (value, offset = 0) { return writeWhole(this, value, offset, 2, little, signed); });
    if (little) add(`write${kind}8`, function (value, offset = 0) { return writeWhole(this, value, offset, 1, little, signed); });
  }
  flush();
}

for (const [kind, shape] of [['Float', float], ['Double', double]]) {
  for (const [order, little] of ORDERS) {
    const direction = little ? 'Forwards' : 'Backwards';
    add(`read${kind}${order}`, function (offset = 0) { return readFloat(shape, this, offset, little); });
    Object.defineProperty(methods[`read${kind}${order}`], 'name', { value: `read${kind}${direction}` });
  }
}
for (const [kind, shape] of [['Float', float], ['Double', double]]) {
  for (const [order, little] of ORDERS) {
    const direction = little ? 'Forwards' : 'Backwards';
    add(`write${kind}${order}`, function (value, offset = 0) { return writeFloat(shape, this, value, offset, little); });
    Object.defineProperty(methods[`write${kind}${order}`], 'name', { value: `write${kind}${direction}` });
  }
}

Object.assign(prototype, methods);

export const invalidSize = (size) => coded(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size}`);
