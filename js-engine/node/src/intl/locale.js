// `Intl.Locale`: a canonical tag, taken apart. What a locale prefers without saying so is the host's.
import { ask } from './host.js';
import { canonicalLocales, setTagOfLocale } from './locales.js';
import { stringOption } from './options.js';
import { coerced, laidOut, requireNew, states } from './class.js';
import { preferences } from './preferences.js';

const kept = states('Intl.Locale');
const { defineProperty } = Object;
const TYPE = /^[a-z0-9]{3,8}(?:-[a-z0-9]{3,8})*$/i;
const incorrect = () => new RangeError('Incorrect locale information provided');

setTagOfLocale((value) => kept.find(value)?.tag);

// The language, script, region and variants; the keywords of the Unicode extension; and what else there is, in its order.
function takenApart(tag) {
  const start = tag.search(/-[a-z0-9](?:-|$)/);
  const [language, ...rest] = (start === -1 ? tag : tag.slice(0, start)).split('-');
  const script = /^[A-Za-z]{4}$/.test(rest[0] ?? '') ? rest.shift() : undefined;
  const region = /^(?:[A-Za-z]{2}|\d{3})$/.test(rest[0] ?? '') ? rest.shift() : undefined;
  const extensions = start === -1 ? [] : tag.slice(start + 1).split(/-(?=[a-z0-9](?:-|$))/);
  const own = extensions.findIndex((extension) => extension.startsWith('x'));
  const others = own === -1 ? extensions : [...extensions.slice(0, own), extensions.slice(own).join('-')];
  const unicode = others.find((extension) => extension.startsWith('u-'));
  return { language, script, region, variants: rest, keywords: keywordsOf(unicode), attributes: attributesOf(unicode), others: others.filter((extension) => extension !== unicode) };
}

const attributesOf = (unicode) => (unicode === undefined ? [] : unicode.slice(2).split('-').slice(0, Math.max(0, unicode.slice(2).split('-').findIndex((part) => part.length === 2))));

function keywordsOf(unicode) {
  const keywords = new Map();
  let key;
  for (const part of unicode?.slice(2).split('-') ?? []) {
    if (part.length === 2) keywords.set(key = part, []);
    else if (key !== undefined) keywords.get(key).push(part);
  }
  return keywords;
}

function put({ language, script, region, variants, keywords, attributes, others }) {
  const words = [...keywords].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, value]) => [key, ...value]);
  const unicode = words.length + attributes.length === 0 ? [] : [['u', ...attributes, ...words].join('-')];
  const extensions = [...others.filter((other) => other[0] < 'u'), ...unicode, ...others.filter((other) => other[0] > 'u')];
  return [language, script, region, ...variants, ...extensions].filter((part) => part !== undefined).join('-');
}

// Options of the tag itself.
function idOption(options, name, pattern) {
  const value = stringOption(options, name, 'Intl.Locale');
  if (value !== undefined && !pattern.test(value)) throw incorrect();
  return value;
}

const KEYWORDS = [
  ['calendar', 'ca', TYPE], ['collation', 'co', TYPE], ['hourCycle', 'hc', ['h11', 'h12', 'h23', 'h24']], ['caseFirst', 'kf', ['upper', 'lower', 'false']],
  ['numeric', 'kn', undefined], ['numberingSystem', 'nu', TYPE],
];

function keywordOption(options, name, accepted) {
  if (accepted === undefined) return options[name] === undefined ? undefined : `${Boolean(options[name])}`;
  if (Array.isArray(accepted)) return stringOption(options, name, 'locale', accepted);
  return idOption(options, name, accepted);
}

function made(tag, options) {
  const language = idOption(options, 'language', /^(?!root$)(?:[a-z]{2,3}|[a-z]{5,8})$/i);
  const script = idOption(options, 'script', /^[a-z]{4}$/i);
  const region = idOption(options, 'region', /^(?:[a-z]{2}|\d{3})$/i);
  const parts = takenApart(tag);
  Object.assign(parts, { language: language ?? parts.language, script: script ?? parts.script, region: region ?? parts.region });
  let isChanged = language !== undefined || script !== undefined || region !== undefined;
  for (const [name, key, accepted] of KEYWORDS) {
    const value = keywordOption(options, name, accepted);
    if (value === undefined) continue;
    isChanged = true;
    parts.keywords.set(key, value === 'true' ? [] : value.toLowerCase().split('-'));
  }
  return isChanged ? canonicalLocales(put(parts))[0] : tag;
}

function withTag(tag) {
  const locale = Object.create(Locale.prototype);
  kept.set(locale, { tag, parts: takenApart(tag) });
  return locale;
}

const keyword = (name, key) => function value() { return kept.get(this, name).parts.keywords.get(key)?.join('-'); };
const part = (name) => function value() { return kept.get(this, name).parts[name]; };

export const Locale = laidOut('Locale', function (tag) {
  requireNew(new.target, 'Locale');
  if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError("First argument to Intl.Locale constructor can't be empty or missing");
  const [canonical] = canonicalLocales(kept.find(tag)?.tag ?? `${tag}`);
  const whole = made(canonical, coerced(arguments[1], 'Intl.Locale'));
  kept.set(this, { tag: whole, parts: takenApart(whole) });
}, {
  toString() { return kept.get(this, 'toString').tag; },
  maximize() { return withTag(ask('locale_likely', { locale: kept.get(this, 'maximize').tag })[0]); },
  minimize() { return withTag(ask('locale_likely', { locale: kept.get(this, 'minimize').tag })[1]); },
}, undefined, 1);

const getters = {
  language() { const { language } = kept.get(this, 'language').parts; return language === 'und' ? undefined : language; },
  script: part('script'),
  region: part('region'),
  baseName() {
    const { parts } = kept.get(this, 'baseName');
    const posix = parts.keywords.get('va')?.[0] === 'posix' ? '-u-va-posix' : '';
    return put({ ...parts, keywords: new Map(), attributes: [], others: [] }) + posix;
  },
  calendar: keyword('calendar', 'ca'),
  caseFirst: keyword('caseFirst', 'kf'),
  collation: keyword('collation', 'co'),
  hourCycle: keyword('hourCycle', 'hc'),
  numeric() { const value = kept.get(this, 'numeric').parts.keywords.get('kn'); return value !== undefined && value[0] !== 'false'; },
  numberingSystem: keyword('numberingSystem', 'nu'),
};
// The same as getters, which Node 20 has, and as methods, which later ones have.
for (const [name, read] of Object.entries(preferences)) {
  getters[name] = function value() { return read(kept.get(this, name)); };
}
for (const [name, get] of Object.entries(getters)) {
  defineProperty(get, 'name', { value: `get ${name}`, configurable: true });
  defineProperty(Locale.prototype, name, { get, set: undefined, enumerable: false, configurable: true });
}
for (const [name, read] of Object.entries(preferences)) {
  const method = `get${name[0].toUpperCase()}${name.slice(1)}`;
  const methods = { [method]() { return read(kept.get(this, method)); } };
  defineProperty(Locale.prototype, method, { value: methods[method], writable: true, configurable: true });
}
