// `Intl.DateTimeFormat` for en-US, in UTC or at a fixed offset from it.
import { checkLocales, missing } from './intl-locale.js';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const UTC = ['UTC', 'GMT', 'Z', 'ETC/UTC', 'ETC/GMT', 'ETC/UCT', 'UCT', 'ETC/ZULU', 'ZULU', 'UNIVERSAL', 'ETC/UNIVERSAL'];
// V8 asks ICU for a plain space here, where newer locale data has a narrow one.
const BEFORE_HALF = ' ';
const DATE_STYLES = {
  full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  long: { year: 'numeric', month: 'long', day: 'numeric' },
  medium: { year: 'numeric', month: 'short', day: 'numeric' },
  short: { year: '2-digit', month: 'numeric', day: 'numeric' },
};
const TIME_STYLES = {
  full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' },
  long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
  medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  short: { hour: 'numeric', minute: '2-digit' },
};
const FIELDS = ['weekday', 'year', 'month', 'day', 'hour', 'minute', 'second', 'fractionalSecondDigits'];

// The name and the minutes east of Greenwich.
function zone(name) {
  if (name === undefined || UTC.includes(`${name}`.toUpperCase())) return ['UTC', 0];
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(`${name}`);
  if (!offset) return missing(`the time zone ${name}`);
  const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
  return [`${offset[1]}${offset[2]}:${offset[3] ?? '00'}`, offset[1] === '-' ? -minutes : minutes];
}

function fieldsOf(options) {
  const { dateStyle, timeStyle, ...rest } = options;
  if (dateStyle !== undefined || timeStyle !== undefined) return { ...rest, ...DATE_STYLES[dateStyle], ...TIME_STYLES[timeStyle] };
  const bare = FIELDS.every((field) => rest[field] === undefined);
  return bare ? { year: 'numeric', month: 'numeric', day: 'numeric', ...rest } : rest;
}

const two = (number) => `${number}`.padStart(2, '0');
const sized = (number, size) => (size === '2-digit' ? two(number % 100) : `${number}`);
const named = (name, size) => (size === 'long' ? name : size === 'short' ? name.slice(0, 3) : name[0]);

export class DateTimeFormat {
  #fields;
  #zone;
  #minutes;
  #styles;
  constructor(locales, options = {}) {
    checkLocales(locales);
    for (const name of ['era', 'dayPeriod', 'calendar', 'numberingSystem']) {
      if (options?.[name] !== undefined && !['gregory', 'latn'].includes(options[name])) missing(`the option ${name} of Intl.DateTimeFormat`);
    }
    [this.#zone, this.#minutes] = zone(options.timeZone);
    this.#styles = { dateStyle: options.dateStyle, timeStyle: options.timeStyle };
    this.#fields = fieldsOf(options);
    this.format = this.format.bind(this);
  }

  get #hour12() {
    const { hour12, hourCycle } = this.#fields;
    return hour12 ?? (hourCycle === undefined || hourCycle === 'h12' || hourCycle === 'h11');
  }

  #date(at) {
    const { weekday, year, month, day } = this.#fields;
    const textual = month !== undefined && month !== 'numeric' && month !== '2-digit';
    const parts = [];
    const add = (type, value, before) => parts.push(...(parts.length > 0 ? [['literal', before]] : []), [type, value]);
    if (weekday) add('weekday', named(DAYS[at.getUTCDay()], weekday), '');
    if (month) add('month', textual ? named(MONTHS[at.getUTCMonth()], month) : sized(at.getUTCMonth() + 1, month), ', ');
    if (day) add('day', sized(at.getUTCDate(), day), month === undefined ? ' ' : textual ? ' ' : '/');
    if (year) add('year', sized(at.getUTCFullYear(), year), textual ? (day ? ', ' : ' ') : weekday && !month ? ', ' : '/');
    return parts;
  }

  #time(at) {
    const { hour, minute, second, fractionalSecondDigits: fraction, hourCycle, hour12 } = this.#fields;
    const parts = [];
    const add = (type, value, before) => parts.push(...(parts.length > 0 ? [['literal', before]] : []), [type, value]);
    const hours = at.getUTCHours();
    const twelve = this.#hour12;
    if (hour) {
      const night = hourCycle === 'h24' || (hour12 === false && hourCycle === undefined) ? 24 : 0;
      const shown = twelve ? hours % 12 || (hourCycle === 'h11' ? 0 : 12) : hours || night;
      add('hour', twelve && hour !== '2-digit' ? `${shown}` : two(shown), '');
    }
    if (minute) add('minute', hour || second ? two(at.getUTCMinutes()) : `${at.getUTCMinutes()}`, ':');
    if (second) add('second', minute ? two(at.getUTCSeconds()) : `${at.getUTCSeconds()}`, ':');
    if (fraction) add('fractionalSecond', `${at.getUTCMilliseconds()}`.padStart(3, '0').slice(0, fraction), '.');
    if (hour && twelve) add('dayPeriod', hours < 12 ? 'AM' : 'PM', BEFORE_HALF);
    return parts;
  }

  #zoneName(parts) {
    const { timeZoneName } = this.#fields;
    if (timeZoneName === undefined) return parts;
    const offset = `GMT${this.#zone.replace(/:00$/, '').replace(/^([+-])0/, '$1')}`;
    const name = this.#minutes !== 0 ? offset : timeZoneName === 'long' ? 'Coordinated Universal Time' : 'UTC';
    return [...parts, ['literal', parts.some(([type]) => type === 'hour') ? ' ' : ', '], ['timeZoneName', name]];
  }

  formatToParts(date) {
    const time = date === undefined ? Date.now() : Number(date);
    if (!Number.isFinite(time)) throw new RangeError('Invalid time value');
    const at = new Date(time + this.#minutes * 60000);
    const [day, clock] = [this.#date(at), this.#time(at)];
    const { dateStyle } = this.#styles;
    const between = dateStyle === 'full' || dateStyle === 'long' ? ' at ' : ', ';
    const both = day.length > 0 && clock.length > 0 ? [...day, ['literal', between], ...clock] : [...day, ...clock];
    return this.#zoneName(both).map(([type, value]) => ({ type, value }));
  }

  format(date) { return this.formatToParts(date).map(({ value }) => value).join(''); }
  formatRange(from, to) { return `${this.format(from)} – ${this.format(to)}`; }
  resolvedOptions() {
    const hours = this.#fields.hour ? { hourCycle: this.#hour12 ? 'h12' : 'h23', hour12: this.#hour12 } : {};
    const fields = Object.fromEntries(FIELDS.map((field) => [field, this.#fields[field]]).filter(([, value]) => value !== undefined));
    return { locale: 'en-US', calendar: 'gregory', numberingSystem: 'latn', timeZone: this.#zone, ...hours, ...fields };
  }
  static supportedLocalesOf(locales) { return [locales ?? []].flat().filter((locale) => locale === 'en' || locale === 'en-US'); }
}
