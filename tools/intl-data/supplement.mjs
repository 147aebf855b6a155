// What no locale owns: `digits/arab`, `fraction/JPY`, and of regions the week (`week/first/US`), the hours (`hours/US`), the calendars
// (`calendars/TH`); `direction/Arab` of a script; and of languages the rules of their plurals (`plural/cardinal/en/one`, `plural/range/en/one-other`).
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const supplemental = (file) => require(`cldr-core/supplemental/${file}.json`).supplemental;

export function supplement(put) {
  for (const [name, { _digits }] of Object.entries(supplemental('numberingSystems').numberingSystems)) if (_digits !== undefined) put(`digits/${name}`, _digits);
  for (const [code, fields] of Object.entries(supplemental('currencyData').currencyData.fractions)) put(`fraction/${code}`, fields._digits);
  const { weekData } = supplemental('weekData');
  for (const [key, name] of [['firstDay', 'first'], ['minDays', 'least'], ['weekendStart', 'from'], ['weekendEnd', 'to']]) {
    for (const [region, value] of Object.entries(weekData[key])) if (!region.includes('-alt-')) put(`week/${name}/${region}`, value);
  }
  for (const [region, fields] of Object.entries(supplemental('timeData').timeData)) put(`hours/${region}`, `${fields._preferred} ${fields._allowed}`);
  for (const [region, list] of Object.entries(supplemental('calendarPreferenceData').calendarPreferenceData)) put(`calendars/${region}`, Array.isArray(list) ? list.join(' ') : list);
  for (const [script, fields] of Object.entries(require('cldr-core/scriptMetadata.json').scriptMetadata)) if (fields.rtl === 'YES') put(`direction/${script}`, 'rtl');
  for (const kind of ['cardinal', 'ordinal']) {
    const all = supplemental(kind === 'cardinal' ? 'plurals' : 'ordinals')[`plurals-type-${kind}`];
    for (const [language, rules] of Object.entries(all)) {
      for (const [name, rule] of Object.entries(rules)) put(`plural/${kind}/${language}/${name.slice('pluralRule-count-'.length)}`, rule.split('@')[0].trim());
    }
  }
  for (const [language, ranges] of Object.entries(supplemental('pluralRanges').plurals)) {
    for (const [name, result] of Object.entries(ranges)) {
      const [, start, end] = /^pluralRange-start-(\w+)-end-(\w+)$/.exec(name);
      put(`plural/range/${language}/${start}-${end}`, result);
    }
  }
}
