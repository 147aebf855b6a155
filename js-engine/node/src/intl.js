// `Intl`, and what it lends to dates, numbers, strings and arrays. The constructors are in intl/, each in a file.
import { DateTimeFormat } from './intl/dates.js';
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
import { zoneNames } from './intl/zones.js';
import './intl/date-methods.js';
import { expose } from './expose.js';

const Intl = {};
expose({
  getCanonicalLocales(locales) { return getCanonicalLocales(locales); },
  supportedValuesOf: supportedValuesOf(zoneNames),
  DateTimeFormat,
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
