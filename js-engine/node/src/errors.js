// Node's errors that carry a `code`, and the checks of arguments that throw them. Every module of the surface takes them from here, so
// that an author reads what Node would have said.
//
// Makers return an error, to be thrown by whoever asked:
//
//   coded(Base, code, message, extra?)        any of them: class, code, text, further own properties
//   invalidArgType(name, expected, actual)    The "path" argument must be of type string. Received type number (5)
//   invalidArgValue(name, value, reason?)     The argument 'id' must be a non-empty string. Received ''
//   outOfRange(name, range, actual)           The value of "size" is out of range. It must be >= 0. Received -5
//   missingArgs(...names)                     The "a" and "b" arguments must be specified
//   unknownEncoding(encoding), invalidThis(type), invalidState(text), invalidReturn(expected, name, actual)
//
// `expected` is one name or a list of them, told apart as Node does: 'string' is a type, 'Buffer' is a class, anything else ('an
// Array-like Object') is taken as it is. A `name` with a dot is a property, one that ends in ' argument' is not quoted.
//
// Checks throw, or return nothing: validateString, validateNumber, validateInteger, validateInt32, validateUint32, validateBoolean,
// validateFunction, validateObject, validateArray, validateBuffer, validateAbortSignal, validateOneOf, validateEncoding.
// `describe(value)` is the part after "Received".

// `util.inspect` and `util.format`, which are made later than the first modules that throw.
let inspect = String;
let format = (_, value) => String(value);
export function useInspect(functions) {
  ({ inspect, format } = functions);
}

const { defineProperty } = Object;
const prototypes = new Map();

// Node has a class for each code: its errors are told apart from others only by how they turn into text.
function prototypeOf(Base, code) {
  const key = `${Base.name} ${code}`;
  let prototype = prototypes.get(key);
  if (prototype === undefined) {
    prototype = Object.create(Base.prototype, {
      constructor: { get: () => Base, configurable: true },
      toString: { value: { toString() { return `${this.name} [${code}]: ${this.message}`; } }.toString, writable: true, configurable: true },
    });
    prototypes.set(key, prototype);
  }
  return prototype;
}

export function coded(Base, code, message, extra) {
  const error = new Base(message);
  Object.setPrototypeOf(error, prototypeOf(Base, code));
  // The code stands in the first line of the stack, though not in the name.
  defineProperty(error, 'name', { value: `${error.name} [${code}]`, configurable: true });
  const { stack } = error;
  delete error.name;
  if (typeof stack === 'string') defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  error.code = code;
  // Node's order of the three.
  delete error.message;
  defineProperty(error, 'message', { value: message, writable: true, configurable: true });
  return extra === undefined ? error : Object.assign(error, extra);
}

const list = (words, last) => {
  if (words.length < 3) return words.join(` ${last} `);
  return `${words.slice(0, -1).join(', ')}, ${last} ${words.at(-1)}`;
};

export function describe(value) {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'function':
      return `function ${value.name}`;
    case 'object':
      return value.constructor && 'name' in value.constructor ? `an instance of ${value.constructor.name}` : inspect(value, { depth: -1 });
    case 'string': {
      const text = value.length > 28 ? `${value.slice(0, 25)}...` : value;
      return `type string (${text.includes("'") ? JSON.stringify(text) : `'${text}'`})`;
    }
    case 'number':
      return `type number (${Object.is(value, -0) ? '-0' : value})`;
    case 'bigint':
      return `type bigint (${value}n)`;
    default:
      return `type ${typeof value} (${String(value)})`;
  }
}

const TYPES = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);
const kind = (name) => (name.includes('.') ? 'property' : 'argument');

function expectation(expected) {
  const [types, classes, others] = [[], [], []];
  for (const each of [expected].flat()) {
    if (TYPES.has(each)) types.push(each.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(each)) classes.push(each);
    else others.push(each);
  }
  // An object is named together with the classes.
  if (classes.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    classes.push('Object');
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types, 'or')}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes, 'or')}`);
  if (others.length > 1) parts.push(`one of ${list(others, 'or')}`);
  else if (others.length === 1) parts.push(`${others[0].toLowerCase() === others[0] ? '' : 'an '}${others[0]}`);
  return parts.join(' or ');
}

export function invalidArgType(name, expected, actual) {
  const subject = name.endsWith(' argument') ? name : `"${name}" ${kind(name)}`;
  return coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The ${subject} must be ${expectation(expected)}. Received ${describe(actual)}`);
}

