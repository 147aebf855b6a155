// Globals that come from the web.
import { URLSearchParams } from './address/params.js';
import { URL } from './address/whatwg.js';
import { TextDecoder, TextEncoder } from './encoding.js';
import './events/target.js';
import './events/abort.js';
import { validateFunction } from './errors.js';
import { expose } from './expose.js';
import './web/dom-exception.js';
import { structuredClone } from './web/clone.js';

const soon = globalThis.queueMicrotask;

export function queueMicrotask(callback) {
  validateFunction(callback, 'callback');
  soon(callback);
}
export { structuredClone };

expose({ TextDecoder, TextEncoder, URL, URLSearchParams });
