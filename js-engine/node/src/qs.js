// What the `url` package wants of `qs`, done by what Node does it with.
import * as querystring from 'querystring-es3/index.js';

export const parse = (text) => querystring.parse(text);
export const stringify = (object) => querystring.stringify(object);