export function invalidArgValue(name, value, reason = 'is invalid', Base = TypeError) {
  let shown = inspect(value);
  if (shown.length > 128) shown = `${shown.slice(0, 128)}...`;
  return coded(Base, 'ERR_INVALID_ARG_VALUE', `The ${kind(name)} '${name}' ${reason}. Received ${shown}`);
}

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, '_');

function amount(value) {
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) return grouped(String(value));
  if (typeof value !== 'bigint') return inspect(value);
  return `${value > 2n ** 32n || value < -(2n ** 32n) ? grouped(String(value)) : value}n`;
}

export function outOfRange(name, range, actual) {
  return coded(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${amount(actual)}`);
}

export function missingArgs(...names) {
  const quoted = names.map((name) => [name].flat().map((each) => `"${each}"`).join(' or '));
  return coded(TypeError, 'ERR_MISSING_ARGS', `The ${list(quoted, 'and')} argument${names.length > 1 ? 's' : ''} must be specified`);
}

export const unknownEncoding = (encoding) => coded(TypeError, 'ERR_UNKNOWN_ENCODING', format('Unknown encoding: %s', encoding));

export const invalidThis = (type) => coded(TypeError, 'ERR_INVALID_THIS', `Value of "this" must be of type ${type}`);

export const invalidState = (text, Base = Error) => coded(Base, 'ERR_INVALID_STATE', `Invalid state: ${text}`);

export const invalidReturn = (expected, name, actual) => coded(TypeError, 'ERR_INVALID_RETURN_VALUE',
  `Expected ${expected} to be returned from the "${name}" function but got ${describe(actual)}.`);

export function validateString(value, name) {
  if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
}

export function validateNumber(value, name, min, max) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  const [low, high] = [min !== undefined && min !== null, max !== undefined && max !== null];
  if ((low && value < min) || (high && value > max) || ((low || high) && Number.isNaN(value))) {
    throw outOfRange(name, `${low ? `>= ${min}` : ''}${low && high ? ' && ' : ''}${high ? `<= ${max}` : ''}`, value);
  }
}

export function validateInteger(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
}

export const validateInt32 = (value, name, min = -(2 ** 31), max = 2 ** 31 - 1) => validateInteger(value, name, min, max);

export const validateUint32 = (value, name, positive = false) => validateInteger(value, name, positive ? 1 : 0, 2 ** 32 - 1);

export function validateBoolean(value, name) {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'boolean', value);
}

export function validateFunction(value, name) {
  if (typeof value !== 'function') throw invalidArgType(name, 'Function', value);
}

export function validateObject(value, name, { nullable = false, allowArray = false, allowFunction = false } = {}) {
  if ((value === null && nullable) || (typeof value === 'function' && allowFunction)) return;
  if (value === null || typeof value !== 'object' || (Array.isArray(value) && !allowArray)) throw invalidArgType(name, 'Object', value);
}

export function validateArray(value, name, minLength = 0) {
  if (!Array.isArray(value)) throw invalidArgType(name, 'Array', value);
  if (value.length < minLength) throw invalidArgValue(name, value, `must be longer than ${minLength}`);
}

export function validateBuffer(value, name = 'buffer') {
  if (!ArrayBuffer.isView(value)) throw invalidArgType(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

export function validateAbortSignal(signal, name) {
  if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
    throw invalidArgType(name, 'AbortSignal', signal);
  }
}

export function validateOneOf(value, name, choices) {
  if (choices.includes(value)) return;
  const shown = choices.map((each) => (typeof each === 'string' ? `'${each}'` : String(each))).join(', ');
  throw invalidArgValue(name, value, `must be one of: ${shown}`);
}

// Hexadecimal digits come in pairs.
export function validateEncoding(data, encoding) {
  if (String(encoding).toLowerCase() === 'hex' && data.length % 2 !== 0) {
    throw invalidArgValue('encoding', encoding, `is invalid for data of length ${data.length}`);
  }
}
