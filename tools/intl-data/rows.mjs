// Which locales there are, and what each inherits from. CLDR has some that no engine ships, because too little of them is translated;
// they are left out here as ICU leaves them out.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { full } = require('cldr-core/availableLocales.json').availableLocales;
const { defaultContent } = require('cldr-core/defaultContent.json');
const { parentLocale } = require('cldr-core/supplemental/parentLocales.json').supplemental.parentLocales;

const LANGUAGES_WITHOUT = new Set(('aa ab an ann apc arn bal bew bgn blt bqi bss byn cad cch cho cic co cop cu dv frr gez gn hnj ht io iu jbo ' +
  'kaa kaj kcg kek ken kpe la lag lkt lld ltg lzz mdf mgo mhn mic moh mus mww myv nr nv ny oka osa pap pi pis quc rhg rif sdh sgs sid skr ' +
  'sma smj sms ss ssy suz tig tpi trv trw ts ve vo wa wal wbp za').split(' '));
const WITHOUT = /^(az-Arab|be-tarask|bm-Nkoo|ca-ES-valencia|el-polyton|en-Dsrt|en-Shaw|ha-Arab|ku-Arab|mn-Mong|mni-Mtei|ms-Arab|sat-Deva|kxv-Orya|nb-(NO|SJ)|zh-Latn)(-|$)/;
// Names of before that engines still take as they are.
const OLD = { ars: 'ar-SA', 'ku-IQ': 'ku', 'no-NO': 'no', 'sr-XK': 'sr-Cyrl-XK' };

const cut = (name) => name.slice(0, name.lastIndexOf('-'));

export function locales() {
  const rows = new Map();
  const add = (name, parent, empty) => { if (!rows.has(name)) rows.set(name, { name, parent, empty }); };
  for (const name of full) if (!LANGUAGES_WITHOUT.has(name.split('-')[0]) && !WITHOUT.test(name)) add(name, parentOf(name), false);
  for (const name of defaultContent) if (rows.has(cut(name)) && !WITHOUT.test(name)) add(name, cut(name), true);
  for (const [name, target] of Object.entries(OLD)) if (rows.has(target)) add(name, target, true);
  addWithoutScript(rows, add);
  return [...rows.values()];
}

function parentOf(name) {
  if (name === 'und') return undefined;
  if (parentLocale[name] !== undefined) return parentLocale[name];
  return name.includes('-') ? cut(name) : 'und';
}

// `zh-TW` for `zh-Hant-TW`, and `sr-RS` for `sr-Cyrl-RS`: the script that the region stands for is the default one's where both are there.
function addWithoutScript(rows, add) {
  const { likelySubtags } = require('cldr-core/supplemental/likelySubtags.json').supplemental;
  for (const { name } of [...rows.values()]) {
    const [language, script, region] = name.split('-');
    if (region === undefined || script.length !== 4) continue;
    const short = `${language}-${region}`;
    const likely = likelySubtags[short]?.split('-')[1] ?? likelySubtags[language]?.split('-')[1];
    if (likely === script) add(short, name, true);
  }
}
