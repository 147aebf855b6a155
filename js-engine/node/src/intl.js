// `Intl` and the `toLocale...` functions for one locale, en-US, and for UTC and fixed offsets. Whatever else is asked for
// throws an error that names it: a date in the wrong order is worse than none.
import { DateTimeFormat } from './intl-date.js';
import { NumberFormat } from './intl-number.js';
import { checkLocales, missing } from './intl-locale.js';
import { expose } from './expose.js';

class Collator {
  #numeric;
  #sensitivity;
  constructor(locales, { numeric = false, sensitivity = 'variant' } = {}) {
    checkLocales(locales);
    this.#numeric = numeric;
    this.#sensitivity = sensitivity;
    this.compare = this.compare.bind(this);
  }
  compare(a, b) { return compare(`${a}`, `${b}`, this.#numeric, this.#sensitivity); }
  resolvedOptions() { return { locale: 'en-US', usage: 'sort', sensitivity: this.#sensitivity, numeric: this.#numeric }; }
  static supportedLocalesOf(locales) { return supported(locales); }
}

const withoutMarks = (text) => text.normalize('NFD').replace(/\p{M}/gu, '');
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// Letters first, then accents, then case with the small letter first, as in the root collation.
function compare(a, b, numeric, sensitivity) {
  const [left, right] = [withoutMarks(a).toLowerCase(), withoutMarks(b).toLowerCase()];
  const base = numeric ? compareNumbers(left, right) : order(left, right);
  if (base !== 0 || sensitivity === 'base') return base;
  const accents = sensitivity === 'case' ? 0 : order(a.normalize('NFD').toLowerCase(), b.normalize('NFD').toLowerCase());
  if (accents !== 0 || sensitivity === 'accent') return accents;
  return order(b.normalize('NFD'), a.normalize('NFD'));
}

function compareNumbers(a, b) {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const digits = /^\d/.test(left[i]) && /^\d/.test(right[i]);
    const result = digits ? Math.sign(Number(left[i]) - Number(right[i])) : order(left[i], right[i]);
    if (result !== 0) return result;
  }
  return Math.sign(left.length - right.length);
}

const ORDINALS = { one: 'one', two: 'two', few: 'few', other: 'other' };

class PluralRules {
  #ordinal;
  constructor(locales, { type = 'cardinal' } = {}) {
    checkLocales(locales);
    this.#ordinal = type === 'ordinal';
  }
  select(number) {
    const n = Math.abs(Number(number));
    if (!this.#ordinal) return n === 1 ? 'one' : 'other';
    const teen = n % 100 >= 11 && n % 100 <= 13;
    return teen ? ORDINALS.other : ({ 1: 'one', 2: 'two', 3: 'few' }[n % 10] ?? 'other');
  }
  resolvedOptions() { return { locale: 'en-US', type: this.#ordinal ? 'ordinal' : 'cardinal' }; }
  static supportedLocalesOf(locales) { return supported(locales); }
}

class ListFormat {
  #word;
  constructor(locales, { type = 'conjunction', style = 'long' } = {}) {
    checkLocales(locales);
    if (style !== 'long') missing(`the style ${style} of Intl.ListFormat`);
    this.#word = { conjunction: 'and', disjunction: 'or' }[type] ?? missing(`the type ${type} of Intl.ListFormat`);
  }
  format(list) {
    const items = [...list];
    const last = items.pop();
    if (items.length === 0) return last ?? '';
    return items.length === 1 ? `${items[0]} ${this.#word} ${last}` : `${items.join(', ')}, ${this.#word} ${last}`;
  }
  static supportedLocalesOf(locales) { return supported(locales); }
}

const supported = (locales) => [locales ?? []].flat().filter((locale) => locale === 'en' || locale === 'en-US');

// Constructors are also called without `new`.
function callable(Class) {
  return new Proxy(Class, { apply: (target, _, args) => new target(...args) });
}

const absent = ['RelativeTimeFormat', 'DisplayNames', 'Segmenter', 'Locale', 'DurationFormat'].map((name) => [name, class {
  constructor() { missing(`Intl.${name}`); }
}]);

const Intl = {};
expose({
  DateTimeFormat: callable(DateTimeFormat),
  NumberFormat: callable(NumberFormat),
  Collator: callable(Collator),
  PluralRules,
  ListFormat,
  ...Object.fromEntries(absent),
  getCanonicalLocales: (locales) => [locales ?? []].flat(),
  supportedValuesOf: (key) => ({ timeZone: ['UTC'] })[key] ?? missing(`Intl.supportedValuesOf('${key}')`),
  [Symbol.toStringTag]: 'Intl',
}, Intl);
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

function localNumber(locales, options) {
  return new NumberFormat(locales, options).format(this.valueOf());
}
expose({ toLocaleString: localNumber }, Number.prototype);
expose({ toLocaleString: localNumber }, BigInt.prototype);
expose({ localeCompare(other, locales, options) { return new Collator(locales, options).compare(this, other); } }, String.prototype);
