// `Intl.NumberFormat`. The options are read and checked here; digits, patterns and names are the host's.
import { askText } from './host.js';
import { canonicalLocales, resolveLocale, NUMBERING_SYSTEMS } from './locales.js';
import { localeMatcher, stringOption } from './options.js';
import { coerced, laidOut, nameless, states, unwrapped } from './class.js';
import { checkIncrement, decimalText, digitOptions, roundingIncrement } from './digits.js';
import { fractionDigits } from './values.js';
import { isUnit } from './units.js';

const NAME = 'Intl.NumberFormat';
const kept = states(NAME);
const MODES = ['ceil', 'floor', 'expand', 'trunc', 'halfCeil', 'halfFloor', 'halfExpand', 'halfTrunc', 'halfEven'];
const TYPE = /^[a-z0-9]{3,8}(?:-[a-z0-9]{3,8})*$/i;
const SOURCES = ['shared', 'startRange', 'endRange'];

export function numberingSystemOption(options) {
  const value = options.numberingSystem;
  if (value === undefined) return undefined;
  const text = `${value}`;
  if (!TYPE.test(text)) throw new RangeError(`Invalid numberingSystem : ${text}`);
  return text.toLowerCase();
}

function unitOptions(options, service) {
  const style = stringOption(options, 'style', service, ['decimal', 'percent', 'currency', 'unit'], 'decimal');
  const currency = stringOption(options, 'currency', service);
  if (currency !== undefined && !/^[a-z]{3}$/i.test(currency)) throw new RangeError(`Invalid currency code : ${currency}`);
  if (currency === undefined && style === 'currency') throw new TypeError('Currency code is required with currency style.');
  const currencyDisplay = stringOption(options, 'currencyDisplay', service, ['code', 'symbol', 'name', 'narrowSymbol'], 'symbol');
  const currencySign = stringOption(options, 'currencySign', service, ['standard', 'accounting'], 'standard');
  const unit = stringOption(options, 'unit', service);
  if (unit !== undefined && !isUnit(unit)) throw new RangeError(`Invalid unit argument for ${service}() '${unit}'`);
  if (unit === undefined && style === 'unit') throw new TypeError(`Invalid unit argument for ${service}() ''`);
  const unitDisplay = stringOption(options, 'unitDisplay', service, ['short', 'narrow', 'long'], 'short');
  if (style === 'currency') return { style, currency: currency.toUpperCase(), currencyDisplay, currencySign };
  return style === 'unit' ? { style, unit, unitDisplay } : { style };
}

function groupingOption(options, service, isCompact) {
  const given = options.useGrouping;
  const fallback = isCompact ? 'min2' : 'auto';
  if (given === undefined) return fallback;
  if (given === true) return 'always';
  if (!given) return false;
  const value = `${given}`;
  if (value === 'true' || value === 'false') return fallback;
  if (!['min2', 'auto', 'always'].includes(value)) throw new RangeError(`Value ${value} out of range for ${service} options property useGrouping`);
  return value;
}

// `service` is what messages name.
function resolved(locales, given, service = NAME) {
  const tags = canonicalLocales(locales);
  const options = coerced(given, service);
  localeMatcher(options, service);
  const numbering = numberingSystemOption(options);
  const found = resolveLocale('n', tags, { nu: { accepts: NUMBERING_SYSTEMS, option: numbering } });
  const unit = unitOptions(options, service);
  const increment = roundingIncrement(options);
  const notation = stringOption(options, 'notation', service, ['standard', 'scientific', 'engineering', 'compact'], 'standard');
  const isCompact = notation === 'compact';
  const places = unit.style === 'currency' ? fractionDigits(unit.currency) : undefined;
  const digits = digitOptions(options, places ?? 0, places ?? (unit.style === 'percent' ? 0 : 3), isCompact, increment);
  digits.trailingZeroDisplay = stringOption(options, 'trailingZeroDisplay', service, ['auto', 'stripIfInteger'], 'auto');
  checkIncrement(digits);
  const compactDisplay = stringOption(options, 'compactDisplay', service, ['short', 'long'], 'short');
  const useGrouping = groupingOption(options, service, isCompact);
  const signDisplay = stringOption(options, 'signDisplay', service, ['auto', 'never', 'always', 'exceptZero', 'negative'], 'auto');
  digits.roundingMode = stringOption(options, 'roundingMode', service, MODES, 'halfExpand');
  const numberingSystem = found.values.nu ?? found.numbering;
  const style = { locale: found.dataLocale, numberingSystem, ...unit, notation, useGrouping: `${useGrouping}`, signDisplay, digits };
  if (isCompact) style.compactDisplay = compactDisplay;
  return { locale: found.locale, useGrouping, style, bound: undefined };
}

