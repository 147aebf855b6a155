// `Intl.DateTimeFormat`: options as ECMA-402 has them, with V8's messages, and the answers of `resolvedOptions`. Patterns and names are the host's.
import { ask } from './host.js';
import { laidOut, nameless, states, unwrapped } from './class.js';
import { canonicalLocales, NUMBERING_SYSTEMS, resolveLocale } from './locales.js';
import { localeMatcher, numberOption, optionsObject, stringOption } from './options.js';
import { canonicalZone } from './zones.js';
import { process } from '../process.js';
import { majorOf } from '../versions.js';

const NAME = 'Intl.DateTimeFormat';
// Its letter in the host's table of locales.
const SERVICE = 'd';

const CALENDARS = ['buddhist', 'chinese', 'coptic', 'dangi', 'ethioaa', 'ethiopic', 'gregory', 'hebrew', 'indian', 'islamic', 'islamic-civil', 'islamic-rgsa', 'islamic-tbla', 'islamic-umalqura', 'iso8601', 'japanese', 'persian', 'roc'];
export const calendars = () => [...CALENDARS];
const CALENDAR_ALIASES = { islamicc: 'islamic-civil', 'ethiopic-amete-alem': 'ethioaa' };
const TYPE = /^[a-z0-9]{3,8}(-[a-z0-9]{3,8})*$/i;
const STYLES = ['full', 'long', 'medium', 'short'];
const TEXTS = ['narrow', 'short', 'long'];
const NUMBERS = ['2-digit', 'numeric'];
const HOUR_CYCLES = ['h11', 'h12', 'h23', 'h24'];
const HOUR_LETTERS = { K: 'h11', h: 'h12', H: 'h23', k: 'h24' };

// Each component in the order in which options are read: its values, and the letters of a pattern that stand for them.
const COMPONENTS = [
  ['weekday', TEXTS, { narrow: 'EEEEE', short: 'EEE', long: 'EEEE' }],
  ['era', TEXTS, { narrow: 'GGGGG', short: 'GGG', long: 'GGGG' }],
  ['year', NUMBERS, { '2-digit': 'yy', numeric: 'y' }],
  ['month', ['2-digit', 'numeric', ...TEXTS], { '2-digit': 'MM', numeric: 'M', narrow: 'MMMMM', short: 'MMM', long: 'MMMM' }],
  ['day', NUMBERS, { '2-digit': 'dd', numeric: 'd' }],
  ['dayPeriod', TEXTS, { narrow: 'BBBBB', short: 'B', long: 'BBBB' }],
  ['hour', NUMBERS, { '2-digit': 'jj', numeric: 'j' }],
  ['minute', NUMBERS, { '2-digit': 'mm', numeric: 'm' }],
  ['second', NUMBERS, { '2-digit': 'ss', numeric: 's' }],
];
const ZONE_NAMES = { short: 'z', long: 'zzzz', shortOffset: 'O', longOffset: 'OOOO', shortGeneric: 'v', longGeneric: 'vvvv' };

const DATE_PARTS = ['weekday', 'year', 'month', 'day'];
const TIME_PARTS = ['dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits'];

// ICU has a narrow space before AM and PM; V8 makes an ordinary one of it where it gives one text.
const plain = (text) => text.replaceAll('\u202f', ' ');

function typeOption(options, name) {
  const value = stringOption(options, name, NAME);
  if (value !== undefined && !TYPE.test(value)) throw new RangeError(`Invalid ${name} : ${value}`);
  return value;
}

// V8 counted hours by another rule until Node 20.
const isOlder = () => majorOf(process.version) < 22;

function hourCycleOf(hour12, asked, own, isJapanese) {
  if (hour12 === undefined) return asked ?? own;
  if (!isOlder()) return !hour12 ? 'h23' : isJapanese ? 'h11' : 'h12';
  const isFromZero = own === 'h11' || own === 'h23';
  return hour12 ? (isFromZero ? 'h11' : 'h12') : isFromZero ? 'h23' : 'h24';
}

