// What Node has and a hook has not: it is there, so that libraries load, and says so when it is used.
import { coded } from './errors.js';

export const unavailable = (what) => coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `${what} is not available in hooks`);

// A function of this name and number of parameters that only throws.
export function refuser(label, name, length = 0) {
  const refuse = function () { throw unavailable(label); };
  Object.defineProperty(refuse, 'name', { value: name, configurable: true });
  Object.defineProperty(refuse, 'length', { value: length, configurable: true });
  return refuse;
}

// The same for what gives a promise.
export function rejecter(label, name, length = 0) {
  const reject = { [name]: async () => { throw unavailable(label); } }[name];
  Object.defineProperty(reject, 'length', { value: length, configurable: true });
  return reject;
}
