// Writes what dates are formatted with, for each locale that Intl.DateTimeFormat has: `node dates.mjs CHECKOUT > dates.bin`.
//
// CHECKOUT is a checkout of https://github.com/unicode-org/cldr-json at tag 48.0.0-BETA3: the calendars other than the Gregorian are not on npm
// at this release. All else comes from npm, see package.json. The file is read by runtime/src/host/intl/dates/data.rs:
//
//   the length of the index (4 bytes, little-endian), the index (JSON, deflated), then the parts, deflated JSON each
//
// The index has `parts`, from a locale and a part's name to place and length, `folders`, from a locale to the one whose data it has, `parents`,
// and what is for all locales. A part holds what differs from the part of the parent, or for a calendar, from the Gregorian or generic one of the same locale;
// null where that has something and this has not.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const here = import.meta.dirname;
const checkout = process.argv[2];
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const fromNpm = (path) => read(join(here, 'node_modules', path));
const CALENDARS = ['buddhist', 'chinese', 'coptic', 'dangi', 'ethiopic', 'hebrew', 'indian', 'islamic', 'japanese', 'persian', 'roc'];
const FILES = { ethioaa: ['ethiopic', 'ethiopic-amete-alem'], ...Object.fromEntries(CALENDARS.map((name) => [name, [name, name]])) };
const STYLES = ['full', 'long', 'medium', 'short'];

const mainOf = (packageName, locale, file) => {
  for (const base of [join(here, 'node_modules', packageName), join(checkout, 'cldr-json', packageName)]) {
    const path = join(base, 'main', locale, file);
    if (existsSync(path)) return read(path).main[locale];
  }
  return undefined;
};

const mapped = (object, map) => Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [key, map(value, key)]));
// Without the alternatives that nothing asks for.
const plain = (object) => Object.fromEntries(Object.entries(object ?? {}).filter(([key]) => !key.includes('-alt-') && !key.includes('-count-')));
const patternOf = (value) => (typeof value === 'string' ? value : value._value);
const numbersOf = (value) => (typeof value === 'string' ? undefined : value._numbers);

const contexts = (names, pick) => mapped(names, (widths) => mapped(widths, pick));

function calendarOf(data) {
  const numbers = {};
  const formats = (from) => STYLES.map((style) => {
    const pattern = patternOf(from[style]);
    if (numbersOf(from[style])) numbers[pattern] = numbersOf(from[style]);
    return pattern;
  });
  const { dateTimeFormats: glue } = data;
  const intervals = { ...glue.intervalFormats };
  const fallback = intervals.intervalFormatFallback;
  delete intervals.intervalFormatFallback;
  return {
    months: contexts(data.months, plain),
    leap: data.monthPatterns && { ...contexts(data.monthPatterns, ({ leap }) => leap) },
    days: contexts(data.days, (days) => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => days[day])),
    periods: contexts(data.dayPeriods, plain),
    eras: mapped(data.eras, plain),
    cyclic: data.cyclicNameSets && mapped(data.cyclicNameSets.years.format, (names) => Object.values(names)),
    dates: formats(data.dateFormats),
    times: formats(data.timeFormats),
    glue: formats(glue),
    at: data['dateTimeFormats-atTime'] && formats(data['dateTimeFormats-atTime'].standard),
    available: mapped(plain(glue.availableFormats), (pattern) => {
      if (numbersOf(pattern)) numbers[patternOf(pattern)] = numbersOf(pattern);
      return patternOf(pattern);
    }),
    append: glue.appendItems,
    intervals: mapped(intervals, plain),
    fallback,
    numbers,
  };
}

const FIELDS = { era: 'Era', year: 'Year', quarter: 'Quarter', month: 'Month', week: 'Week', weekday: 'Day-Of-Week', day: 'Day', hour: 'Hour', minute: 'Minute', second: 'Second', zone: 'Timezone' };

function gregorianOf(locale) {
  const main = mainOf('cldr-dates-full', locale, 'ca-gregorian.json');
  const { fields } = mainOf('cldr-dates-full', locale, 'dateFields.json').dates;
  const { numbers } = mainOf('cldr-numbers-full', locale, 'numbers.json');
  const symbols = Object.entries(numbers).filter(([key]) => key.startsWith('symbols-numberSystem-'));
  return {
    ...calendarOf(main.dates.calendars.gregorian),
    fields: Object.fromEntries(Object.entries(FIELDS).map(([from, to]) => [to, fields[from].displayName])),
    decimals: Object.fromEntries(symbols.map(([key, { decimal }]) => [key.slice('symbols-numberSystem-'.length), decimal])),
    minuses: Object.fromEntries(symbols.map(([key, { minusSign }]) => [key.slice('symbols-numberSystem-'.length), minusSign])),
  };
}

