// The same dates in many locales.
const d = new Date(Date.UTC(2024, 6, 4, 15, 4, 9, 70));
const UTC = { timeZone: 'UTC' };
for (const locale of 'en-US en-GB en-CA en-AU en-IN en-NZ en-ZA en-IE en sv-SE de-DE de-AT de-CH fr-FR fr-CA fr-CH es-ES es-MX es-AR es-419 it-IT pt-BR pt-PT nl-NL nl-BE da-DK fi-FI nb-NO no pl-PL cs-CZ sk hu ro bg hr sr sr-Latn sl uk ru tr el he ar ar-EG ar-SA fa hi bn ta th vi id ms fil ja-JP zh-CN zh-TW zh-HK ko-KR et lv lt is ca eu gl af sw zu am'.split(' ')) {
  t(`${locale} default`, () => [d.toLocaleString(locale, UTC), d.toLocaleDateString(locale, UTC), d.toLocaleTimeString(locale, UTC)]);
  t(`${locale} date styles`, () => ['full', 'long', 'medium', 'short'].map((dateStyle) => d.toLocaleDateString(locale, { dateStyle, ...UTC })));
  t(`${locale} time styles`, () => ['full', 'long', 'medium', 'short'].map((timeStyle) => d.toLocaleTimeString(locale, { timeStyle, ...UTC })));
  t(`${locale} both`, () => [d.toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short', ...UTC }), d.toLocaleString(locale, { dateStyle: 'long', timeStyle: 'medium', ...UTC })]);
  t(`${locale} usual options`, () => [{ year: 'numeric', month: '2-digit', day: '2-digit' }, { year: 'numeric', month: 'long', day: 'numeric' }, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, { month: 'short', day: 'numeric' }, { hour: '2-digit', minute: '2-digit' }, { weekday: 'short' }, { month: 'long' }].map((options) => d.toLocaleString(locale, { ...options, ...UTC })));
  t(`${locale} resolved`, () => { const { locale: own, calendar, numberingSystem, hourCycle } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions(); return [own, calendar, numberingSystem, hourCycle]; });
}
