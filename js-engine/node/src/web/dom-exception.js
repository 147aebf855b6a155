// `DOMException`: an error whose name, message and code are its class's, not its own.
import { coded } from '../errors.js';
import { expose } from '../expose.js';

const NAMES = ['IndexSizeError', 'DOMStringSizeError', 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError', 'NoDataAllowedError',
  'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError', 'InvalidStateError', 'SyntaxError',
  'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', 'ValidationError', 'TypeMismatchError', 'SecurityError', 'NetworkError',
  'AbortError', 'URLMismatchError', 'QuotaExceededError', 'TimeoutError', 'InvalidNodeTypeError', 'DataCloneError'];
// Some constants are not called what the names would give.
const CONSTANTS = { DOMStringSizeError: 'DOMSTRING_SIZE_ERR', InUseAttributeError: 'INUSE_ATTRIBUTE_ERR', URLMismatchError: 'URL_MISMATCH_ERR' };
const constant = (name) => CONSTANTS[name]
  ?? `${name.replace(/Error$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}_ERR`;
const codes = new Map(NAMES.map((name, at) => [name, at + 1]));
codes.delete('DOMStringSizeError');
codes.delete('NoDataAllowedError');
codes.delete('ValidationError');

const states = new WeakMap();

function stateOf(exception) {
  const state = states.get(exception);
  if (state === undefined) throw coded(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of DOMException');
  return state;
}

export class DOMException {
  constructor(message = '', options = 'Error') {
    const self = Object.setPrototypeOf(new Error(), new.target.prototype);
    const named = options !== null && typeof options === 'object';
    const name = named ? options.name : options;
    states.set(self, { message: `${message}`, name: `${name}` });
    if (named && 'cause' in options) Object.defineProperty(self, 'cause', { value: options.cause, configurable: true, writable: true });
    Error.captureStackTrace?.(self, new.target);
    return self;
  }
  get name() { return stateOf(this).name; }
  get message() { return stateOf(this).message; }
  get code() { return codes.get(stateOf(this).name) ?? 0; }
}
Object.setPrototypeOf(DOMException.prototype, Error.prototype);
Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: 'DOMException', configurable: true });
for (const name of ['name', 'message', 'code']) Object.defineProperty(DOMException.prototype, name, { enumerable: true });
for (const [at, name] of NAMES.entries()) {
  for (const target of [DOMException, DOMException.prototype]) Object.defineProperty(target, constant(name), { value: at + 1, enumerable: true });
}
expose({ DOMException });

export const isDomException = (value) => states.has(value);
