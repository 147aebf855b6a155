// Names of time zones as constructors of Intl and `Intl.supportedValuesOf` take and give them. Which there are is the host's.
import { ask } from './host.js';
import { process } from '../process.js';
import { majorOf } from '../versions.js';

const kept = new Map();
const MOST_KEPT = 100;

// Offsets are names of zones from Node 22 on.
const takesOffsets = () => majorOf(process.version) >= 22;

function offset(name) {
  const [, sign, hours, minutes = '00'] = /^([+-])([01]\d|2[0-3])(?::?([0-5]\d))?$/.exec(name) ?? [];
  if (sign === undefined) return null;
  return hours + minutes === '0000' ? '+00:00' : `${sign}${hours}:${minutes}`;
}

// Throws what is no zone.
export function canonicalZone(name) {
  let zone = kept.get(name);
  if (zone === undefined) {
    zone = /^[+-]/.test(name) ? (takesOffsets() ? offset(name) : null) : /^[\w+\-/]{1,64}$/.test(name) ? ask('zones_canonical', { name }) : null;
    if (zone === null) throw new RangeError(`Invalid time zone specified: ${name}`);
    if (kept.size < MOST_KEPT) kept.set(name, zone);
  }
  return zone;
}

export const zoneNames = () => ask('zones_list', {});
