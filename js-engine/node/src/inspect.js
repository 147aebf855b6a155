// Node's `util.inspect` and `util.format`. The package is told by kinds.js what only the engine knows; it loads a class that it only needs
// for URLs, so it comes after them.
import './web.js';
import './atomics.js';
import './kinds.js';
import extracted from '../node_modules/node-inspect-extracted/dist/inspect.js';
import { useInspect } from './errors.js';
import { useInEmitters } from './events/emitter.js';

export const { inspect, format, formatWithOptions, stripVTControlCharacters, getStringWidth } = extracted;
// The package is published with short names.
for (const name of ['inspect', 'format', 'formatWithOptions', 'stripVTControlCharacters']) {
  Object.defineProperty(extracted[name], 'name', { value: name, configurable: true });
}
useInspect({ inspect, format });
useInEmitters({ inspect });
