// `Intl.ListFormat`. The patterns are the host's, the list is put together here.
import { ask } from './host.js';
import { canonicalLocales, resolveLocale } from './locales.js';
import { localeMatcher, stringOption } from './options.js';
import { laidOut, requireNew, states, strict } from './class.js';

const NAME = 'Intl.ListFormat';
const kept = states(NAME);
const KINDS = { conjunction: 'standard', disjunction: 'or', unit: 'unit' };
const PLACES = ['2', 'start', 'middle', 'end'];

function stringsOf(list) {
  if (list === undefined) return [];
  if (list === null || list[Symbol.iterator] === undefined) {
    throw new TypeError(`${typeof list} ${String(list)} is not iterable (cannot read property Symbol(Symbol.iterator))`);
  }
  const strings = [];
  for (const item of list) {
    if (typeof item !== 'string') throw new TypeError(`Iterable yielded ${String(item)} which is not a string`);
    strings.push(item);
  }
  return strings;
}

// Spanish says e and u before the sounds of the words y and o, and Hebrew puts a hyphen before what is not Hebrew.
const BEFORE_I = /^(?:i|hi(?!a|e))/i;
const BEFORE_O = /^(?:o|ho|8|11(?:\s|$))/i;
const HEBREW = /^\p{Script=Hebrew}/u;

function spoken(language, pattern, next) {
  if (language === 'es') {
    if (pattern === '{0} y {1}' && BEFORE_I.test(next)) return '{0} e {1}';
    if (pattern === '{0} o {1}' && BEFORE_O.test(next)) return '{0} u {1}';
  }
  if (language === 'he' && pattern.endsWith(' ו{1}') && !HEBREW.test(next)) return pattern.replace('ו{1}', 'ו-{1}');
  return pattern;
}

function patternsOf(state) {
  state.patterns ??= ask('texts', { locale: state.data, keys: PLACES.map((place) => `list/${state.kind}/${place}`) });
  return state.patterns;
}

// Parts of what is there and what is added behind it.
function joined(state, pattern, parts, item) {
  const [before, rest] = spoken(state.language, pattern, item).split('{0}');
  const [between, after] = rest.split('{1}');
  const literal = (value) => ({ type: 'literal', value });
  return [literal(before), ...parts, literal(between), { type: 'element', value: item }, literal(after)];
}

function partsOf(state, list) {
  const items = stringsOf(list);
  if (items.length === 0) return [];
  let parts = [{ type: 'element', value: items[0] }];
  if (items.length > 1) {
    const [two, start, middle, end] = patternsOf(state);
    for (let index = 1; index < items.length; index++) {
      const isLast = index === items.length - 1;
      parts = joined(state, items.length === 2 ? two : index === 1 ? start : isLast ? end : middle, parts, items[index]);
    }
  }
  return parts.filter(({ value }) => value !== '');
}

export const ListFormat = laidOut('ListFormat', function () {
  requireNew(new.target, 'ListFormat');
  const tags = canonicalLocales(arguments[0]);
  const options = strict(arguments[1]);
  localeMatcher(options, NAME);
  const { locale, dataLocale } = resolveLocale('l', tags);
  const type = stringOption(options, 'type', NAME, Object.keys(KINDS), 'conjunction');
  const style = stringOption(options, 'style', NAME, ['long', 'short', 'narrow'], 'long');
  const kind = style === 'long' ? KINDS[type] : `${KINDS[type]}-${style}`;
  kept.set(this, { locale, type, style, kind, data: dataLocale, language: dataLocale.split('-')[0] });
}, {
  resolvedOptions() {
    const { locale, type, style } = kept.get(this, 'resolvedOptions');
    return { locale, type, style };
  },
  format(list) { return partsOf(kept.get(this, 'format'), list).map(({ value }) => value).join(''); },
  formatToParts(list) { return partsOf(kept.get(this, 'formatToParts'), list); },
}, 'l');
