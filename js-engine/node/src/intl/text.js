// What `Intl` lends to strings, numbers and arrays: `localeCompare`, `toLocaleUpperCase`, `toLocaleString`.
import { askBytes } from './host.js';
import { canonicalLocales } from './locales.js';
import { compareInLocale } from './collator.js';
import { formatNumber, plainText } from './numbers.js';

// Languages with rules of their own for case.
const CASED = new Set(['tr', 'az', 'lt', 'el']);
const { toUpperCase, toLowerCase } = String.prototype;
const valueOfNumber = Number.prototype.valueOf;
const valueOfBigInt = BigInt.prototype.valueOf;
const { apply } = Reflect;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function textOf(value, method) {
  if (value === undefined || value === null) throw new TypeError(`String.prototype.${method} called on null or undefined`);
  return `${value}`;
}

// Lone surrogates have no case and no UTF-8.
const inHost = (text, language, upper) => text.split(new RegExp(`(${LONE.source})`))
  .map((piece, index) => (index % 2 === 1 ? piece : hb.decodeUtf8(askBytes('casing', { language, upper }, [hb.encodeUtf8(piece)])))).join('');

function cased(value, method, locales, upper) {
  const text = textOf(value, method);
  const [tag = 'en'] = locales === undefined ? [] : canonicalLocales(locales);
  const language = tag.split('-')[0];
  return CASED.has(language) ? inHost(text, language, upper) : apply(upper ? toUpperCase : toLowerCase, text, []);
}

export const strings = {
  localeCompare(that) { return compareInLocale(textOf(this, 'localeCompare'), `${that}`, arguments[1], arguments[2]); },
  toLocaleUpperCase() { return cased(this, 'toLocaleUpperCase', arguments[0], true); },
  toLocaleLowerCase() { return cased(this, 'toLocaleLowerCase', arguments[0], false); },
};

function valueOf(value, read, type) {
  try {
    return apply(read, value, []);
  } catch {
    throw new TypeError(`${type}.prototype.toLocaleString requires that 'this' be a ${type}`);
  }
}

// What is wrong with the options is said in the name of the method.
const inLocale = (value, locales, options, type) => formatNumber(value, locales, options, `${type}.prototype.toLocaleString`);

export const numbers = {
  toLocaleString() {
    const value = valueOf(this, valueOfNumber, 'Number');
    const [locales, options] = arguments;
    const plain = options === undefined && (locales === undefined || locales === 'en-US') ? plainText(value) : undefined;
    return plain ?? inLocale(value, locales, options, 'Number');
  },
};

export const bigints = {
  toLocaleString() { return inLocale(valueOf(this, valueOfBigInt, 'BigInt'), arguments[0], arguments[1], 'BigInt'); },
};

// One with elements that turn themselves into text, with the arguments handed on.
function joined(list, locales, options, seen) {
  if (seen.includes(list)) return '';
  seen.push(list);
  try {
    const texts = [];
    for (let index = 0; index < list.length; index++) {
      const element = list[index];
      texts.push(element === undefined || element === null ? '' : `${element.toLocaleString(locales, options)}`);
    }
    return texts.join(',');
  } finally {
    seen.pop();
  }
}

const open = [];
export const arrays = { toLocaleString() { return joined(Object(this), arguments[0], arguments[1], open); } };
