// What DateTimeFormat makes of its options, one and several at a time.
const d = new Date(Date.UTC(2024, 6, 4, 15, 4, 9, 70));
const UTC = { timeZone: 'UTC' };
for (const options of [{ weekday: 'long' }, { weekday: 'narrow' }, { month: 'narrow' }, { era: 'short' }, { era: 'long', year: 'numeric' }, { year: '2-digit' }, { dayPeriod: 'long', hour: 'numeric' }, { dayPeriod: 'narrow' }, { hour: 'numeric', hourCycle: 'h11' }, { hour: 'numeric', hourCycle: 'h23' }, { hour: 'numeric', hourCycle: 'h24' }, { hour: '2-digit', hour12: false, minute: '2-digit' }, { hour: 'numeric', hour12: true }, { dateStyle: 'long' }, { timeStyle: 'full' }, { timeStyle: 'short', hour12: false }, { timeStyle: 'medium', hourCycle: 'h23' }, { fractionalSecondDigits: 1 }, { fractionalSecondDigits: 2, second: 'numeric' }, { fractionalSecondDigits: 3, minute: 'numeric', second: 'numeric' }, { minute: '2-digit' }, { second: '2-digit' }, { minute: '2-digit', second: '2-digit' }, { year: 'numeric', month: 'long' }, { month: 'long', day: 'numeric' }, { weekday: 'short', day: '2-digit', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }, { day: 'numeric', hour: 'numeric' }, { weekday: 'long', hour: 'numeric' }, { year: 'numeric', day: 'numeric' }, { timeZoneName: 'short' }, { timeZoneName: 'longOffset', month: 'short' }, { numberingSystem: 'arab' }, { numberingSystem: 'deva', dateStyle: 'full' }]) {
  for (const locale of ['en-US', 'en-GB', 'de-DE', 'fr-FR', 'ja-JP']) {
    t(`${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, { ...UTC, ...options }).format(d));
    t(`${locale} ${JSON.stringify(options)} parts`, () => new Intl.DateTimeFormat(locale, { ...UTC, ...options }).formatToParts(d).map(({ type, value }) => `${type}=${value}`).join(' '));
    t(`${locale} ${JSON.stringify(options)} resolved`, () => JSON.stringify(new Intl.DateTimeFormat(locale, { ...UTC, ...options }).resolvedOptions()));
  }
}
for (const options of [{ hour: 'bad' }, { weekday: '' }, { month: 'Long' }, { year: 2024 }, { fractionalSecondDigits: 0 }, { fractionalSecondDigits: 4 }, { fractionalSecondDigits: 'x' }, { timeZoneName: 'tiny' }, { hourCycle: 'h13' }, { calendar: 'x' }, { calendar: 'nothing' }, { numberingSystem: '!' }, { numberingSystem: 'latin' }, { localeMatcher: 'worst' }, { formatMatcher: 'worst' }, { dateStyle: 'tiny' }, { dateStyle: 'short', year: 'numeric' }, { timeStyle: 'short', hour: 'numeric' }, { dateStyle: 'short', weekday: 'long' }, { hour12: 'yes', hour: 'numeric' }, { dateStyle: null }]) {
  t(`checked ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat('en', { ...UTC, ...options }).format(d));
}
t('null', () => new Intl.DateTimeFormat('en', null));
t('locales', () => new Intl.DateTimeFormat(['xx', 'de-XX', 'en']).resolvedOptions().locale);
t('bad locale', () => d.toLocaleString('en_US'));
t('bad locale type', () => d.toLocaleString(5) === d.toLocaleString());
t('null locale', () => d.toLocaleString(null));
t('date with timeStyle', () => d.toLocaleDateString('en', { timeStyle: 'short' }));
t('time with dateStyle', () => d.toLocaleTimeString('en', { dateStyle: 'short' }));
t('date with hour', () => d.toLocaleDateString('en', { ...UTC, hour: 'numeric' }));
t('time with year', () => d.toLocaleTimeString('en', { ...UTC, year: 'numeric' }));
t('invalid', () => [new Date(NaN).toLocaleString(), new Date(NaN).toLocaleDateString('de'), new Date(NaN).toLocaleTimeString('xx')]);
t('invalid format', () => new Intl.DateTimeFormat('en').format(NaN));
t('not a date', () => Date.prototype.toLocaleString.call({}));
t('unicode extension', () => ['en-u-hc-h23', 'en-u-ca-buddhist', 'ar-u-nu-latn', 'th-u-ca-gregory-nu-thai', 'de-u-co-phonebk', 'en-u-hc-h99'].map((locale) => [new Date(d).toLocaleString(locale, UTC), new Intl.DateTimeFormat(locale).resolvedOptions().locale]));
t('supportedLocalesOf', () => [Intl.DateTimeFormat.supportedLocalesOf(['en-US', 'de', 'xx', 'zh-Hant-TW', 'en-XX']), Intl.DateTimeFormat.supportedLocalesOf('fr-u-ca-buddhist'), Intl.DateTimeFormat.supportedLocalesOf()]);
t('without new', () => [Intl.DateTimeFormat() instanceof Intl.DateTimeFormat, Intl.DateTimeFormat.length, Intl.DateTimeFormat.name, Object.prototype.toString.call(Intl.DateTimeFormat())]);
t('bound format', () => { const { format } = new Intl.DateTimeFormat('en', UTC); return [format(d), format.length, format.name, [0, 864e5].map(format)]; });
t('members', () => Object.getOwnPropertyNames(Intl.DateTimeFormat.prototype).sort().join());
t('wrong this', () => Intl.DateTimeFormat.prototype.formatToParts.call({}));
t('subclass', () => { class Own extends Intl.DateTimeFormat { shout(date) { return this.format(date).toUpperCase(); } } return new Own('en', { ...UTC, month: 'short' }).shout(d); });
const r = (options, from, to, locale = 'en-US') => t(`range ${locale} ${JSON.stringify(options)} ${from} ${to}`, () => [new Intl.DateTimeFormat(locale, { ...UTC, ...options }).formatRange(new Date(from), new Date(to)), new Intl.DateTimeFormat(locale, { ...UTC, ...options }).formatRangeToParts(new Date(from), new Date(to)).map(({ type, value, source }) => `${source[0]}:${type}=${value}`).join('|')]);
for (const locale of ['en-US', 'de-DE', 'ja-JP']) {
  for (const options of [{}, { dateStyle: 'medium' }, { dateStyle: 'long' }, { month: 'short', day: 'numeric' }, { year: 'numeric', month: 'long' }]) {
    for (const [from, to] of [['2024-01-10', '2024-01-10'], ['2024-01-10', '2024-01-20'], ['2024-01-10', '2024-02-20'], ['2024-01-10', '2025-02-20']]) r(options, from, to, locale);
  }
  for (const options of [{ hour: 'numeric' }, { hour: 'numeric', minute: '2-digit' }, { dateStyle: 'short', timeStyle: 'short' }]) {
    for (const [from, to] of [['2024-01-10T10:00Z', '2024-01-10T11:30Z'], ['2024-01-10T10:00Z', '2024-01-10T15:30Z'], ['2024-01-10T10:00Z', '2024-01-11T15:30Z']]) r(options, from, to, locale);
  }
}
t('range invalid', () => new Intl.DateTimeFormat('en').formatRange(undefined, 1));
t('range NaN', () => new Intl.DateTimeFormat('en').formatRange(NaN, 1));
