// Globals that come from the web.
import 'core-js/actual/url/index.js';
import 'core-js/actual/url-search-params/index.js';
import { TextDecoder, TextEncoder } from './encoding.js';
import './events/target.js';
import './events/abort.js';
import { expose } from './expose.js';
import './web/dom-exception.js';
import { structuredClone } from './web/clone.js';

expose({ TextDecoder, TextEncoder, structuredClone });