function flat(zones, prefix = '') {
  return Object.entries(zones).flatMap(([name, value]) => {
    const isZone = value._type === 'zone' || ['exemplarCity', 'long', 'short'].some((key) => key in value);
    if (!isZone) return flat(value, `${prefix}${name}/`);
    const { exemplarCity: city, long, short } = value;
    return [[prefix + name, { city, long, short }]];
  });
}

function zonesOf(locale) {
  const names = mainOf('cldr-dates-full', locale, 'timeZoneNames.json').dates.timeZoneNames;
  return {
    hour: names.hourFormat,
    gmt: names.gmtFormat,
    zero: names.gmtZeroFormat,
    region: names.regionFormat,
    fallback: names.fallbackFormat,
    zones: Object.fromEntries(flat(names.zone ?? {})),
    metazones: names.metazone ?? {},
  };
}

// The countries that zones lie in.
const { tz } = fromNpm('cldr-bcp47/bcp47/timezone.json').keyword.u;
const zoneTypes = Object.entries(tz).filter(([key, value]) => !key.startsWith('_') && value._alias);
const regionOf = (key, { _region: region }) => region ?? (/^(utc|unk|gmt)/.test(key) || key.length !== 5 ? undefined : key.slice(0, 2).toUpperCase());
const inUse = new Set(zoneTypes.map(([key, value]) => regionOf(key, value)).filter(Boolean));

function regionsOf(locale) {
  const territories = mainOf('cldr-localenames-full', locale, 'territories.json')?.localeDisplayNames.territories;
  // A locale that has no names of its own has those of its parent.
  if (territories === undefined) return locale === 'und' ? {} : regionsOf(parentOf(locale));
  return Object.fromEntries(Object.entries(territories).filter(([code]) => inUse.has(code)));
}

function difference(from, to) {
  if (typeof from !== 'object' || typeof to !== 'object' || from === null || to === null || Array.isArray(to) || Array.isArray(from)) {
    return JSON.stringify(from) === JSON.stringify(to) ? undefined : to ?? null;
  }
  const changed = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const change = difference(from[key], to[key]);
    if (change !== undefined) changed[key] = change;
  }
  return Object.keys(changed).length === 0 ? undefined : changed;
}

// What is parsed back must not depend on what JSON leaves out.
const clean = (value) => JSON.parse(JSON.stringify(value));
const folders = new Set(readdirSync(join(here, 'node_modules/cldr-dates-full/main')));
const { parentLocale } = fromNpm('cldr-core/supplemental/parentLocales.json').supplemental.parentLocales;
const parentOf = (locale) => {
  if (locale === 'und') return undefined;
  const parent = parentLocale[locale];
  if (parent !== undefined) return parent === 'root' ? 'und' : parent;
  return locale.includes('-') ? locale.slice(0, locale.lastIndexOf('-')) : 'und';
};

// The folder of a locale that Intl has.
function folderOf(tag) {
  const { language, script, region } = new Intl.Locale(tag).maximize();
  const shortest = new Intl.Locale(tag).minimize();
  const own = new Intl.Locale(tag);
  const candidates = [tag, `${language}-${script}-${region}`, own.region ? `${language}-${own.region}` : '', `${language}-${script}`, shortest.baseName, language];
  const scriptOf = (name) => new Intl.Locale(name).maximize().script;
  return candidates.find((name) => name && folders.has(name) && scriptOf(name) === script);
}

const tags = readFileSync(join(here, '../../runtime/src/host/intl/data/locales.txt'), 'utf8').split('\n')
  .filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(' ')).filter(([, services]) => services.includes('d'))
  .map(([tag]) => tag.replace('-u-va-posix', ''));
