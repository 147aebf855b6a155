// What else a buffer can do: text, comparing, searching, filling, copying.
import { inspect } from '../inspect.js';
import { coded, invalidArgType, invalidArgValue, outOfRange, unknownEncoding, validateInteger, validateString } from '../errors.js';
import { LATIN1, UTF16, encodingNumber, normalizeEncoding, sizeOf } from './encodings.js';
import { Buffer, FastBuffer, asBuffer, isUint8Array, maxLength, outOfBounds } from './make.js';
import { invalidSize } from './numbers.js';

const { prototype } = Buffer;
const { decodeText, encodeText, writeText, findBytes, compareBytes, swapBytes } = hb;
const { fill: fillWith } = Uint8Array.prototype;
const { apply } = Reflect;
const BYTES = ['Buffer', 'Uint8Array'];

const validateOffset = (value, name, least = 0, most = maxLength()) => validateInteger(value, name, least, most);

const slices = ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8'].map((name) => [`${name}Slice`, encodingNumber(name)]);
const writers = slices.map(([name, encoding]) => [name.replace('Slice', 'Write'), encoding]);

for (const [name, encoding] of slices) {
  prototype[name] = { [name](start = 0, end = this.length) { return decodeText(this, encoding, Math.max(start, 0), Math.max(end, 0)); } }[name];
}
for (const [name, encoding] of writers) {
  prototype[name] = {
    [name](text, offset = 0, length = this.length - offset) {
      validateString(text, 'argument');
      return writeText(this, text, encoding, offset, length);
    },
  }[name];
}

for (const [name, get] of Object.entries({
  parent() { return this instanceof Buffer ? this.buffer : undefined; },
  offset() { return this instanceof Buffer ? this.byteOffset : undefined; },
})) {
  Object.defineProperty(prototype, name, { get: Object.defineProperty(get, 'name', { value: 'get' }), enumerable: true });
}

function toInteger(value, otherwise) {
  const number = +value;
  return number >= Number.MIN_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER ? Math.floor(number) : otherwise;
}

// Where a slice begins or ends.
function place(value, length) {
  const at = Math.trunc(value);
  if (!at) return 0;
  if (at < 0) return Math.max(at + length, 0);
  return at < length ? at : length;
}

function part(buffer, start, end) {
  const length = buffer.length;
  const from = place(start, length);
  const to = end !== undefined ? place(end, length) : length;
  return new FastBuffer(buffer.buffer, buffer.byteOffset + from, to > from ? to - from : 0);
}

function fillPattern(buffer, value, offset, end, encoding) {
  if (typeof value !== 'string' && !ArrayBuffer.isView(value)) return apply(fillWith, buffer, [+value & 255, offset, end]);
  const pattern = typeof value === 'string' ? encodeText(value, encoding) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (offset > end || end > buffer.length) throw outOfBounds();
  if (pattern.length === 0) throw invalidArgValue('value', value);
  const size = end - offset;
  buffer.set(pattern.length > size ? pattern.subarray(0, size) : pattern, offset);
  for (let done = pattern.length; done < size; done *= 2) buffer.copyWithin(offset + done, offset, offset + Math.min(done, size - done));
  return buffer;
}

function fillEncoding(encoding) {
  if (normalizeEncoding(encoding) !== undefined) return encoding ? encodingNumber(encoding) : 0;
  validateString(encoding, 'encoding');
  throw unknownEncoding(encoding);
}

// Where a search begins, or -1 where there is nothing to be found.
function searchStart(length, offset, size, forward) {
  if (offset < 0) {
    if (offset + length >= 0) return offset + length;
    return forward || size === 0 ? 0 : -1;
  }
  if (offset + size <= length) return offset;
  if (size === 0) return length;
  return forward ? -1 : length - 1;
}

function search(buffer, needle, offset, forward, encoding) {
  const { length } = buffer;
  const start = searchStart(length, offset, needle.length, forward);
  if (needle.length === 0) return start;
  const step = encoding === UTF16 ? 2 : 1;
  if (length < step || start < 0 || needle.length > length || (forward && start + needle.length > length)) return -1;
  return findBytes(buffer, needle, forward ? Math.floor(start / step) * step : start, forward, step);
}

