// Lists of locales as the constructors of Intl take them, and the locale that a constructor works with. Which locales there are and their
// canonical names are the host's; answers that are asked for over and over are kept.
import { ask } from './host.js';
import { localeMatcher, optionsObject } from './options.js';

const MOST_KEPT = 100;
const FALLBACK = 'en-US';
// Numbering systems that are digits, each with a code of its own.
export const NUMBERING_SYSTEMS = 'adlm ahom arab arabext bali beng bhks brah cakm cham deva diak fullwide gara gong gonm gujr gukh guru hanidec hmng hmnp java kali kawi khmr knda krai lana lanatham laoo latn lepc limb mathbold mathdbl mathmono mathsanb mathsans mlym modi mong mroo mtei mymr mymrepka mymrpao mymrshan mymrtlng nagm newa nkoo olck onao orya osma outlined rohg saur segment shrd sind sinh sora sund sunu takr talu tamldec telu thai tibt tirh tnsa tols vaii wara wcho'.split(' ');

function keeping(compute) {
  const kept = new Map();
  return (key, ...rest) => {
    let answer = kept.get(key);
    if (answer === undefined) {
      answer = compute(key, ...rest);
      if (kept.size < MOST_KEPT) kept.set(key, answer);
    }
    return answer;
  };
}

const canonicalTag = keeping((tag) => ask('locales_canonical', { tags: [tag] })[0]);

// Set by the file that has Intl.Locale: the tag of one, or undefined for whatever else.
let tagOfLocale = () => undefined;
export function setTagOfLocale(read) { tagOfLocale = read }

function tagOf(value) {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null) && typeof value !== 'function') {
    throw new TypeError('Language ID should be string or object.');
  }
  return tagOfLocale(value) ?? canonicalTag(`${value}`);
}

export function canonicalLocales(locales) {
  if (locales === undefined) return [];
  if (typeof locales === 'string' || (typeof locales === 'object' && locales !== null && tagOfLocale(locales) !== undefined)) return [tagOf(locales)];
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  const list = Object(locales);
  const length = Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), Number.MAX_SAFE_INTEGER);
  const tags = [];
  for (let index = 0; index < length; index++) {
    if (!(index in list)) continue;
    const tag = tagOf(list[index]);
    if (!tags.includes(tag)) tags.push(tag);
  }
  return tags;
}

const match = keeping((key, service, tags) => ask('locales_match', { service, tags }));
const matched = (service, tags) => match(`${service} ${tags.join(' ')}`, service, tags);

// What a constructor works with. `service` is its letter in the host's table of locales, `tags` come from canonicalLocales. `keys` are the
// relevant extension keys in the order of the alphabet, each with what is accepted (a list, or a function of the value) and the value that an option asks for:
// `{ nu: { accepts: NUMBERING_SYSTEMS, option: 'latn' } }`. The answer has the locale with the extension that was taken, the locale without
// (`dataLocale`), the values (undefined where neither the tag nor an option says), and the locale's own `numbering`, `calendar` and `hour_cycle`.
export function resolveLocale(service, tags, keys = {}) {
  const found = matched(service, tags.length === 0 ? [FALLBACK] : tags);
  const values = {};
  let extension = '';
  for (const key of Object.keys(keys).sort()) {
    const { accepts, option } = keys[key];
    const isAccepted = (value) => (typeof accepts === 'function' ? accepts(value) : accepts.includes(value));
    const inTag = found.keywords[key];
    // A keyword without a value means true.
    const asked = inTag === '' ? 'true' : inTag;
    if (asked !== undefined && isAccepted(asked)) {
      values[key] = asked;
      if (option === undefined || !isAccepted(option) || option === asked) extension += asked === 'true' ? `-${key}` : `-${key}-${asked}`;
    }
    if (option !== undefined && isAccepted(option)) values[key] = option;
  }
  const { locale, numbering, calendar, hour_cycle } = found;
  const base = locale.endsWith('-u-va-posix') ? locale.slice(0, -11) : locale;
  const posix = base === locale ? '' : '-va-posix';
  return { locale: extension + posix === '' ? base : `${base}-u${extension}${posix}`, dataLocale: base, values, numbering, calendar, hour_cycle };
}

export function supportedLocalesOf(service, name, locales, options) {
  const tags = canonicalLocales(locales);
  if (options !== undefined) localeMatcher(optionsObject(options), name);
  if (tags.length === 0) return [];
  const { supported } = matched(service, tags);
  return tags.filter((_, index) => supported[index]);
}

export const getCanonicalLocales = (locales) => canonicalLocales(locales);
