// Node's `util.inspect` and `util.format`. The package loads a class that it only needs for URLs, so it comes after them.
import './web.js';
import './atomics.js';
import extracted from '../node_modules/node-inspect-extracted/dist/inspect.js';
import { useInspect } from './errors.js';

export const { inspect, format, formatWithOptions, stripVTControlCharacters } = extracted;
useInspect(extracted);
