// `require('hookbox')`: what hooks have beside Node. `cache` keeps values from one execution to a later one, for a hook or, shared, for all hooks
// of an account. A value comes back as what it was: a text, bytes, or anything that JSON can hold.
import { Buffer } from './buffer.js';
import { coded, outOfRange, validateBoolean, validateNumber, validateObject, validateString } from './errors.js';
import { inspect } from './inspect.js';
import { operation } from './operations.js';

const { parse, stringify } = JSON;
// The first byte of what is kept says what the rest is.
const [TEXT, BYTES, JSON_TEXT] = [0x74, 0x62, 0x6a];
const LONGEST = 24 * 60 * 60;

function checkedKey(key) {
  validateString(key, 'key');
  if (key === '') throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'key' must be a non-empty string. Received ''");
  if (!key.isWellFormed()) {
    throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'key' must be a well-formed string. Received ${inspect(key)}`);
  }
}

function checkedOptions(options) {
  if (options === undefined) return {};
  validateObject(options, 'options');
  if (options.shared !== undefined) validateBoolean(options.shared, 'options.shared');
  return options;
}

// Without a time the host decides.
function milliseconds({ ttl }) {
  if (ttl === undefined) return undefined;
  validateNumber(ttl, 'options.ttl');
  if (!(ttl > 0 && ttl <= LONGEST)) throw outOfRange('options.ttl', `> 0 && <= ${LONGEST} (seconds)`, ttl);
  return Math.max(1, Math.round(ttl * 1000));
}

function packed(value) {
  if (typeof value === 'string') return Buffer.concat([Buffer.of(TEXT), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.of(BYTES), value]);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) throw unkept(value);
  let text;
  try {
    text = stringify(value);
  } catch (cause) {
    throw Object.assign(unkept(value), { cause });
  }
  if (text === undefined) throw unkept(value);
  return Buffer.concat([Buffer.of(JSON_TEXT), Buffer.from(text)]);
}

const unkept = (value) => coded(TypeError, 'ERR_INVALID_ARG_TYPE',
  `The "value" argument must be a string, a Buffer or Uint8Array, or a value that JSON can hold. Received ${inspect(value, { depth: 0 })}`);

// What is not there is undefined; what another guest has put there is bytes.
function unpacked(answer) {
  if (answer.length === 0) return undefined;
  const value = Buffer.from(answer.buffer, answer.byteOffset + 1, answer.length - 1);
  const rest = value.subarray(1);
  switch (value[0]) {
    case TEXT: return rest.toString();
    case BYTES: return rest;
    case JSON_TEXT: return parse(rest.toString());
    default: return value;
  }
}

const cache = {
  async get(key, options) {
    checkedKey(key);
    const { shared = false } = checkedOptions(options);
    return unpacked(await operation({ op: 'cache_get', key, shared }));
  },
  async set(key, value, options) {
    checkedKey(key);
    const checked = checkedOptions(options);
    const { shared = false } = checked;
    const ttl = milliseconds(checked);
    await operation({ op: 'cache_set', key, ttl_ms: ttl, shared }, packed(value));
  },
  async delete(key, options) {
    checkedKey(key);
    const { shared = false } = checkedOptions(options);
    await operation({ op: 'cache_delete', key, shared });
  },
};

export const hookbox = { cache };
