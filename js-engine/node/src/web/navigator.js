// `navigator`, which Node has since version 21.
import { coded, invalidThis } from '../errors.js';
import { expose } from '../expose.js';
import { majorOf } from '../versions.js';
import { webClass } from './classes.js';

const LANGUAGES = Object.freeze(['en-US']);
const made = Symbol('made here');
let userAgent;
let is;

class Navigator {
  #made = true;
  constructor() {
    if (arguments[0] !== made) throw coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }
  get hardwareConcurrency() { return only(this, 1); }
  get language() { return 'en-US'; }
  get languages() { return LANGUAGES; }
  get userAgent() { return only(this, userAgent); }
  get platform() { return only(this, 'Linux x86_64'); }
  static {
    is = (value) => value !== null && typeof value === 'object' && #made in value;
  }
}
const only = (self, value) => {
  if (!is(self)) throw invalidThis('Navigator');
  return value;
};
webClass(Navigator, ['hardwareConcurrency', 'language', 'languages', 'userAgent', 'platform']);
Object.defineProperty(Navigator, 'length', { value: 0, configurable: true });
const navigator = new Navigator(made);

export function showNavigator(version) {
  const major = majorOf(version);
  if (major < 21) return;
  userAgent = `Node.js/${major}`;
  expose({ Navigator });
  Object.defineProperty(globalThis, 'navigator', { get: property.get, enumerable: true, configurable: true });
}
const property = Object.getOwnPropertyDescriptor({ get navigator() { return navigator; } }, 'navigator');
