// `Intl.RelativeTimeFormat`.
import { ask } from './host.js';
import { canonicalLocales, resolveLocale, NUMBERING_SYSTEMS } from './locales.js';
import { localeMatcher, stringOption } from './options.js';
import { coerced, laidOut, numberOf, requireNew, states } from './class.js';
import { numberingSystemOption } from './numbers.js';

const NAME = 'Intl.RelativeTimeFormat';
const kept = states(NAME);
const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];
const SIZES = { long: '', short: '-short', narrow: '-narrow' };

function partsOf(state, method, value, unit) {
  const number = numberOf(value);
  const given = `${unit}`;
  const single = given.endsWith('s') ? given.slice(0, -1) : given;
  if (!Number.isFinite(number)) throw new RangeError(`Value need to be finite number for ${NAME}.prototype.${method}()`);
  if (!UNITS.includes(single)) throw new RangeError(`Invalid unit argument for ${NAME}.prototype.${method}() '${given}'`);
  const text = Object.is(number, -0) ? '-0' : `${number}`;
  return [single, ask('relative_format', { ...state.host, value: text, unit: single })];
}

export const RelativeTimeFormat = laidOut('RelativeTimeFormat', function () {
  requireNew(new.target, 'RelativeTimeFormat');
  const tags = canonicalLocales(arguments[0]);
  const options = coerced(arguments[1], NAME);
  localeMatcher(options, NAME);
  const numbering = numberingSystemOption(options);
  const found = resolveLocale('r', tags, { nu: { accepts: NUMBERING_SYSTEMS, option: numbering } });
  const style = stringOption(options, 'style', NAME, Object.keys(SIZES), 'long');
  const numeric = stringOption(options, 'numeric', NAME, ['always', 'auto'], 'always');
  const numberingSystem = found.values.nu ?? found.numbering;
  const host = { locale: found.dataLocale, numberingSystem, style: SIZES[style], hasWords: numeric === 'auto' };
  kept.set(this, { locale: found.locale, style, numeric, numberingSystem, host });
}, {
  resolvedOptions() {
    const { locale, style, numeric, numberingSystem } = kept.get(this, 'resolvedOptions');
    return { locale, style, numeric, numberingSystem };
  },
  format(value, unit) {
    const [, parts] = partsOf(kept.get(this, 'format'), 'format', value, unit);
    return parts.map(([, text]) => text).join('');
  },
  formatToParts(value, unit) {
    const [single, parts] = partsOf(kept.get(this, 'formatToParts'), 'formatToParts', value, unit);
    return parts.map(([type, text]) => (type === 'literal' ? { type, value: text } : { type, value: text, unit: single }));
  },
}, 'r');
