// Texts that may be dates, out of a grammar: how people and programs write them, and what is next to that. The same seed gives the same
// texts, so that a case that names a text can be found again.

// xorshift32.
function random(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const WORDS = ['foo', 'at', 'of', 'the', 'on', 'am', 'T', 't', 'Z', 'z', 'Sept', 'th', 'de', 'BC', 'AD', 'a.m.', 'P.M.', 'T10', 'UT', 'year', 'é', '年', '\u202f', '\u00a0', '_', '~', '[UTC]', 'PST8PDT', 'Janu', 'Ma', 'GM', 'nov'];
const ZONES = ['Z', 'z', 'UTC', 'GMT', 'utc', 'gmt', 'EST', 'EDT', 'CST', 'CDT', 'MST', 'MDT', 'PST', 'PDT', 'UT', 'CET', 'CEST', 'BST', 'IST', 'A', 'Zulu', 'est', 'UTC+2', 'GMT-5', 'GMT+0530', 'UTC+05:30', 'EST+1', 'Z+1'];
const SEPARATORS = ['-', '/', '.', ' ', ', ', ',', '', '  ', ':', '\t', '\n', '\u00a0', '--', '- ', ' -', '\u2212', ';', '|', '\\'];
const BETWEEN = ['T', ' ', 't', ', ', '  ', '', ' at ', '\u202f', '-', '_', 'T ', ' T', '\n', '@', ','];

export function dateStrings(count, seed = 20240131) {
  const below = random(seed);
  const pick = (list) => list[below(list.length)];
  const chance = (percent) => below(100) < percent;
  const maybe = (percent, make) => (chance(percent) ? make() : '');
  const pad = (number, width) => `${number}`.padStart(width, '0');
  const sized = (number) => (chance(75) ? pad(number, 2) : `${number}`);

  const year = () => {
    switch (below(12)) {
      case 0: return `${below(100)}`;
      case 1: return pad(below(100), 2);
      case 2: return `${below(1000)}`;
      case 3: return pad(below(10000), 4);
      case 4: return `${pick(['+', '-'])}${pad(below(300000), 6)}`;
      case 5: return `${below(300000)}`;
      default: return `${1950 + below(120)}`;
    }
  };
  const month = () => sized(chance(90) ? 1 + below(12) : below(20));
  const day = () => sized(chance(90) ? 1 + below(31) : below(40));
  const cased = (word) => pick([word, word, word.slice(0, 3), word.slice(0, 3), word.toLowerCase(), word.toUpperCase(), `${word.slice(0, 3)}.`, word.slice(0, 4)]);
  const monthName = () => cased(pick(MONTHS));
  const dayName = () => cased(pick(DAYS));

  const iso = () => {
    const full = `${chance(90) ? 1950 + below(120) : year()}`;
    const parts = [full, month(), day()].slice(0, pick([1, 2, 3, 3, 3, 3]));
    return parts.join(chance(95) ? '-' : pick(SEPARATORS));
  };
  const numeric = () => {
    const separator = pick(SEPARATORS);
    return pick([[year(), month(), day()], [month(), day(), year()], [day(), month(), year()], [month(), day()], [month(), year()], [year(), month()]]).join(separator);
  };
  const named = () => {
    const separator = chance(60) ? ' ' : pick(SEPARATORS);
    const comma = chance(30) ? `,${separator}` : separator;
    const date = pick([
      () => `${monthName()}${separator}${day()}${comma}${year()}`,
      () => `${day()}${separator}${monthName()}${comma}${year()}`,
      () => `${year()}${separator}${monthName()}${separator}${day()}`,
      () => `${monthName()}${separator}${year()}`,
      () => `${monthName()}${separator}${day()}`,
      () => `${day()}${maybe(20, () => pick(['st', 'nd', 'rd', 'th']))}${separator}${monthName()}`,
    ])();
    return maybe(40, () => `${dayName()}${pick([' ', ', ', ',', '-', '. '])}`) + date;
  };
  const clock = () => {
    const hour = sized(chance(92) ? below(24) : below(30));
    const minute = pad(chance(95) ? below(60) : below(70), chance(90) ? 2 : 1);
    const second = pad(chance(95) ? below(60) : below(70), chance(90) ? 2 : 1);
    const fraction = () => `${pick(['.', '.', '.', ',', ':'])}${pick([pad(below(1000), 3), pad(below(10), 1), pad(below(1000000), 6), pad(below(1000000000), 12), '', '0000000001', '00123456789'])}`;
    const shape = below(10);
    const text = shape === 0 ? hour : shape < 4 ? `${hour}:${minute}` : shape === 4 ? `${hour}::${second}` : `${hour}:${minute}:${second}${maybe(35, fraction)}`;
    return text + maybe(20, () => pick([' AM', ' PM', 'am', 'pm', ' a.m.', '\u202fPM', ' Am', 'P', ' pm', 'AM ']));
  };
  const offset = () => {
    const sign = pick(['+', '-', '+', '-', '\u2212', ' +', ' -']);
    const hour = pad(below(chance(90) ? 15 : 30), 2);
    const minute = pick(['00', '30', '45', '15', '60', '5', '99']);
    return sign + pick([`${hour}:${minute}`, `${hour}${minute}`, hour, `${below(12)}`, `${below(12)}:${minute}`, `${below(12)}${minute}`, '', '00:00', '0000', '00', '12345', `${hour}:`, `${hour} :${minute}`]);
  };
  const zone = () => pick([() => maybe(70, () => ' ') + pick(ZONES), offset, offset, () => ` (${pick(ZONES)})`, () => ` GMT${offset()} (${pick(['CET', 'Coordinated Universal Time', 'a (b) c', 'x'])})`])();
  const date = () => pick([iso, iso, iso, numeric, numeric, named, named])();
  const plain = () => pick([
    () => date(),
    () => date() + pick(chance(70) ? ['T', ' '] : BETWEEN) + clock(),
    () => date() + pick(chance(70) ? ['T', ' '] : BETWEEN) + clock() + zone(),
    () => date() + pick(chance(70) ? ['T', ' '] : BETWEEN) + clock() + zone(),
    () => `${clock()}${maybe(30, zone)}${pick(BETWEEN)}${date()}`,
    () => `${monthName()} ${day()} ${clock()}${maybe(60, zone)} ${year()}`,
    () => `${dayName()} ${monthName()} ${day()} ${clock()}${maybe(60, zone)} ${year()}`,
    () => clock() + maybe(30, zone),
    () => `${below(chance(50) ? 100 : 2000000000)}`,
    () => `${pick(['-', '+', '.', '0x', '1e', ''])}${below(100000)}${pick(['', '.5', 'e3', 'n', '%', ' '])}`,
    () => `${below(10000)}-W${pad(below(54), 2)}${maybe(50, () => `-${below(8)}`)}`,
    () => `${1950 + below(120)}${month()}${day()}${maybe(50, () => `T${pad(below(24), 2)}${pad(below(60), 2)}${pad(below(60), 2)}${pick(['Z', '', '+0100'])}`)}`,
  ])();
  const mangled = (text) => {
    const at = below(text.length + 1);
    return pick([
      () => text.slice(0, at) + text.slice(at + 1),
      () => text.slice(0, at) + pick([...'0123456789:-+/. ,TZ()', '\u00a0', '\u0000', '(x)', ')']) + text.slice(at),
      () => `${text}${pick(['', ' ', ' '])}${pick(WORDS)}`,
      () => `${pick(WORDS)}${pick(['', ' ', ' '])}${text}`,
      () => ` ${text} `,
      () => text.toLowerCase(),
      () => text.toUpperCase(),
      () => text + zone(),
      () => `(${text.slice(0, at)})${text.slice(at)}`,
      () => text.slice(0, at),
    ])();
  };

  const texts = new Set();
  while (texts.size < count) {
    let text = plain();
    while (chance(30)) text = mangled(text);
    texts.add(text);
  }
  return [...texts];
}
