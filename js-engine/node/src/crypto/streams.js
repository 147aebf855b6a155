// Hashes, ciphers and signatures as streams. Most are never used so: what a stream needs is made when it is first asked for.
import { LazyTransform, Writable } from '../stream/index.js';

// The same for what only takes.
export function LazyWritable() {}
Object.setPrototypeOf(LazyWritable.prototype, Writable.prototype);
Object.setPrototypeOf(LazyWritable, Writable);
Object.defineProperty(LazyWritable.prototype, '_writableState', {
  configurable: true,
  enumerable: true,
  get() {
    Reflect.apply(Writable, this, [this._options]);
    return this._writableState;
  },
  set(value) {
    Object.defineProperty(this, '_writableState', { value, enumerable: true, configurable: true, writable: true });
  },
});

// Gives a class, which is a function so that it can be called without `new`, its methods and those of a stream.
export function streams(Class, methods, Base = LazyTransform) {
  Object.setPrototypeOf(Class.prototype, Base.prototype);
  Object.setPrototypeOf(Class, Base);
  Object.assign(Class.prototype, methods);
}
