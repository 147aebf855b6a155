// Writes which locales each constructor of Intl has, and their default numbering system, calendar and hour cycle, as the Node that runs
// this answers: `node locales.mjs > locales.txt`.
// ICU's services have data for different sets of locales, and no public table says which, so each is asked about every locale of CLDR
// and the shorter and longer names of it.
import { readFileSync } from 'node:fs';

const { availableLocales } = JSON.parse(readFileSync(new URL('node_modules/cldr-core/availableLocales.json', import.meta.url)));
const SERVICES = { d: 'DateTimeFormat', n: 'NumberFormat', c: 'Collator', p: 'PluralRules', r: 'RelativeTimeFormat', l: 'ListFormat', D: 'DisplayNames', s: 'Segmenter' };

function names(tag) {
  const longest = new Intl.Locale(tag).maximize();
  const { language, script, region } = longest;
  return [tag, longest.baseName, longest.minimize().baseName, language, `${language}-${region}`, `${language}-${script}`];
}

function has(service, tag) {
  try {
    return new Intl[SERVICES[service]](tag, { type: 'language' }).resolvedOptions().locale === tag;
  } catch {
    try { return new Intl[SERVICES[service]](tag).resolvedOptions().locale === tag } catch { return false }
  }
}

const tags = new Set(availableLocales.full.flatMap(names));
for (const tag of ['no', 'nb', 'nn', 'no-NO', 'nb-NO', 'tl', 'sh', 'en-US-u-va-posix']) tags.add(tag);
console.log(`# Locales and the constructors of Intl that have them (${Object.entries(SERVICES).map((pair) => pair.join(' ')).join(', ')}), numbering system, calendar, hour cycle.`);
console.log(`# From Node ${process.versions.node} (ICU ${process.versions.icu}, CLDR ${process.versions.cldr}) by tools/intl-data/locales.mjs.`);
for (const tag of [...tags].sort()) {
  const services = Object.keys(SERVICES).filter((service) => has(service, tag)).join('');
  if (services === '') continue;
  const { calendar, numberingSystem, hourCycle } = new Intl.DateTimeFormat(tag, { hour: 'numeric' }).resolvedOptions();
  console.log(`${tag} ${services} ${numberingSystem} ${calendar} ${hourCycle}`);
}