function indexOf(buffer, value, byteOffset, givenEncoding, forward) {
  let [offset, encoding] = [byteOffset, givenEncoding];
  if (typeof offset === 'string') [offset, encoding] = [undefined, offset];
  offset = Math.min(Math.max(+offset, -(2 ** 31)), 2 ** 31 - 1);
  if (Number.isNaN(offset)) offset = forward ? 0 : buffer.length;
  offset = Math.trunc(offset);
  if (typeof value === 'number') return search(buffer, Uint8Array.of(value), offset, forward, 0);
  const number = encoding === undefined ? 0 : encodingNumber(encoding);
  if (typeof value === 'string') {
    if (number === undefined) throw unknownEncoding(encoding);
    return search(buffer, encodeText(value, number), offset, forward, number);
  }
  if (isUint8Array(value)) return search(buffer, value, offset, forward, number ?? 0);
  throw invalidArgType('value', ['number', 'string', ...BYTES], value);
}

// What a compact listing of properties begins and ends with.
const shownBuffer = (buffer, context) => {
  const most = bufferLimits.shown;
  const bytes = decodeText(buffer, 6, 0, Math.min(most, buffer.length)).replace(/..(?!$)/g, '$& ');
  const left = buffer.length - most;
  let text = left > 0 ? `${bytes} ... ${left} more byte${left > 1 ? 's' : ''}` : bytes;
  if (context) {
    const extras = Object.create(null);
    let any = false;
    for (const key of Reflect.ownKeys(buffer)) {
      if (typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key)) continue;
      if (!context.showHidden && !Object.prototype.propertyIsEnumerable.call(buffer, key)) continue;
      extras[key] = buffer[key];
      any = true;
    }
    // Without the words about the prototype, and without the brackets.
    if (any) text += `${buffer.length > 0 ? ', ' : ''}${inspect(extras, { ...context, breakLength: Infinity, compact: true }).slice(27, -2)}`;
  }
  return `<${buffer.constructor.name} ${text}>`;
};

// `buffer.INSPECT_MAX_BYTES`, which authors may set.
export const bufferLimits = { shown: 50 };

function toString(encoding, start, end) {
  if (arguments.length === 0) return decodeText(this, 0);
  const { length } = this;
  let from = start;
  if (start <= 0) from = 0;
  else if (start >= length) return '';
  else from = Math.trunc(start) || 0;
  const to = end === undefined || end > length ? length : Math.trunc(end) || 0;
  if (to <= from) return '';
  if (encoding === undefined) return decodeText(this, 0, from, to);
  const number = encodingNumber(encoding);
  if (number === undefined) throw unknownEncoding(encoding);
  return decodeText(this, number, from, to);
}

