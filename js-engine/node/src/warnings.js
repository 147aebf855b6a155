// `process.emitWarning`: a warning is an event of `process`, and a line of the log.
import { invalidArgType, validateString } from './errors.js';
import { useInEmitters } from './events/emitter.js';
import { useInTargets } from './events/target.js';
import { nextTick, useInTimers } from './timers.js';

const WARN = 3;
let process;
let explained = false;

function print(warning) {
  const code = warning.code ? `[${warning.code}] ` : '';
  const text = typeof warning.toString === 'function' ? `${warning.toString()}` : Error.prototype.toString.call(warning);
  const detail = typeof warning.detail === 'string' ? `\n${warning.detail}` : '';
  hb.log(WARN, `(node:${process.pid}) ${code}${text}${detail}`);
  if (explained) return;
  explained = true;
  const name = warning.name === 'DeprecationWarning' ? '--trace-deprecation' : '--trace-warnings';
  hb.log(WARN, `(Use \`node ${name} ...\` to show where the warning was created)`);
}

function told(warning) {
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) throw warning;
  }
  process.emit('warning', warning);
  print(warning);
}

function created(warning, name, code, detail) {
  const error = new Error(warning);
  error.name = String(name || 'Warning');
  if (code !== undefined) error.code = code;
  if (detail !== undefined) error.detail = detail;
  return error;
}

export function emitWarning(warning, type, code, ctor) {
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ({ code, detail, type } = { ...type, type: type.type || 'Warning' });
    if (typeof detail !== 'string') detail = undefined;
  } else if (typeof type === 'function') {
    code = '';
    type = 'Warning';
  }
  if (type !== undefined) validateString(type, 'type');
  if (typeof code === 'function') code = undefined;
  else if (code !== undefined) validateString(code, 'code');
  if (typeof warning === 'string') warning = created(warning, type, code, detail);
  else if (!(warning instanceof Error)) throw invalidArgType('warning', ['Error', 'string'], warning);
  if (warning.name === 'DeprecationWarning' && process.noDeprecation) return;
  nextTick(told, warning);
}

export function useProcess(object) {
  process = object;
  const warn = (warning) => process.emitWarning(warning);
  useInEmitters({ warn, nextTick });
  useInTargets({ warn, nextTick });
  useInTimers({ warn });
}