// `wanted` and `filled` say which parts are expected, and which stand in when none of them is asked for.
function initialize(locales, given, wanted, filled, caller) {
  const tags = canonicalLocales(locales);
  if (given === null && !isOlder()) throw new TypeError(`${caller} called on null or undefined`);
  const options = optionsObject(given);
  localeMatcher(options, caller);
  const calendarOption = typeOption(options, 'calendar')?.toLowerCase();
  const calendar = CALENDAR_ALIASES[calendarOption] ?? calendarOption;
  const numbering = typeOption(options, 'numberingSystem')?.toLowerCase();
  const { hour12: given12 } = options;
  const hour12 = given12 === undefined ? undefined : Boolean(given12);
  const cycleOption = stringOption(options, 'hourCycle', caller, HOUR_CYCLES);
  const resolved = resolveLocale(SERVICE, tags, {
    ca: { accepts: (value) => CALENDARS.includes(value) || value in CALENDAR_ALIASES, option: calendar },
    hc: { accepts: HOUR_CYCLES, option: hour12 === undefined ? cycleOption : undefined },
    nu: { accepts: NUMBERING_SYSTEMS, option: numbering },
  });
  const { timeZone } = options;
  const zone = timeZone === undefined ? 'UTC' : canonicalZone(`${timeZone}`);

  const components = {};
  for (const [name, values] of COMPONENTS) {
    const value = stringOption(options, name, caller, values);
    if (value !== undefined) components[name] = value;
    if (name === 'second') {
      const digits = numberOption(options, 'fractionalSecondDigits', 1, 3);
      if (digits !== undefined) components.fractionalSecondDigits = digits;
    }
  }
  const zoneName = stringOption(options, 'timeZoneName', caller, Object.keys(ZONE_NAMES));
  if (zoneName !== undefined) components.timeZoneName = zoneName;
  stringOption(options, 'formatMatcher', caller, ['basic', 'best fit'], 'best fit');
  const dateStyle = stringOption(options, 'dateStyle', caller, STYLES);
  const timeStyle = stringOption(options, 'timeStyle', caller, STYLES);

  const state = {
    locale: resolved.locale,
    dataLocale: resolved.dataLocale,
    calendar: CALENDAR_ALIASES[resolved.values.ca] ?? resolved.values.ca ?? resolved.calendar,
    numbering: resolved.values.nu ?? resolved.numbering,
    zone,
    dateStyle,
    timeStyle,
  };
  const isJapanese = /^ja\b|-JP\b/.test(resolved.dataLocale);
  const own = resolved.hour_cycle;
  const request = { locale: state.dataLocale, calendar: state.calendar };
  if (dateStyle !== undefined || timeStyle !== undefined) {
    const [explicit] = Object.keys(components);
    if (explicit !== undefined) throw new TypeError(isOlder() ? `Can't set option ${explicit} when ${dateStyle !== undefined ? 'dateStyle' : 'timeStyle'} is used` : 'Invalid option : option');
    if (wanted === 'date' && timeStyle !== undefined) throw new TypeError('Invalid option : timeStyle');
    if (wanted === 'time' && dateStyle !== undefined) throw new TypeError('Invalid option : dateStyle');
    const style = (value) => (value === undefined ? undefined : STYLES.indexOf(value));
    const asked = hour12 === undefined ? resolved.values.hc : hourCycleOf(hour12, undefined, own, isJapanese);
    state.pattern = pattern({ ...request, date: style(dateStyle), time: style(timeStyle), hour_cycle: timeStyle === undefined ? undefined : asked });
  } else {
    const has = (names) => names.some((name) => components[name] !== undefined);
    const needs = !((wanted !== 'time' && has(DATE_PARTS)) || (wanted !== 'date' && has(TIME_PARTS)));
    if (needs && filled !== 'time') Object.assign(components, { year: 'numeric', month: 'numeric', day: 'numeric' });
    if (needs && filled !== 'date') Object.assign(components, { hour: 'numeric', minute: 'numeric', second: 'numeric' });
    const cycle = components.hour === undefined ? undefined : hourCycleOf(hour12, resolved.values.hc, own, isJapanese);
    state.pattern = pattern({ ...request, skeleton: skeletonOf(components), hour_cycle: cycle });
  }
  return state;
}

function skeletonOf(components) {
  let skeleton = '';
  for (const [name, , letters] of COMPONENTS) if (components[name] !== undefined) skeleton += letters[components[name]];
  skeleton += 'S'.repeat(components.fractionalSecondDigits ?? 0);
  return skeleton + (components.timeZoneName === undefined ? '' : ZONE_NAMES[components.timeZoneName]);
}

// Most formatters are one of a few, made over and over.
const MOST_KEPT = 200;
const patterns = new Map();
function pattern(request) {
  const key = JSON.stringify(request);
  let found = patterns.get(key);
  if (found === undefined) {
    found = ask('dates_pattern', request);
    if (patterns.size < MOST_KEPT) patterns.set(key, found);
  }
  return found;
}

// The letters of a pattern, without its texts.
const lettersOf = (text) => text.replace(/'[^']*'/g, '').match(/([A-Za-z])\1*/g) ?? [];

