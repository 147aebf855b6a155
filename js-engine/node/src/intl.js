// `Intl`, and what it lends to dates, numbers, strings and arrays. The constructors are in intl/, each in a file.
import { DateTimeFormat } from './intl-date.js';
import { getCanonicalLocales } from './intl/locales.js';
import { Collator } from './intl/collator.js';
import { DisplayNames } from './intl/names.js';
import { ListFormat } from './intl/lists.js';
import { Locale } from './intl/locale.js';
import { NumberFormat } from './intl/numbers.js';
import { PluralRules } from './intl/plurals.js';
import { RelativeTimeFormat } from './intl/relative.js';
import { Segmenter } from './intl/segmenter.js';
import { arrays, bigints, numbers, strings } from './intl/text.js';
import { supportedValuesOf } from './intl/values.js';
import { expose } from './expose.js';

// Constructors are also called without `new`.
function callable(Class) {
  return new Proxy(Class, { apply: (target, _, args) => new target(...args) });
}

const Intl = {};
expose({
  getCanonicalLocales(locales) { return getCanonicalLocales(locales); },
  supportedValuesOf: supportedValuesOf(() => ['UTC']),
  DateTimeFormat: callable(DateTimeFormat),
  NumberFormat,
  Collator,
  PluralRules,
  RelativeTimeFormat,
  ListFormat,
  Locale,
  DisplayNames,
  Segmenter,
}, Intl);
Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
expose({ Intl });

const DATE = { year: 'numeric', month: 'numeric', day: 'numeric' };
const TIME = { hour: 'numeric', minute: 'numeric', second: 'numeric' };
const PARTS_OF_DATE = ['weekday', 'year', 'month', 'day', 'dateStyle'];
const PARTS_OF_TIME = ['hour', 'minute', 'second', 'fractionalSecondDigits', 'dayPeriod', 'timeStyle'];
const none = (options, names) => names.every((name) => options?.[name] === undefined);

function localDate(defaults, wanted) {
  return function toLocale(locales, options) {
    if (Number.isNaN(this.getTime())) return 'Invalid Date';
    return new DateTimeFormat(locales, none(options, wanted) ? { ...defaults, ...options } : options).format(this);
  };
}

// The engine knows the offset of the time zone and not its name.
const named = (original) => function toString() {
  const text = Reflect.apply(original, this, []);
  return text.endsWith('GMT+0000') ? `${text} (Coordinated Universal Time)` : text;
};

expose({
  toString: named(Date.prototype.toString),
  toTimeString: named(Date.prototype.toTimeString),
  toLocaleString: localDate({ ...DATE, ...TIME }, [...PARTS_OF_DATE, ...PARTS_OF_TIME]),
  toLocaleDateString: localDate(DATE, PARTS_OF_DATE),
  toLocaleTimeString: localDate(TIME, PARTS_OF_TIME),
}, Date.prototype);

expose(numbers, Number.prototype);
expose(bigints, BigInt.prototype);
expose(strings, String.prototype);
expose(arrays, Array.prototype);
// Typed arrays take no arguments but their own kind; their method is that of arrays behind a check.
const TypedArray = Object.getPrototypeOf(Int8Array);
const { get: lengthOf } = Object.getOwnPropertyDescriptor(TypedArray.prototype, 'length');
expose({
  toLocaleString() {
    if (!ArrayBuffer.isView(this) || this instanceof DataView) throw new TypeError('this is not a typed array.');
    Reflect.apply(lengthOf, this, []);
    return Reflect.apply(arrays.toLocaleString, this, arguments);
  },
}, TypedArray.prototype);
