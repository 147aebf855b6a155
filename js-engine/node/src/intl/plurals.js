// `Intl.PluralRules`.
import { ask } from './host.js';
import { canonicalLocales, resolveLocale } from './locales.js';
import { localeMatcher, stringOption } from './options.js';
import { coerced, laidOut, numberOf, requireNew, states } from './class.js';
import { digitOptions } from './digits.js';

const NAME = 'Intl.PluralRules';
const kept = states(NAME);

const text = (number) => (Object.is(number, -0) ? '0' : `${number}`);
const select = ({ host, digits }, value, end) => ask('plural_select', { ...host, digits, value, end });

export const PluralRules = laidOut('PluralRules', function () {
  requireNew(new.target, 'PluralRules');
  const tags = canonicalLocales(arguments[0]);
  const options = coerced(arguments[1], NAME);
  localeMatcher(options, NAME);
  const type = stringOption(options, 'type', NAME, ['cardinal', 'ordinal'], 'cardinal');
  const digits = digitOptions(options, 0, 3, false);
  const { locale, dataLocale } = resolveLocale('p', tags);
  kept.set(this, { locale, type, digits, host: { locale: dataLocale, ordinal: type === 'ordinal' } });
}, {
  resolvedOptions() {
    const { locale, type, digits, host } = kept.get(this, 'resolvedOptions');
    const options = { locale, type, minimumIntegerDigits: digits.minimumIntegerDigits };
    const names = digits.maximumSignificantDigits === undefined ? ['minimumFractionDigits', 'maximumFractionDigits'] : ['minimumSignificantDigits', 'maximumSignificantDigits'];
    for (const name of names) options[name] = digits[name];
    options.pluralCategories = ask('plural_select', host);
    return options;
  },
  select(value) {
    const state = kept.get(this, 'select');
    return select(state, text(numberOf(value)));
  },
  selectRange(start, end) {
    const state = kept.get(this, 'selectRange');
    for (const [name, value] of [['startRange', start], ['endRange', end]]) if (value === undefined) throw new TypeError(`Invalid ${name} : undefined`);
    const [from, to] = [numberOf(start), numberOf(end)];
    for (const [name, value] of [['startRange', from], ['endRange', to]]) if (Number.isNaN(value)) throw new RangeError(`Invalid ${name} : NaN`);
    return select(state, text(from), text(to));
  },
}, 'p');
