const WORDS = 'a A á ä b B z ñ n ö ø å æ ß ss ch c d ll l nj i ı _x -a #h @z $5 1 2 10 a-b ab é e co-op coop résumé resume 日本 あ ア が 한 中 б я а א ب'.split(' ');
for (const l of 'en de de-u-co-phonebk fr es sv da cs hu tr lt hr ja zh ru ar'.split(' ')) t('order ' + l, () => [...WORDS].sort(new Intl.Collator(l).compare).join(' '));
for (const o of [{ numeric: true }, { caseFirst: 'upper' }, { caseFirst: 'lower' }, { ignorePunctuation: true }, { sensitivity: 'base' }, { sensitivity: 'accent' }, { sensitivity: 'case' }]) {
  t('options ' + JSON.stringify(o), () => [...WORDS, 'a10', 'a9', 'A9', 'a09'].sort(new Intl.Collator('en', o).compare).join(' '));
  t('signs ' + JSON.stringify(o), () => { const { compare } = new Intl.Collator('en', o); return WORDS.slice(0, 12).map((a) => WORDS.map((b) => compare(a, b) + 1).join('')); });
}
t('punctuation', () => Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).sort(new Intl.Collator('en').compare).join(''));
t('localeCompare', () => ['_x', '-a', '#h', '@z', 'a', 'B', 'Z', '~', '1'].sort((a, b) => a.localeCompare(b)).join(' '));
t('base', () => 'Straße'.localeCompare('STRASSE', undefined, { sensitivity: 'base' }));
t('a thousand', () => Array.from({ length: 1000 }, (_, i) => `ü${(i * 7919) % 1000}`).sort(new Intl.Collator('de').compare).slice(0, 5));
