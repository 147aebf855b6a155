// The options of NumberFormat and PluralRules about digits, as ECMA-402's SetNumberFormatDigitOptions reads them.
import { defaultNumber, numberOption, stringOption } from './options.js';

const INCREMENTS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000];
const MOST_FRACTION = 100;
const MOST_SIGNIFICANT = 21;

export function roundingIncrement(options) {
  const increment = numberOption(options, 'roundingIncrement', 1, 5000, 1);
  if (!INCREMENTS.includes(increment)) throw new RangeError('roundingIncrement value is out of range.');
  return increment;
}

function significant(least, most) {
  const low = defaultNumber(least, 'minimumSignificantDigits', 1, MOST_SIGNIFICANT, 1);
  return { minimumSignificantDigits: low, maximumSignificantDigits: defaultNumber(most, 'maximumSignificantDigits', low, MOST_SIGNIFICANT, MOST_SIGNIFICANT) };
}

function fraction(least, most, defaultLeast, defaultMost) {
  let low = defaultNumber(least, 'minimumFractionDigits', 0, MOST_FRACTION, undefined);
  let high = defaultNumber(most, 'maximumFractionDigits', 0, MOST_FRACTION, undefined);
  if (low === undefined) low = Math.min(defaultLeast, high ?? defaultLeast);
  else if (high === undefined) high = Math.max(defaultMost, low);
  else if (low > high) throw new RangeError('maximumFractionDigits value is out of range.');
  return { minimumFractionDigits: low, maximumFractionDigits: high ?? defaultMost };
}

// `least` and `most` are the fraction digits of a style. What is resolved has only the members that rounding goes by.
export function digitOptions(options, least, most, isCompact, increment = 1) {
  const minimumIntegerDigits = numberOption(options, 'minimumIntegerDigits', 1, 21, 1);
  const { minimumFractionDigits, maximumFractionDigits, minimumSignificantDigits, maximumSignificantDigits } = options;
  const priority = stringOption(options, 'roundingPriority', 'SetNumberFormatDigitOptions', ['auto', 'morePrecision', 'lessPrecision'], 'auto');
  const defaultMost = increment === 1 ? most : least;
  const hasSignificant = minimumSignificantDigits !== undefined || maximumSignificantDigits !== undefined;
  const hasFraction = minimumFractionDigits !== undefined || maximumFractionDigits !== undefined;
  const isAuto = priority === 'auto';
  const needsSignificant = !isAuto || hasSignificant;
  const needsFraction = !isAuto || !(hasSignificant || (!hasFraction && isCompact));
  const digits = { minimumIntegerDigits };
  if (needsSignificant) Object.assign(digits, significant(minimumSignificantDigits, maximumSignificantDigits));
  if (needsFraction) Object.assign(digits, fraction(minimumFractionDigits, maximumFractionDigits, least, defaultMost));
  if (!needsSignificant && !needsFraction) {
    Object.assign(digits, { minimumSignificantDigits: 1, maximumSignificantDigits: 2, minimumFractionDigits: 0, maximumFractionDigits: 0 });
    digits.roundingPriority = 'morePrecision';
  } else {
    digits.roundingPriority = priority;
  }
  digits.roundingIncrement = increment;
  return digits;
}

// Once all other options about digits are read.
export function checkIncrement(digits) {
  if (digits.roundingIncrement === 1) return;
  if (digits.roundingPriority !== 'auto' || digits.maximumSignificantDigits !== undefined) throw new TypeError('RoundingType is not fractionDigits');
  if (digits.maximumFractionDigits !== digits.minimumFractionDigits) throw new RangeError('maximumFractionDigits not equal to minimumFractionDigits');
}

const DECIMAL = /^[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;

// A value as the text of a decimal number, exact where JavaScript's numbers are not.
export function decimalText(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a number');
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`;
  const primitive = typeof value === 'object' && value !== null ? toPrimitive(value) : value;
  if (typeof primitive === 'bigint') return `${primitive}`;
  if (typeof primitive === 'string') {
    const text = primitive.trim();
    // What is beyond numbers is infinite, however exact it is written.
    if (DECIMAL.test(text)) return Number.isFinite(Number(text)) ? text : `${Number(text)}`;
    return text === '' ? '0' : `${Number(text)}`;
  }
  const number = Number(primitive);
  return Object.is(number, -0) ? '-0' : `${number}`;
}

function toPrimitive(value) {
  const exotic = value[Symbol.toPrimitive];
  if (exotic !== undefined && exotic !== null) return Reflect.apply(exotic, value, ['number']);
  for (const name of ['valueOf', 'toString']) {
    if (typeof value[name] !== 'function') continue;
    const result = value[name]();
    if (typeof result !== 'object' || result === null) return result;
  }
  throw new TypeError('Cannot convert object to primitive value');
}
