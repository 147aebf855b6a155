// What the `url` package wants of `qs`, done by what Node does it with.
export { parse, stringify } from './querystring.js';
