// Makes an inert module of a list: everything that libraries touch while they load is there with Node's type, and says that it is not
// available in hooks when it is used.
//
//   functions   'name/length …'
//   classes     Name: [length, base, methods, statics], the latter as functions are; 'name:' is a property of instances
//   values      what is simply there
//
// A class can be extended. It can be made too where it is an emitter or a stream, because libraries make agents and servers while they load.
import { EventEmitter } from '../events/emitter.js';
import { Duplex, Readable, Stream, Transform, Writable } from '../stream/index.js';
import { refuser, rejecter, unavailable } from '../unavailable.js';

const BASES = { EventEmitter, Stream, Readable, Writable, Duplex, Transform };

function each(text, take) {
  for (const word of (text ?? '').split(' ')) {
    const [name, length] = word.split('/');
    if (length !== undefined) take(name, Number(length));
  }
}

function makeClass(label, name, [length, base, methods, statics], bases) {
  const Base = bases[base];
  const Class = function (...args) {
    if (new.target === undefined && !(this instanceof Class)) return new Class(...args);
    if (Base === undefined) throw unavailable(label);
    Reflect.apply(Base, this, Base.inert ? args : []);
    Class.made?.(this, args);
    return undefined;
  };
  Object.defineProperty(Class, 'name', { value: name, configurable: true });
  Object.defineProperty(Class, 'length', { value: length, configurable: true });
  if (Base !== undefined) {
    Object.defineProperties(Class, { inert: { value: true }, made: { value: undefined, writable: true } });
    Object.setPrototypeOf(Class, Base);
    Object.setPrototypeOf(Class.prototype, Base.prototype);
  }
  each(methods, (method, count) => { Class.prototype[method] = refuser(`${label}.${method}`, method, count); });
  each(statics, (method, count) => { Class[method] = refuser(`${label}.${method}`, method, count); });
  return Class;
}

// `given` are the bases and the functions that are more than refusals.
export function makeShell(name, spec, { bases = {}, promises = false, ...given } = {}) {
  const module = {};
  const refuse = promises ? rejecter : refuser;
  each(spec.functions, (each, length) => { module[each] = refuse(`${name}.${each}`, each, length); });
  const known = { ...BASES, ...bases };
  for (const [each, parts] of Object.entries(spec.classes ?? {})) {
    // A base of the same name is another module's.
    const Class = makeClass(`${name}.${each}`, each, parts, known);
    module[each] = Class;
    if (known[each] === undefined || parts[1] !== each) known[each] = Class;
  }
  const { functions, classes, values, ...rest } = spec;
  return Object.assign(module, values, rest, given);
}