const folderByTag = Object.fromEntries([...new Set(tags)].map((tag) => [tag, folderOf(tag)]));
const needed = new Set(['und']);
for (const folder of Object.values(folderByTag)) for (let name = folder; name !== undefined; name = parentOf(name)) if (folders.has(name)) needed.add(name);
const parents = {};
for (const name of needed) {
  let parent = parentOf(name);
  while (parent !== undefined && !needed.has(parent)) parent = parentOf(parent);
  if (parent !== undefined) parents[name] = parent;
}

const blobs = [];
let size = 0;
const places = new Map();
const parts = {};
function add(locale, name, value) {
  if (value === undefined) return;
  const text = JSON.stringify(value);
  if (!places.has(text)) {
    const blob = deflateRawSync(Buffer.from(text), { level: 9 });
    places.set(text, [size, blob.length]);
    blobs.push(blob);
    size += blob.length;
  }
  (parts[locale] ??= {})[name] = places.get(text);
}

const whole = {};
const wholeOf = (kind, locale, make) => (whole[`${kind} ${locale}`] ??= clean(make(locale)));
for (const locale of [...needed].sort()) {
  const parent = parents[locale];
  for (const [kind, make] of [['gregorian', gregorianOf], ['zones', zonesOf], ['regions', regionsOf]]) {
    const own = wholeOf(kind, locale, make);
    add(locale, kind, parent === undefined ? own : difference(wholeOf(kind, parent, make), own));
  }
  const gregorian = wholeOf('gregorian', locale, gregorianOf);
  // ICU joins date and time in all calendars as in the Gregorian.
  const common = { fields: gregorian.fields, decimals: gregorian.decimals, minuses: gregorian.minuses };
  const withCommon = (data) => { const made = clean({ ...calendarOf(data), ...common }); made.at = gregorian.at; return made; };
  const generic = withCommon(mainOf('cldr-dates-full', locale, 'ca-generic.json').dates.calendars.generic);
  add(locale, 'generic', difference(gregorian, generic));
  for (const [calendar, [file, key]] of Object.entries(FILES)) {
    const data = mainOf(`cldr-cal-${file}-full`, locale, `ca-${key}.json`);
    if (data === undefined) continue;
    add(locale, calendar, difference(generic, withCommon(data.dates.calendars[key])));
  }
}

const supplemental = (name) => fromNpm(`cldr-core/supplemental/${name}.json`).supplemental;
const minutes = (text) => (text === undefined ? null : Date.parse(`${text.replace(' ', 'T')}Z`) / 60000);
const metazones = supplemental('metaZones').metaZones;
const usage = Object.fromEntries((function walk(zones, prefix) {
  return Object.entries(zones).flatMap(([name, value]) => (Array.isArray(value)
    ? [[prefix + name, value.map(({ usesMetazone: { _mzone, _from, _to } }) => [_mzone, minutes(_from), minutes(_to)])]]
    : walk(value, `${prefix}${name}/`)));
})(metazones.metazoneInfo.timezone, ''));
const golden = {};
for (const { mapZone: { _other, _type, _territory } } of metazones.metazones) (golden[_other] ??= {})[_territory] = _type;
const dayPeriods = mapped(supplemental('dayPeriods').dayPeriodRuleSet, (rules) => mapped(rules, ({ _at, _from, _before }) => {
  const hour = (text) => Number(text.split(':')[0]);
  return _at === undefined ? [hour(_from), hour(_before)] : [hour(_at)];
}));

const index = clean({
  parts,
  parents,
  folders: Object.fromEntries(Object.entries(folderByTag).filter(([tag, folder]) => tag !== folder)),
  zones: Object.fromEntries(zoneTypes.map(([key, value]) => {
    const [name, ...links] = value._alias.split(' ');
    return [name, { links, iana: value._iana, region: regionOf(key, value), metazones: usage[name] }];
  })),
  primary: supplemental('primaryZones').primaryZones,
  golden,
  dayPeriods,
  japanese: Object.values(supplemental('calendarData').calendarData.japanese.eras).map(({ _start }) => _start.split('-').map(Number)),
  digits: Object.fromEntries(Object.entries(supplemental('numberingSystems').numberingSystems).filter(([, system]) => system._digits).map(([name, system]) => [name, system._digits])),
});
const packed = deflateRawSync(Buffer.from(JSON.stringify(index)), { level: 9 });
const head = Buffer.alloc(4);
head.writeUInt32LE(packed.length);
process.stdout.write(Buffer.concat([head, packed, ...blobs]));
