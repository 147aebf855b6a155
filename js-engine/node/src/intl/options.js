// How the constructors of Intl read their options, as ECMA-402 says, with V8's messages.
const { isFinite, isNaN } = Number;

// `required` is what constructors want that came later: an object or nothing.
export function optionsObject(options, required = false) {
  if (options === undefined) return { __proto__: null };
  if (options === null) throw new TypeError(required ? 'Incorrect options argument' : 'Cannot convert undefined or null to object');
  if (typeof options === 'object' || typeof options === 'function') return options;
  if (required) throw new TypeError('Incorrect options argument');
  return Object(options);
}

export function stringOption(options, name, service, values, fallback) {
  const given = options[name];
  if (given === undefined) return fallback;
  const value = `${given}`;
  if (values !== undefined && !values.includes(value)) {
    throw new RangeError(`Value ${value} out of range for ${service} options property ${name}`);
  }
  return value;
}

export function booleanOption(options, name, fallback) {
  const value = options[name];
  return value === undefined ? fallback : Boolean(value);
}

export function defaultNumber(value, name, least, most, fallback) {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (isNaN(number) || !isFinite(number) || number < least || number > most) throw new RangeError(`${name} value is out of range.`);
  return Math.floor(number);
}

export const numberOption = (options, name, least, most, fallback) => defaultNumber(options[name], name, least, most, fallback);

export const localeMatcher = (options, service) => stringOption(options, 'localeMatcher', service, ['lookup', 'best fit'], 'best fit');
