// How numbers are written: `nu`, `grouping`, and per numbering system `sym/latn/decimal`, `pat/latn/percent`,
// `compact/latn/short/3/one`, `named/latn/other` (an amount with its currency's name), `range/latn`; and currencies: `cur/USD/symbol`.

const SYMBOLS = ['decimal', 'group', 'percentSign', 'plusSign', 'minusSign', 'approximatelySign', 'exponential', 'infinity', 'nan', 'currencyDecimal', 'currencyGroup', 'timeSeparator'];
// What the root locale says of these digits, which the JSON of no locale repeats.
const ROOT_PATTERNS = { arab: { percent: '#,##0%', currency: '#,##0.00\u00a0¤', accounting: '#,##0.00\u00a0¤' } };
const ROOT_SYMBOLS = {
  arab: { decimal: '٫', group: '٬', percentSign: '٪\u061c', plusSign: '\u061c+', minusSign: '\u061c-', exponential: 'اس', nan: 'NaN' },
  arabext: { decimal: '٫', group: '٬', percentSign: '٪', plusSign: '\u200e+\u200e', minusSign: '\u200e-\u200e', exponential: '×۱۰^', nan: 'NaN' },
};

export function numbers(locale, read, put) {
  const { numbers: all } = read('numbers', 'numbers');
  put('nu', all.defaultNumberingSystem);
  put('native', all.otherNumberingSystems?.native);
  put('grouping', all.minimumGroupingDigits);
  for (const [system, symbols] of Object.entries(ROOT_SYMBOLS)) SECTIONS.symbols(system, symbols, put);
  for (const [system, patterns] of Object.entries(ROOT_PATTERNS)) for (const [kind, pattern] of Object.entries(patterns)) put(`pat/${system}/${kind}`, pattern);
  for (const [name, section] of Object.entries(all)) {
    const [, kind, system] = /^(\w+)-numberSystem-(\w+)$/.exec(name) ?? [];
    SECTIONS[kind]?.(system, section, put);
  }
  currencies(read, put);
}

const SECTIONS = {
  symbols(system, symbols, put) {
    for (const name of SYMBOLS) put(`sym/${system}/${name}`, symbols[name]);
  },
  decimalFormats(system, formats, put) {
    put(`pat/${system}/decimal`, formats.standard);
    compact(`compact/${system}/long`, formats.long?.decimalFormat, put);
    compact(`compact/${system}/short`, formats.short?.decimalFormat, put);
  },
  scientificFormats(system, formats, put) { put(`pat/${system}/scientific`, formats.standard); },
  percentFormats(system, formats, put) { put(`pat/${system}/percent`, formats.standard); },
  currencyFormats(system, formats, put) {
    put(`pat/${system}/currency`, formats.standard);
    put(`pat/${system}/accounting`, formats.accounting);
    compact(`compact/${system}/currency`, formats.short?.standard, put);
    for (const [name, pattern] of Object.entries(formats)) {
      if (name.startsWith('unitPattern-count-')) put(`named/${system}/${name.slice('unitPattern-count-'.length)}`, pattern);
    }
  },
  miscPatterns(system, patterns, put) { put(`range/${system}`, patterns.range); },
};

// `1000-count-one` as `3/one`.
function compact(key, patterns, put) {
  for (const [name, pattern] of Object.entries(patterns ?? {})) {
    const [, zeros, plural] = /^1(0+)-count-(\w+)$/.exec(name) ?? [];
    if (zeros !== undefined) put(`${key}/${zeros.length}/${plural}`, pattern);
  }
}

function currencies(read, put) {
  for (const [code, fields] of Object.entries(read('numbers', 'currencies').numbers.currencies)) {
    put(`cur/${code}/symbol`, fields.symbol === code ? undefined : fields.symbol);
    put(`cur/${code}/narrow`, fields['symbol-alt-narrow']);
    put(`cur/${code}/decimal`, fields.decimal);
    put(`cur/${code}/group`, fields.group);
    put(`cur/${code}/pattern`, fields.pattern);
    put(`cur/${code}/name`, fields.displayName);
    for (const [name, value] of Object.entries(fields)) {
      if (name.startsWith('displayName-count-')) put(`cur/${code}/${name.slice('displayName-count-'.length)}`, value);
    }
  }
}
