// `Intl.Collator`. Texts of ASCII letters are compared in the engine where the language keeps the root's order of them; for others the host
// gives a sort key per text, and the keys are compared.
import { askBytes } from './host.js';
import { canonicalLocales, resolveLocale } from './locales.js';
import { booleanOption, localeMatcher, stringOption } from './options.js';
import { coerced, laidOut, nameless, states } from './class.js';
import { COLLATIONS } from './values.js';

const NAME = 'Intl.Collator';
const kept = states(NAME);
const TYPE = /^[a-z0-9]{3,8}(?:-[a-z0-9]{3,8})*$/i;
const FIRST = ['upper', 'lower', 'false'];
// Languages that order ASCII as the root does, by themselves and in all regions.
const ROOT_ORDER = new Set('ar ca de el en es fi fr he hi id it ja ko nl pl pt ro ru sv uk zh'.split(' '));
// Languages that put capital letters first.
const UPPER_FIRST = new Set(['da', 'mt']);
// Keys that a collator keeps, so that a sort asks once for each text.
const MOST_KEYS = 5000;
const LONGEST_KEPT = 500;

// Which languages have an order of a name.
const OF_LANGUAGE = {
  compat: ['ar'], dict: ['si'], phonebk: ['de'], phonetic: ['ln'], pinyin: ['zh'], stroke: ['zh'], zhuyin: ['zh'],
  trad: ['bn', 'es', 'fi', 'kn', 'sa', 'sv', 'vi'], unihan: ['ja', 'ko', 'zh'], searchjl: ['ko'],
};

function accepts(language) {
  return (value) => value === 'emoji' || value === 'eor' || (COLLATIONS.includes(value) && OF_LANGUAGE[value].includes(language));
}

function resolved(locales, given) {
  const tags = canonicalLocales(locales);
  const options = coerced(given, NAME);
  const usage = stringOption(options, 'usage', NAME, ['sort', 'search'], 'sort');
  localeMatcher(options, NAME);
  const collation = options.collation === undefined ? undefined : `${options.collation}`;
  if (collation !== undefined && !TYPE.test(collation)) throw new RangeError(`Invalid collation : ${collation}`);
  const numeric = booleanOption(options, 'numeric', undefined);
  const caseFirst = stringOption(options, 'caseFirst', NAME, FIRST);
  const { dataLocale } = resolveLocale('c', tags);
  const language = dataLocale.split('-')[0];
  const found = resolveLocale('c', tags, {
    co: { accepts: usage === 'search' ? [] : accepts(language), option: collation },
    kf: { accepts: FIRST },
    kn: { accepts: ['true', 'false'] },
  });
  const sensitivity = stringOption(options, 'sensitivity', NAME, ['base', 'accent', 'case', 'variant'], 'variant');
  const ignorePunctuation = booleanOption(options, 'ignorePunctuation', language === 'th');
  // The tag keeps what it said where an option says otherwise.
  const values = {
    co: found.values.co,
    kf: caseFirst ?? found.values.kf ?? (UPPER_FIRST.has(language) ? 'upper' : 'false'),
    kn: numeric ?? found.values.kn === 'true',
  };
  return { locale: found.locale, language, usage, sensitivity, ignorePunctuation, ...values, order: orderOf(dataLocale, usage, values, sensitivity, ignorePunctuation) };
}

function orderOf(locale, usage, { co, kf, kn }, sensitivity, ignorePunctuation) {
  const collation = co === undefined || usage === 'search' ? '' : `-co-${co}`;
  return { locale: `${locale}-u${collation}-kf-${kf}-kn-${kn}`, sensitivity, ignorePunctuation };
}

const keyOf = (state, text) => hb.decodeUtf8(askBytes('collation_keys', { order: state.order }, [hb.encodeUtf8(text.isWellFormed() ? text : text.toWellFormed())]));

function keptKey(state, text) {
  if (text.length > LONGEST_KEPT) return keyOf(state, text);
  let key = state.keys.get(text);
  if (key === undefined) {
    key = keyOf(state, text);
    if (state.keys.size >= MOST_KEYS) state.keys.clear();
    state.keys.set(text, key);
  }
  return key;
}

function prepared(state) {
  state.keys = new Map();
  state.isRoot = ROOT_ORDER.has(state.language) && state.co === undefined && state.kf === 'false' && !state.kn && !state.ignorePunctuation;
  state.isCased = state.sensitivity === 'variant' || state.sensitivity === 'case';
  return state;
}

function compare(state, left, right) {
  if (left === right) return 0;
  if (state.keys === undefined) prepared(state);
  if (state.isRoot) {
    const order = hb.asciiOrder(left, right, state.isCased);
    if (order !== 2) return order;
  }
  const [a, b] = [keptKey(state, left), keptKey(state, right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

export const Collator = laidOut('Collator', function () {
  const collator = new.target === undefined ? Object.create(Collator.prototype) : this;
  kept.set(collator, resolved(arguments[0], arguments[1]));
  return collator;
}, {
  resolvedOptions() {
    const { locale, usage, sensitivity, ignorePunctuation, co, kf, kn } = kept.get(this, 'resolvedOptions');
    return { locale, usage, sensitivity, ignorePunctuation, collation: co ?? 'default', numeric: kn, caseFirst: kf };
  },
  get compare() {
    const state = kept.get(this, 'get compare');
    state.bound ??= nameless((left, right) => compare(state, `${left}`, `${right}`));
    return state.bound;
  },
}, 'c');

// `localeCompare` is called for each pair of a sort: the collator is kept as long as it is the same.
let last;
export function compareInLocale(left, right, locales, options) {
  if (options !== undefined || (locales !== undefined && typeof locales !== 'string')) return compare(resolved(locales, options), left, right);
  if (last === undefined || last.asked !== locales) last = { asked: locales, state: resolved(locales, undefined) };
  return compare(last.state, left, right);
}
