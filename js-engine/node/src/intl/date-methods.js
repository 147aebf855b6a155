// `Date.prototype.toLocaleString` and its like, and the zone's name that V8 has in `toString`.
import { described } from './class.js';
import { localDate } from './dates.js';
import { expose } from '../expose.js';

const { getTime, toString, toTimeString } = Date.prototype;
// QuickJS has other words for what is no date.
function timeOf(date, method) {
  try {
    return Reflect.apply(getTime, date, []);
  } catch {
    throw new TypeError(`Method Date.prototype.${method} called on incompatible receiver ${described(date)}`);
  }
}
const both = localDate('any', 'all', 'Date.prototype.toLocaleString');
const date = localDate('date', 'date', 'Date.prototype.toLocaleDateString');
const time = localDate('time', 'time', 'Date.prototype.toLocaleTimeString');

// The engine knows the offset of the time zone and not its name.
const named = (text) => (text.endsWith('GMT+0000') ? `${text} (Coordinated Universal Time)` : text);

const methods = {
  toString() { return named(Reflect.apply(toString, this, [])) },
  toTimeString() { return named(Reflect.apply(toTimeString, this, [])) },
  toLocaleString() { return both(timeOf(this, 'toLocaleString'), arguments[0], arguments[1]) },
  toLocaleDateString() { return date(timeOf(this, 'toLocaleDateString'), arguments[0], arguments[1]) },
  toLocaleTimeString() { return time(timeOf(this, 'toLocaleTimeString'), arguments[0], arguments[1]) },
};
expose(methods, Date.prototype);
