// The units that ECMA-402 allows, alone or one per another.

export const UNITS = ('acre bit byte celsius centimeter day degree fahrenheit fluid-ounce foot gallon gigabit gigabyte gram hectare hour inch kilobit kilobyte ' +
  'kilogram kilometer liter megabit megabyte meter microsecond mile mile-scandinavian milliliter millimeter millisecond minute month nanosecond ounce percent ' +
  'petabyte pound second stone terabit terabyte week yard year').split(' ');

export function isUnit(unit) {
  if (UNITS.includes(unit)) return true;
  const parts = unit.split('-per-');
  return parts.length === 2 && parts.every((part) => UNITS.includes(part));
}