const methods = {
  copy(target, targetStart, sourceStart, sourceEnd) {
    if (!isUint8Array(target)) throw invalidArgType('target', BYTES, target);
    const at = targetStart === undefined ? 0 : toInteger(targetStart, 0);
    if (at < 0) throw outOfRange('targetStart', '>= 0', at);
    const from = sourceStart === undefined ? 0 : toInteger(sourceStart, 0);
    if (from < 0 || from > this.length) throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, from);
    const to = sourceEnd === undefined ? this.length : toInteger(sourceEnd, 0);
    if (to < 0) throw outOfRange('sourceEnd', '>= 0', to);
    if (at >= target.length || from >= to) return 0;
    const size = Math.min(to - from, target.length - at, this.length - from);
    if (size > 0) apply(Uint8Array.prototype.set, target, [new Uint8Array(this.buffer, this.byteOffset + from, size), at]);
    return Math.max(size, 0);
  },
  toString,
  equals(otherBuffer) {
    if (!isUint8Array(otherBuffer)) throw invalidArgType('otherBuffer', BYTES, otherBuffer);
    return this === otherBuffer || (this.byteLength === otherBuffer.byteLength && compareBytes(this, otherBuffer) === 0);
  },
  inspect(recurseTimes, context) { return shownBuffer(this, context); },
  compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    if (!isUint8Array(target)) throw invalidArgType('target', BYTES, target);
    if (arguments.length === 1) return compareBytes(this, target);
    if (targetStart !== undefined) validateOffset(targetStart, 'targetStart');
    if (targetEnd !== undefined) validateOffset(targetEnd, 'targetEnd', 0, target.length);
    if (sourceStart !== undefined) validateOffset(sourceStart, 'sourceStart');
    if (sourceEnd !== undefined) validateOffset(sourceEnd, 'sourceEnd', 0, this.length);
    const [theirs, ours] = [[targetStart ?? 0, targetEnd ?? target.length], [sourceStart ?? 0, sourceEnd ?? this.length]];
    if (ours[0] >= ours[1]) return theirs[0] >= theirs[1] ? 0 : -1;
    if (theirs[0] >= theirs[1]) return 1;
    return compareBytes(this.subarray(...ours), target.subarray(...theirs));
  },
  indexOf(value, byteOffset, encoding) { return indexOf(this, value, byteOffset, encoding, true); },
  lastIndexOf(value, byteOffset, encoding) { return indexOf(this, value, byteOffset, encoding, false); },
  includes(value, byteOffset, encoding) { return indexOf(this, value, byteOffset, encoding, true) !== -1; },
  fill(value, offset, end, encoding) {
    let [with_, from, to, name] = [value, offset, end, encoding];
    let number = 0;
    if (typeof value === 'string') {
      if (from === undefined || typeof from === 'string') [name, from, to] = [from ?? name, 0, this.length];
      else if (typeof to === 'string') [name, to] = [to, this.length];
      number = fillEncoding(name);
      if (value === '') with_ = 0;
      else if (value.length === 1) {
        const code = value.charCodeAt(0);
        if ((number === 0 && code < 128) || number === LATIN1) with_ = code;
      }
    }
    if (from === undefined) {
      [from, to] = [0, this.length];
    } else {
      validateOffset(from, 'offset');
      if (to === undefined) to = this.length;
      else validateOffset(to, 'end', 0, this.length);
      if (from >= to) return this;
    }
    if (typeof with_ !== 'number') return fillPattern(this, with_, from, to, number);
    if (from > to || to > this.byteLength) throw outOfBounds();
    return apply(fillWith, this, [with_, from, to]);
  },
  write(string, offset, length, encoding) {
    let [at, room, name] = [offset, length, encoding];
    if (typeof string !== 'string') throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'argument must be a string');
    if (at === undefined) return writeText(this, string, 0, 0, this.length);
    if (room === undefined && typeof at === 'string') {
      [name, room, at] = [at, this.length, 0];
    } else {
      validateOffset(at, 'offset', 0, this.length);
      const left = this.length - at;
      if (room === undefined) room = left;
      else if (typeof room === 'string') [name, room] = [room, left];
      else {
        validateOffset(room, 'length', 0, this.length);
        room = Math.min(room, left);
      }
    }
    const number = name ? encodingNumber(name) : 0;
    if (number === undefined) throw unknownEncoding(name);
    return writeText(this, string, number, at, room);
  },
  toJSON() { return { type: 'Buffer', data: Array.from(this) }; },
  subarray(start, end) { return part(this, start, end); },
  slice(start, end) { return part(this, start, end); },
  swap16() { return swap(this, 2); },
  swap32() { return swap(this, 4); },
  swap64() { return swap(this, 8); },
};

function swap(buffer, size) {
  if (buffer.length % size !== 0) throw invalidSize(`${size * 8}-bits`);
  swapBytes(buffer, size);
  return buffer;
}

Object.assign(prototype, methods);
prototype.toLocaleString = prototype.toString;
prototype[Symbol.for('nodejs.util.inspect.custom')] = prototype.inspect;

const TRANSCODED = new Set(['utf8', 'utf16le', 'latin1', 'ascii']);

// What is outside of the target's characters becomes a question mark.
export function transcode(source, fromEncoding, toEncoding) {
  if (!isUint8Array(source)) throw invalidArgType('source', BYTES, source);
  if (source.length === 0) return Buffer.alloc(0);
  const [from, to] = [normalizeEncoding(fromEncoding), normalizeEncoding(toEncoding)];
  if (!TRANSCODED.has(from) || !TRANSCODED.has(to)) {
    const code = 'U_ILLEGAL_ARGUMENT_ERROR';
    throw Object.assign(new Error(`Unable to transcode Buffer [${code}]`), { code, errno: 1 });
  }
  let text = decodeText(source, encodingNumber(from === 'ascii' ? 'latin1' : from));
  if (from === 'ascii') text = text.replace(/[\x80-\xff]/g, '\ufffd');
  if (to === 'latin1') text = text.replace(/[^\0-\xff]/gu, '?');
  if (to === 'ascii') text = text.replace(/[^\0-\x7f]/gu, '?');
  return asBuffer(encodeText(text, encodingNumber(to)));
}

export { sizeOf };
