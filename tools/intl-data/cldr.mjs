// Makes the table of locale data from CLDR's JSON: `npm ci && node cldr.mjs ../../runtime/src/host/intl/data/cldr.bin`. The result is committed, so that a build needs neither
// npm nor the 300 MB of JSON; `build.rs` of the runtime inflates it and `data.rs` there reads it in place.
//
// A locale's row holds what differs from its parent's. What goes into the rows, and under which keys, is said in the files beside this
// one; how the table is laid out, in table.mjs; which rows there are, in rows.mjs.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { numbers } from './numbers.mjs';
import { names } from './names.mjs';
import { phrases } from './phrases.mjs';
import { units } from './units.mjs';
import { supplement } from './supplement.mjs';
import { locales } from './rows.mjs';
import { encode } from './table.mjs';

const require = createRequire(import.meta.url);
const sections = [numbers, names, phrases, units];

// One file of a locale: `read('dates', 'ca-gregorian')`; undefined where CLDR has none.
const reader = (locale) => (part, file) => {
  try {
    return require(`cldr-${part}-full/main/${locale}/${file}.json`).main[locale];
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

function contentOf(locale) {
  const content = new Map();
  const put = (key, value) => { if (value !== undefined) content.set(key, `${value}`); };
  for (const section of sections) section(locale, reader(locale), put);
  return content;
}

const rows = locales().map(({ name, parent, empty }) => ({ name, parent, content: empty ? new Map() : contentOf(name), empty }));
const extra = new Map();
supplement((key, value) => extra.set(key, `${value}`));
rows.push({ name: 'supplement', parent: undefined, content: extra, empty: false });

const bytes = encode(rows);
writeFileSync(process.argv[2], bytes);
console.log(`${rows.length} rows, ${bytes.length} bytes`);
