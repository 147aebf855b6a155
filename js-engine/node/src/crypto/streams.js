// Hashes, ciphers and signatures as streams. Most are never used so: what a stream needs is made when it is first asked for.
import * as events from 'events/events.js';

const EventEmitter = events.default;

export function LazyTransform() {}
Object.setPrototypeOf(LazyTransform.prototype, EventEmitter.prototype);
Object.setPrototypeOf(LazyTransform, EventEmitter);

// Gives a class, which is a function so that it can be called without `new`, its methods and those of a stream.
export function streams(Class, methods, Base = LazyTransform) {
  Object.setPrototypeOf(Class.prototype, Base.prototype);
  Object.setPrototypeOf(Class, Base);
  Object.assign(Class.prototype, methods);
}
