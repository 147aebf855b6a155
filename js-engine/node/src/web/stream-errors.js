// What the package of web streams throws, in Node's words: its texts are looked up here.
import { coded, invalidState, invalidThis } from '../errors.js';

const TYPES = [
  [/^Illegal constructor/, () => coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor')],
  [/can only be used on a (\w+)$/, (_, name) => invalidThis(name)],
  [/^Cannot (?:cancel|\w+ from|read from|\w+) a stream using a released reader$/, 'The reader is not attached to a stream'],
  [/a stream using a released writer$/, 'Writer is not bound to a WritableStream'],
  [/^Reader was released and can no longer/, 'Reader released'],
  [/^Reader was released$/, 'Releasing reader'],
  [/^Writer was released/, 'Writer has been released'],
  [/^Cannot cancel a stream that already|for exclusive reading/, 'ReadableStream is locked'],
  [/^Cannot (abort|close) a stream that already|for exclusive writing/, 'WritableStream is locked'],
  [/cannot be used on a locked (\w+)$/, (_, name) => invalidState(`The ${name} is locked`, TypeError)],
  [/^Cannot close an already-closing stream/, 'Failure to close WritableStream'],
  [/in the writable state and cannot be closed/, 'WritableStream is closed'],
  [/closing or closed and cannot be written to/, 'WritableStream is closed'],
  [/^TransformStream terminated/, 'TransformStream has been terminated'],
  [/^Readable side is not in a state/, 'Unable to enqueue'],
  [/^The stream is not in a state that permits|already been closed; do not|^stream is closed or draining/, 'Controller is already closed'],
  [/is not in the readable state/, 'ReadableStream is already closed'],
  [/^This BYOB request has been invalidated/, 'This BYOB request has been invalidated'],
  [/has been detached and so cannot be used as a response/, 'Viewed ArrayBuffer is detached'],
  [/so cannot be filled with/, 'Destination ArrayBuffer is detached'],
  [/^chunk.*(non-zero byteLength|detached)/, 'chunk ArrayBuffer is zero-length or detached'],
  [/^view.*(non-zero byteLength|detached)/, 'View or Viewed ArrayBuffer is zero-length or detached'],
  [/^Insufficient bytes/, 'Partial read'],
  [/length must be 0 when calling respondWithNewView/, 'View is not zero-length'],
  [/length must be greater than 0 when calling respondWithNewView/, 'View is zero-length'],
  [/^the destination writable stream closed/, 'Destination WritableStream is closed'],
  [/^The (promise returned by the iterator.*)$/, (_, text) => invalidState(`The ${text}`, TypeError)],
  [/^autoAllocateChunkSize must be/, () => badValue('argument', 'source.autoAllocateChunkSize', 'is invalid. Received 0')],
  [/^bytesWritten must/, () => badValue('argument', 'bytesWritten', 'is invalid.')],
];

const RANGES = [
  [/^bytesWritten out of range/, () => badValue('argument', 'bytesWritten', 'is invalid.', RangeError)],
  [/^The (buffer of view|region specified)/, () => badValue('argument', 'view', 'is invalid.', RangeError)],
];

const badValue = (kind, name, reason, Base = TypeError) => coded(Base, 'ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}`);

function told(table, Base, text) {
  for (const [pattern, says] of table) {
    const found = pattern.exec(text);
    if (found !== null) return typeof says === 'string' ? invalidState(says, TypeError) : says(...found);
  }
  return new Base(text);
}

// Called with `new`.
export function StreamTypeError(text) { return told(TYPES, TypeError, text); }
export function StreamRangeError(text) { return told(RANGES, RangeError, text); }
