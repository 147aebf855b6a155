// What languages, regions, scripts, variants, calendars and the parts of a locale are called: `lang/en-GB`, `lang/en-GB/short`,
// `region/US`, `script/Latn`, `variant/1996`, `key/ca`, `type/ca/buddhist`, `name/pattern`.

// CLDR's own names for the keys of a locale.
const KEYS = { calendar: 'ca', collation: 'co', currency: 'cu', numbers: 'nu', timezone: 'tz', colAlternate: 'ka', colBackwards: 'kb', colCaseLevel: 'kc', colCaseFirst: 'kf', colNormalization: 'kk', colNumeric: 'kn', colReorder: 'kr', colStrength: 'ks' };
const CALENDARS = { gregorian: 'gregory', 'ethiopic-amete-alem': 'ethioaa' };

export function names(locale, read, put) {
  const part = (file) => read('localenames', file)?.localeDisplayNames ?? {};
  listed('lang', part('languages').languages, put);
  listed('region', part('territories').territories, put);
  listed('script', part('scripts').scripts, put);
  listed('variant', part('variants').variants, put);
  const { localeDisplayPattern: patterns, keys = {}, types = {} } = part('localeDisplayNames');
  put('name/pattern', patterns?.localePattern);
  put('name/separator', patterns?.localeSeparator);
  put('name/keyword', patterns?.localeKeyTypePattern);
  for (const [key, value] of Object.entries(keys)) put(`key/${KEYS[key] ?? key}`, value);
  for (const [key, values] of Object.entries(types)) {
    for (const [type, value] of Object.entries(values)) put(`type/${KEYS[key] ?? key}/${CALENDARS[type] ?? type}`, value);
  }
}

const ALTERNATIVES = { short: 'short', 'stand-alone': 'alone' };

function listed(kind, all, put) {
  for (const [name, value] of Object.entries(all ?? {})) {
    const [, code, , alternative] = /^(.*?)(-(?:alt|menu)-(.*))?$/.exec(name);
    // CLDR says the code itself where a name is missing.
    if (name === code && value === code) continue;
    if (name === code) put(`${kind}/${code}`, value);
    else if (ALTERNATIVES[alternative] !== undefined && !name.includes('-menu-')) put(`${kind}/${code}/${ALTERNATIVES[alternative]}`, value);
  }
}
