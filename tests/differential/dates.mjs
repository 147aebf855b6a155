// The texts of date-strings.mjs as bodies of handlers. Each parses a few hundred in both ways that there are, and prints a line for each.
import { dateStrings } from './date-strings.mjs';

const COUNT = 20_000;
const IN_A_BODY = 400;

const body = (texts) => `const texts = ${JSON.stringify(texts)};
for (const text of texts) {
  const instant = Date.parse(text);
  const date = new Date(text);
  console.log(JSON.stringify(text) + ' => ' + instant + (Object.is(instant, date.getTime()) ? '' : ' but ' + date.getTime()));
}
return texts.length;`;

export function dateBodies() {
  const texts = dateStrings(COUNT);
  const bodies = {};
  for (let at = 0; at < texts.length; at += IN_A_BODY) bodies[`dates ${at} to ${at + IN_A_BODY - 1}`] = body(texts.slice(at, at + IN_A_BODY));
  return bodies;
}
