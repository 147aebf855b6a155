// Dates in calendars other than the Gregorian one.
const dates = ['2024-03-10', '1970-01-01', '2023-12-31', '2024-09-15'].map((text) => new Date(text));
for (const calendar of ['buddhist', 'chinese', 'coptic', 'dangi', 'ethioaa', 'ethiopic', 'gregory', 'hebrew', 'indian', 'islamic-civil', 'islamic-tbla', 'islamic-umalqura', 'japanese', 'persian', 'roc']) {
  for (const locale of ['en', 'de']) {
    t(`${locale} ${calendar}`, () => dates.map((date) => date.toLocaleDateString(locale, { calendar, timeZone: 'UTC' })));
    t(`${locale} ${calendar} long`, () => dates.map((date) => date.toLocaleDateString(locale, { calendar, timeZone: 'UTC', dateStyle: 'full' })));
    t(`${locale} ${calendar} fields`, () => dates.map((date) => date.toLocaleDateString(locale, { calendar, timeZone: 'UTC', year: 'numeric', month: 'long', day: 'numeric', era: 'short' })));
  }
  t(`${calendar} resolved`, () => new Intl.DateTimeFormat('en', { calendar }).resolvedOptions().calendar);
}
const own = (locale, date) => t(`own calendar of ${locale}`, () => [new Date(date).toLocaleDateString(locale, { timeZone: 'UTC', dateStyle: 'full' }), new Intl.DateTimeFormat(locale).resolvedOptions().calendar]);
own('th', '2024-03-10');
own('fa', '2024-03-10');
own('ja-JP-u-ca-japanese', '2024-03-10');
own('ja-JP-u-ca-japanese', '2019-05-01');
own('zh-TW-u-ca-roc', '2024-03-10');
own('he-u-ca-hebrew', '2024-03-10');
t('supportedValuesOf', () => Intl.supportedValuesOf('calendar').includes('gregory'));
