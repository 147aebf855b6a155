// What whole phrases are made with: lists (`list/standard-short/end`), relative times (`rel/day-short/past/one`, `rel/day/-1`) and the
// names of a date's fields (`field/day-short`).

export function phrases(locale, read, put) {
  lists(read, put);
  relative(read, put);
}

function lists(read, put) {
  for (const [name, patterns] of Object.entries(read('misc', 'listPatterns')?.listPatterns ?? {})) {
    const kind = name.slice('listPattern-type-'.length);
    for (const [place, pattern] of Object.entries(patterns)) put(`list/${kind}/${place}`, pattern);
  }
}

const RELATIVE = /^(year|quarter|month|week|day|hour|minute|second)(-short|-narrow)?$/;

function relative(read, put) {
  for (const [name, fields] of Object.entries(read('dates', 'dateFields')?.dates.fields ?? {})) {
    put(`field/${name}`, fields.displayName);
    if (!RELATIVE.test(name)) continue;
    for (const [key, value] of Object.entries(fields)) {
      if (key.startsWith('relative-type-')) put(`rel/${name}/${key.slice('relative-type-'.length)}`, value);
      if (!key.startsWith('relativeTime-type-')) continue;
      const when = key.slice('relativeTime-type-'.length);
      for (const [count, pattern] of Object.entries(value)) put(`rel/${name}/${when}/${count.slice('relativeTimePattern-count-'.length)}`, pattern);
    }
  }
}
