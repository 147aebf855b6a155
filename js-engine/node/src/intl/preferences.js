// What a locale prefers: calendars, orders, hours, digits, the week and the direction of its script.
import { ask } from './host.js';
import { resolveLocale } from './locales.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
// Beside those that every language has.
const COLLATIONS = {
  ar: ['compat'], bn: ['trad'], de: ['phonebk'], es: ['trad'], fi: ['trad'], ja: ['unihan'], kn: ['trad'], ko: ['searchjl', 'unihan'], ln: ['phonetic'],
  sa: ['trad'], si: ['dict'], sv: ['trad'], vi: ['trad'], zh: ['pinyin', 'stroke', 'unihan', 'zhuyin'],
};
const CYCLES = { h: 'h12', H: 'h23', K: 'h11', k: 'h24' };

const texts = (keys) => ask('texts', { locale: 'supplement', keys });
const likely = ({ tag }) => ask('locale_likely', { locale: tag })[0].split('-');
const regionOf = (state) => state.parts.region ?? likely(state).find((part) => /^(?:[A-Z]{2}|\d{3})$/.test(part)) ?? '001';
const scriptOf = (state) => state.parts.script ?? likely(state).find((part) => /^[A-Z][a-z]{3}$/.test(part));
const keyword = ({ parts }, key) => parts.keywords.get(key)?.join('-');

export const preferences = {
  calendars(state) {
    const own = keyword(state, 'ca');
    if (own !== undefined) return [own];
    const [ofRegion, ofWorld] = texts([`calendars/${regionOf(state)}`, 'calendars/001']);
    const names = { gregorian: 'gregory', 'ethiopic-amete-alem': 'ethioaa' };
    return (ofRegion ?? ofWorld).split(' ').map((name) => names[name] ?? name).filter((name) => name !== 'islamic-rgsa' && name !== 'islamic-umalqura');
  },
  collations(state) {
    const own = keyword(state, 'co');
    if (own !== undefined) return [own];
    return ['emoji', 'eor', ...(COLLATIONS[state.parts.language] ?? [])].sort();
  },
  hourCycles(state) {
    const own = keyword(state, 'hc');
    if (own !== undefined) return [own];
    const region = regionOf(state);
    const [ofLocale, ofRegion, ofWorld] = texts([`hours/${state.parts.language}-${region}`, `hours/${region}`, 'hours/001']);
    return [CYCLES[(ofLocale ?? ofRegion ?? ofWorld)[0]]];
  },
  numberingSystems(state) { return [keyword(state, 'nu') ?? resolveLocale('n', [state.tag]).numbering]; },
  textInfo(state) {
    const [direction] = texts([`direction/${scriptOf(state)}`]);
    return { direction: direction ?? 'ltr' };
  },
  timeZones(state) {
    const { region } = state.parts;
    return region === undefined ? undefined : zonesOf(region);
  },
  weekInfo(state) {
    const region = regionOf(state);
    const both = (name) => [`week/${name}/${region}`, `week/${name}/001`];
    const found = texts([...both('first'), ...both('least'), ...both('from'), ...both('to')]);
    const [first, least, from, to] = [0, 2, 4, 6].map((place) => found[place] ?? found[place + 1]);
    const day = (name) => DAYS.indexOf(name) + 1;
    const weekend = [day(from)];
    while (weekend.at(-1) !== day(to)) weekend.push((weekend.at(-1) % 7) + 1);
    return { firstDay: day(first), weekend, minimalDays: Number(least) };
  },
};

// Set by the file that knows the zones.
let zonesOf = () => [];
export function setZonesOf(read) { zonesOf = read; }
