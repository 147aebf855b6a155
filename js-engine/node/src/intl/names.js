// `Intl.DisplayNames`. Names of languages are put together in the host, the others are looked up there.
import { ask } from './host.js';
import { canonicalLocales, resolveLocale } from './locales.js';
import { localeMatcher, stringOption } from './options.js';
import { laidOut, requireNew, states, strict } from './class.js';

const NAME = 'Intl.DisplayNames';
const kept = states(NAME);
const TYPES = ['language', 'region', 'script', 'currency', 'calendar', 'dateTimeField'];
const LANGUAGE = /^(?:[a-z]{2,3}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-z0-9](?:-[a-z0-9]{1,8})+)*$/i;
const FIELDS = { era: 'era', year: 'year', quarter: 'quarter', month: 'month', weekOfYear: 'week', weekday: 'weekday', day: 'day', dayPeriod: 'dayperiod', hour: 'hour', minute: 'minute', second: 'second', timeZoneName: 'zone' };

const fail = () => { throw new RangeError('invalid_argument'); };
const expect = (pattern, code) => (pattern.test(code) ? code : fail());
const text = (state, keys) => ask('texts', { locale: state.data, keys }).find((found) => found !== null);
const sized = (state, key) => (state.style === 'long' ? [key] : [`${key}/short`, key]);

function language(state, code) {
  if (code === 'und' || code === 'root') return 'root';
  expect(LANGUAGE, code);
  let tag;
  try { [tag] = canonicalLocales(code); } catch { fail(); }
  const plain = tag.replace(/-(?:[a-wyz0-9]|x)-.*$/, '');
  return ask('language_name', { locale: state.data, code: plain, isShort: state.style !== 'long', hasDialects: state.languageDisplay === 'dialect' }) ?? undefined;
}

const LOOKUPS = {
  language,
  region: (state, code) => text(state, sized(state, `region/${expect(/^(?:[a-z]{2}|\d{3})$/i, code)}`)),
  script: (state, code) => text(state, sized(state, `script/${expect(/^[a-z]{4}$/i, code)}`)),
  currency: (state, code) => text(state, [`cur/${expect(/^[a-z]{3}$/i, code).toUpperCase()}/name`]),
  calendar: (state, code) => text(state, [`type/ca/${expect(/^[a-z0-9]{3,8}(?:[-_][a-z0-9]{3,8})*$/i, code)}`]),
  dateTimeField(state, code) {
    if (!Object.hasOwn(FIELDS, code)) fail();
    return text(state, [`field/${FIELDS[code]}${state.style === 'long' ? '' : `-${state.style}`}`]);
  },
};

export const DisplayNames = laidOut('DisplayNames', function (locales, options) {
  requireNew(new.target, 'DisplayNames');
  const tags = canonicalLocales(locales);
  if (options === undefined) throw new TypeError('invalid_argument');
  const given = strict(options);
  localeMatcher(given, NAME);
  const style = stringOption(given, 'style', NAME, ['narrow', 'short', 'long'], 'long');
  const type = stringOption(given, 'type', NAME, TYPES);
  if (type === undefined) throw new TypeError('invalid_argument');
  const fallback = stringOption(given, 'fallback', NAME, ['code', 'none'], 'code');
  const languageDisplay = stringOption(given, 'languageDisplay', NAME, ['dialect', 'standard'], 'dialect');
  const { locale, dataLocale } = resolveLocale('D', tags);
  kept.set(this, { locale, style, type, fallback, languageDisplay, data: dataLocale });
}, {
  resolvedOptions() {
    const { locale, style, type, fallback, languageDisplay } = kept.get(this, 'resolvedOptions');
    return { locale, style, type, fallback, ...(type === 'language' ? { languageDisplay } : {}) };
  },
  of(code) {
    const state = kept.get(this, 'of');
    const asked = `${code}`;
    return LOOKUPS[state.type](state, asked) ?? (state.fallback === 'code' ? asked : undefined);
  },
}, 'D', 2);
