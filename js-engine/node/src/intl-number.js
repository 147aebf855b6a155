// `Intl.NumberFormat` for en-US: decimals, percentages and currencies in the standard notation.
import { checkLocales, missing } from './intl-locale.js';

const SYMBOLS = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', CAD: 'CA$', AUD: 'A$', MXN: 'MX$', BRL: 'R$', NZD: 'NZ$', ILS: '₪', VND: '₫', TWD: 'NT$', HKD: 'HK$', PHP: '₱' };
const WHOLE = ['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'UGX', 'XAF', 'XOF', 'XPF'];
const MOST_DIGITS = 100;

function digits(value, name, least, most) {
  const number = Number(value);
  if (!(number >= least && number <= most)) throw new RangeError(`${name} value is out of range.`);
  return Math.floor(number);
}

function fractions(options, fallbackLeast, fallbackMost) {
  const { minimumFractionDigits: least, maximumFractionDigits: most } = options;
  const low = least === undefined ? undefined : digits(least, 'minimumFractionDigits', 0, MOST_DIGITS);
  const high = most === undefined ? undefined : digits(most, 'maximumFractionDigits', 0, MOST_DIGITS);
  if (low !== undefined && high !== undefined && low > high) throw new RangeError('maximumFractionDigits value is out of range.');
  return [low ?? Math.min(fallbackLeast, high ?? fallbackLeast), high ?? Math.max(fallbackMost, low ?? fallbackMost)];
}

// A decimal text, rounded half away from zero on the decimal digits that `String` shows, as ICU does.
function rounded(value, places) {
  const text = plain(value);
  const [whole, fraction = ''] = text.split('.');
  if (fraction.length <= places) return [whole, fraction];
  const up = fraction[places] >= '5' ? 1n : 0n;
  const scaled = (BigInt(whole + fraction.slice(0, places)) + up).toString().padStart(places + 1, '0');
  return [scaled.slice(0, scaled.length - places), places === 0 ? '' : scaled.slice(-places)];
}

function plain(value) {
  const text = `${value}`;
  const match = /^(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, whole, fraction = '', exponent] = match;
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `0.${'0'.repeat(-point)}${all}`;
  return point >= all.length ? all.padEnd(point, '0') : `${all.slice(0, point)}.${all.slice(point)}`;
}

export class NumberFormat {
  #options;
  constructor(locales, options = {}) {
    checkLocales(locales);
    const { style = 'decimal', notation = 'standard', currency, currencyDisplay = 'symbol', signDisplay = 'auto' } = options;
    if (style === 'unit') missing('the style unit of Intl.NumberFormat');
    if (notation !== 'standard') missing(`the notation ${notation} of Intl.NumberFormat`);
    if (style === 'currency' && currency === undefined) throw new TypeError('Currency code is required with currency style.');
    if (currencyDisplay === 'name') missing('the currencyDisplay name of Intl.NumberFormat');
    const places = style === 'currency' && !WHOLE.includes(`${currency}`.toUpperCase()) ? 2 : 0;
    const [least, most] = fractions(options, places, style === 'decimal' ? 3 : places);
    this.#options = {
      style, notation, currencyDisplay, signDisplay,
      currency: currency === undefined ? undefined : `${currency}`.toUpperCase(),
      minimumIntegerDigits: digits(options.minimumIntegerDigits ?? 1, 'minimumIntegerDigits', 1, 21),
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      significant: options.maximumSignificantDigits ?? (options.minimumSignificantDigits === undefined ? undefined : 21),
      leastSignificant: options.minimumSignificantDigits ?? 1,
      useGrouping: options.useGrouping ?? 'auto',
    };
    this.format = this.format.bind(this);
  }

  #digits(size) {
    const { significant, leastSignificant, minimumFractionDigits, maximumFractionDigits } = this.#options;
    if (significant === undefined) {
      const [whole, fraction] = rounded(size, maximumFractionDigits);
      const trimmed = fraction.replace(/0+$/, '');
      return [whole, trimmed.padEnd(minimumFractionDigits, '0')];
    }
    const exact = plain(Number(Number(size).toPrecision(significant)));
    const [whole, fraction = ''] = exact.split('.');
    const shown = whole === '0' ? fraction.replace(/^0+/, '').length : whole.length + fraction.length;
    return [whole, fraction + '0'.repeat(Math.max(0, leastSignificant - Math.max(shown, whole === '0' && fraction === '' ? 1 : 0)))];
  }

  #grouped(whole) {
    const padded = whole.padStart(this.#options.minimumIntegerDigits, '0');
    return this.#options.useGrouping === false || this.#options.useGrouping === 'false' ? padded : padded.replace(/\B(?=(\d{3})+$)/g, ',');
  }

  #sign(negative, zero) {
    const { signDisplay } = this.#options;
    if (signDisplay === 'never' || (zero && (signDisplay === 'exceptZero' || signDisplay === 'negative'))) return '';
    if (negative) return '-';
    return signDisplay === 'always' || signDisplay === 'exceptZero' ? '+' : '';
  }

  format(value) {
    const { style, currency, currencyDisplay } = this.#options;
    const number = typeof value === 'bigint' ? value : Number(value);
    if (Number.isNaN(number)) return 'NaN';
    const negative = number < 0 || Object.is(number, -0);
    const size = negative ? -number : number;
    const scaled = style === 'percent' ? (typeof size === 'bigint' ? size * 100n : Number(`${size}e2`) || size * 100) : size;
    let body = '∞';
    let zero = false;
    if (typeof scaled === 'bigint' || Number.isFinite(scaled)) {
      const [whole, fraction] = this.#digits(scaled);
      zero = !/[1-9]/.test(whole + fraction);
      body = this.#grouped(whole) + (fraction === '' ? '' : `.${fraction}`);
    }
    const sign = this.#sign(negative, zero);
    if (style === 'percent') return `${sign}${body}%`;
    if (style !== 'currency') return sign + body;
    const symbol = currencyDisplay === 'code' ? undefined : SYMBOLS[currency];
    return `${sign}${symbol ?? `${currency}\u00a0`}${body}`;
  }

  formatToParts() { return missing('Intl.NumberFormat.prototype.formatToParts'); }
  formatRange(from, to) { return `${this.format(from)}–${this.format(to)}`; }
  resolvedOptions() {
    const { significant, leastSignificant, ...options } = this.#options;
    const own = significant === undefined ? {} : { minimumSignificantDigits: leastSignificant, maximumSignificantDigits: significant };
    return { locale: 'en-US', numberingSystem: 'latn', ...options, ...own };
  }
  static supportedLocalesOf(locales) { return [locales ?? []].flat().filter((locale) => locale === 'en' || locale === 'en-US'); }
}
