// Units of `Intl.NumberFormat`: `unit/short/kilobyte/one`, `unit/short/hour/per` and `unit/short/per`, for the units that ECMA-402
// allows and those compound ones of them that have words of their own.

const SIMPLE = new Set(('acre bit byte celsius centimeter day degree fahrenheit fluid-ounce foot gallon gigabit gigabyte gram hectare hour inch kilobit ' +
  'kilobyte kilogram kilometer liter megabit megabyte meter microsecond mile mile-scandinavian milliliter millimeter millisecond minute month ' +
  'nanosecond ounce percent petabyte pound second stone terabit terabyte week yard year').split(' '));

const allowed = (unit) => SIMPLE.has(unit) || (unit.includes('-per-') && unit.split('-per-').length === 2 && unit.split('-per-').every((part) => SIMPLE.has(part)));

export function units(locale, read, put) {
  const all = read('units', 'units')?.units ?? {};
  for (const width of ['long', 'short', 'narrow']) {
    for (const [name, fields] of Object.entries(all[width] ?? {})) {
      if (name === 'per') {
        put(`unit/${width}/per`, fields.compoundUnitPattern);
        continue;
      }
      const unit = name.slice(name.indexOf('-') + 1);
      if (!allowed(unit)) continue;
      put(`unit/${width}/${unit}/per`, fields.perUnitPattern);
      for (const [field, value] of Object.entries(fields)) {
        if (field.startsWith('unitPattern-count-')) put(`unit/${width}/${unit}/${field.slice('unitPattern-count-'.length)}`, value);
      }
    }
  }
}
