// The errors of the package of streams, made as all of ours are.
const errors = require('../errors.js');
const { AbortError } = require('../events/abort-error.js');

const { coded } = errors;
const fixed = (code, text, Base = Error) => [code, (...args) => coded(Base, code, args.reduce((message, each) => message.replace('%s', () => String(each)), text))];
const makers = new Map([
  ['ERR_INVALID_ARG_TYPE', (name, expected, actual) => errors.invalidArgType(name, name === 'chunk' ? ['string', 'Buffer', 'TypedArray', 'DataView'] : expected, actual)],
  ['ERR_INVALID_ARG_VALUE', errors.invalidArgValue],
  ['ERR_INVALID_RETURN_VALUE', errors.invalidReturn],
  ['ERR_MISSING_ARGS', errors.missingArgs],
  ['ERR_OUT_OF_RANGE', errors.outOfRange],
  ['ERR_UNKNOWN_ENCODING', errors.unknownEncoding],
  fixed('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor', TypeError),
  fixed('ERR_INTERNAL_ASSERTION', '%s'),
  fixed('ERR_METHOD_NOT_IMPLEMENTED', 'The %s method is not implemented'),
  fixed('ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'),
  fixed('ERR_SOCKET_BAD_PORT', 'Port should be >= 0 and < 65536. Received %s.', RangeError),
  fixed('ERR_STREAM_ALREADY_FINISHED', 'Cannot call %s after a stream was finished'),
  fixed('ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'),
  fixed('ERR_STREAM_DESTROYED', 'Cannot call %s after a stream was destroyed'),
  fixed('ERR_STREAM_NULL_VALUES', 'May not write null values to stream', TypeError),
  fixed('ERR_STREAM_PREMATURE_CLOSE', 'Premature close'),
  fixed('ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'),
  fixed('ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event'),
  fixed('ERR_STREAM_WRITE_AFTER_END', 'write after end'),
  fixed('ERR_UNKNOWN_SIGNAL', 'Unknown signal: %s', TypeError),
]);

// Each is called with `new`, and some as a plain function.
const codes = {};
for (const [code, make] of makers) codes[code] = function (...args) { return make(...args); };

// The error that came second holds both, the other one first.
function aggregateTwoErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  return Object.assign(new AggregateError([outer, inner], outer.message), { code: outer.code });
}

module.exports = { AbortError, aggregateTwoErrors, codes, hideStackFrames: (check) => check };