// Numbers of every day in the language of every day are not worth a question.
function isPlain({ style }) {
  const { locale, numberingSystem, digits } = style;
  return (locale === 'en-US' || locale === 'en') && numberingSystem === 'latn' && style.style === 'decimal' && style.notation === 'standard' &&
    style.useGrouping === 'auto' && style.signDisplay === 'auto' && digits.minimumIntegerDigits === 1 && digits.minimumFractionDigits === 0 &&
    digits.maximumFractionDigits === 3 && digits.maximumSignificantDigits === undefined && digits.roundingIncrement === 1;
}

// What en-US writes for a number that needs no rounding; undefined for the rest.
export function plainText(value) {
  if (typeof value !== 'number') return undefined;
  const text = Object.is(value, -0) ? '-0' : `${value}`;
  if (value > -1000 && value < 1000 && Number.isInteger(value)) return text;
  const match = /^(-?\d+)(\.\d{1,3})?$/.exec(text);
  return match === null ? undefined : match[1].replace(/\B(?=(?:\d{3})+$)/g, ',') + (match[2] ?? '');
}

// The style is turned into JSON once for an object.
function asked(state, value, end, inParts = false) {
  state.json ??= JSON.stringify(state.style);
  const range = end === undefined ? '' : `,"end":"${end}"`;
  return hb.decodeUtf8(askText(`{"op":"number_format","style":${state.json},"value":"${value}"${range},"in_parts":${inParts}}`));
}

function formatted(state, value) {
  state.plain ??= isPlain(state);
  if (state.plain) {
    const text = plainText(value);
    if (text !== undefined) return text;
  }
  return asked(state, decimalText(value));
}

function ends(start, end) {
  for (const [name, value] of [['start', start], ['end', end]]) if (value === undefined) throw new TypeError(`Invalid ${name} : undefined`);
  const texts = [decimalText(start), decimalText(end)];
  if (texts[0] === 'NaN') throw new RangeError('Invalid start : NaN');
  if (texts[1] === 'NaN') throw new RangeError('Invalid end : NaN');
  return texts;
}

export const NumberFormat = laidOut('NumberFormat', function () {
  const format = new.target === undefined ? Object.create(NumberFormat.prototype) : this;
  kept.set(format, resolved(arguments[0], arguments[1]));
  return format;
}, {
  resolvedOptions() {
    const { locale, style, useGrouping } = unwrapped(kept, 'NumberFormat', this);
    const { style: kind, currency, currencyDisplay, currencySign, unit, unitDisplay, digits } = style;
    const options = {
      locale, numberingSystem: style.numberingSystem, style: kind, currency, currencyDisplay, currencySign, unit, unitDisplay,
      minimumIntegerDigits: digits.minimumIntegerDigits,
      minimumSignificantDigits: digits.minimumSignificantDigits, maximumSignificantDigits: digits.maximumSignificantDigits,
      minimumFractionDigits: digits.minimumFractionDigits, maximumFractionDigits: digits.maximumFractionDigits,
      useGrouping, notation: style.notation, compactDisplay: style.compactDisplay, signDisplay: style.signDisplay, roundingMode: digits.roundingMode,
      roundingIncrement: digits.roundingIncrement, trailingZeroDisplay: digits.trailingZeroDisplay, roundingPriority: digits.roundingPriority,
    };
    for (const name of Object.keys(options)) if (options[name] === undefined) delete options[name];
    return options;
  },
  formatToParts(value) {
    const state = kept.get(this, 'formatToParts');
    return JSON.parse(asked(state, decimalText(value), undefined, true)).map(([type, text]) => ({ type, value: text }));
  },
  get format() {
    const state = unwrapped(kept, 'NumberFormat', this);
    state.bound ??= nameless((value) => formatted(state, value));
    return state.bound;
  },
  formatRange(start, end) {
    const state = kept.get(this, 'formatRange');
    return asked(state, ...ends(start, end));
  },
  formatRangeToParts(start, end) {
    const state = kept.get(this, 'formatRangeToParts');
    return JSON.parse(asked(state, ...ends(start, end), true)).map(([type, value, source]) => ({ type, value, source: SOURCES[source] }));
  },
}, 'n');

export const formatNumber = (value, locales, options, service) => formatted(resolved(locales, options, service), value);
