// Error stacks as on V8: the error's name and message stand above the frames. They are put there when somebody looks, so that
// throwing costs nothing more.
import { expose } from './expose.js';

const own = Object.getOwnPropertyDescriptor(Error.prototype, 'stack');
const toText = Error.prototype.toString;
const apply = Reflect.apply;
const hidden = /\n? {4}at [^\n]*\(<null>[^\n]*/g;
const hide = RegExp.prototype[Symbol.replace];

function withHeader(error, frames) {
  let header;
  try {
    header = apply(toText, error, []);
  } catch {
    header = 'Error';
  }
  const shown = apply(hide, hidden, [frames, '']);
  const end = shown.endsWith('\n') ? shown.length - 1 : shown.length;
  return shown.length === 0 ? header : `${header}\n${shown.slice(shown.startsWith('\n') ? 1 : 0, end)}`;
}

Object.defineProperty(Error.prototype, 'stack', {
  configurable: true,
  enumerable: false,
  get() {
    const stack = apply(own.get, this, []);
    return typeof stack === 'string' && (stack === '' || stack.startsWith('    at ')) ? withHeader(this, stack) : stack;
  },
  set(value) {
    apply(own.set, this, [value]);
  },
});

const { captureStackTrace } = Error;
expose({
  captureStackTrace(target, above) {
    captureStackTrace(target, above);
    const stack = Object.getOwnPropertyDescriptor(target, 'stack');
    if (stack && typeof stack.value === 'string') {
      Object.defineProperty(target, 'stack', { ...stack, value: withHeader(target, stack.value) });
    }
  },
}, Error);