const BY_LETTERS = new Map(COMPONENTS.flatMap(([name, , letters]) => Object.entries(letters).map(([value, text]) => [text, [name, value]])));
for (const [text, value] of [['LLLLL', 'narrow'], ['LLLL', 'long'], ['LLL', 'short'], ['LL', '2-digit'], ['L', 'numeric']]) BY_LETTERS.set(text, ['month', value]);
for (const [text, value] of [['ccccc', 'narrow'], ['cccc', 'long'], ['ccc', 'short'], ['E', 'short'], ['EE', 'short']]) BY_LETTERS.set(text, ['weekday', value]);
for (const [text, value] of [['G', 'short'], ['GG', 'short']]) BY_LETTERS.set(text, ['era', value]);
for (const [text, value] of [['BB', 'short'], ['BBB', 'short']]) BY_LETTERS.set(text, ['dayPeriod', value]);
for (const letter of 'hHkK') BY_LETTERS.set(letter, ['hour', 'numeric']).set(letter + letter, ['hour', '2-digit']);
for (const [value, text] of Object.entries(ZONE_NAMES)) BY_LETTERS.set(text, ['timeZoneName', value]);
BY_LETTERS.delete('j');
BY_LETTERS.delete('jj');

const SHOWN = ['weekday', 'era', 'year', 'month', 'day', 'dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits', 'timeZoneName'];

function resolvedOf(state) {
  const letters = lettersOf(state.pattern);
  const found = {};
  for (const text of letters) {
    if (text[0] === 'S') found.fractionalSecondDigits ??= text.length;
    const [name, value] = BY_LETTERS.get(text) ?? [];
    if (name !== undefined) found[name] ??= value;
    if (text[0] in HOUR_LETTERS) found.hourCycle ??= HOUR_LETTERS[text[0]];
  }
  const { locale, calendar, numbering: numberingSystem, zone: timeZone, dateStyle, timeStyle } = state;
  const options = { locale, calendar, numberingSystem, timeZone };
  if (found.hourCycle !== undefined) Object.assign(options, { hourCycle: found.hourCycle, hour12: found.hourCycle === 'h11' || found.hourCycle === 'h12' });
  const hasStyle = dateStyle !== undefined || timeStyle !== undefined;
  if (!hasStyle) for (const name of SHOWN) if (found[name] !== undefined) options[name] = found[name];
  if (dateStyle !== undefined) options.dateStyle = dateStyle;
  if (timeStyle !== undefined) options.timeStyle = timeStyle;
  return options;
}

function clipped(date) {
  const time = date === undefined ? Date.now() : Number(date);
  if (!(Math.abs(time) <= 8.64e15)) throw new RangeError('Invalid time value');
  return Math.trunc(time) + 0;
}

const request = ({ dataLocale, calendar, numbering, zone, pattern }) => ({ locale: dataLocale, calendar, numbering, zone, pattern });

const written = (state, time) => ask('dates_format', { ...request(state), time });
const joined = (parts) => plain(parts.filter((_, index) => index % 2 === 1).join(''));

export const formatted = (state, date) => joined(written(state, clipped(date)));

const kept = states(NAME);

export function DateTimeFormat() {
  const [locales, options] = arguments;
  const made = new.target === undefined ? Object.create(DateTimeFormat.prototype) : Reflect.construct(Object, [], new.target);
  kept.set(made, initialize(locales, options, 'any', 'date', NAME));
  return made;
}

const methods = {
  resolvedOptions() { return resolvedOf(kept.get(this, 'resolvedOptions')) },
  formatToParts(date) {
    const parts = written(kept.get(this, 'formatToParts'), clipped(date));
    return parts.flatMap((type, index) => (index % 2 === 0 ? [{ type, value: parts[index + 1] }] : []));
  },
  get format() {
    const state = unwrapped(kept, 'DateTimeFormat', this);
    state.format ??= nameless((date) => formatted(state, date));
    return state.format;
  },
  formatRange(start, end) {
    const state = kept.get(this, 'formatRange');
    return range(state, start, end).filter((_, index) => index % 3 === 1).join('');
  },
  formatRangeToParts(start, end) {
    const parts = range(kept.get(this, 'formatRangeToParts'), start, end);
    return parts.flatMap((type, index) => (index % 3 === 0 ? [{ type, value: parts[index + 1], source: parts[index + 2] }] : []));
  },
};

// Kinds, texts and sources by turns.
function range(state, start, end) {
  if (start === undefined || end === undefined) throw new TypeError('Invalid time value');
  const from = clipped(start);
  const to = clipped(end);
  return ask('dates_range', { ...request(state), start: from, end: to });
}

laidOut('DateTimeFormat', DateTimeFormat, methods, SERVICE);

const DEFAULTS = new Map();
// `Date.prototype.toLocaleString` and its like.
export function localDate(wanted, filled, caller) {
  return (time, locales, options) => {
    if (Number.isNaN(time)) return 'Invalid Date';
    const isPlain = options === undefined && (locales === undefined || typeof locales === 'string');
    const key = `${filled} ${locales}`;
    let state = isPlain ? DEFAULTS.get(key) : undefined;
    if (state === undefined) {
      state = initialize(locales, options, wanted, filled, caller);
      if (isPlain && DEFAULTS.size < MOST_KEPT) DEFAULTS.set(key, state);
    }
    return formatted(state, time);
  };
}
