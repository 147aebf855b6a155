// Web streams: a maintained implementation, with the errors, the looks and the hidden members that Node's have. `stream` of Node asks the
// latter about a stream of the web.
import * as made from 'web-streams-polyfill';
import { coded, invalidArgType, invalidArgValue, outOfRange, validateAbortSignal, validateBuffer, validateObject } from '../errors.js';
import { expose } from '../expose.js';
import { format } from '../inspect.js';
import { customInspect } from './classes.js';

const { internals } = made;
const {
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableByteStreamController,
  ReadableStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter, TransformStream,
  TransformStreamDefaultController, ByteLengthQueuingStrategy, CountQueuingStrategy,
} = made;

export {
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableByteStreamController,
  ReadableStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter, TransformStream,
  TransformStreamDefaultController, ByteLengthQueuingStrategy, CountQueuingStrategy,
};

const has = (value, part) => value !== null && typeof value === 'object' && value[part] !== undefined;
export const isReadableStream = (value) => has(value, internals.readableStreamController);
export const isWritableStream = (value) => has(value, internals.writableStreamController);
const isByteStream = (stream) => stream[internals.readableStreamController] instanceof ReadableByteStreamController;

// What a stream is in is kept behind an accessor, so that whoever waits for its end hears of it.
const STATE = Symbol('state');
const ENDED = Symbol('ended');
const CLOSED = Symbol.for('nodejs.webstream.isClosedPromise');
const ERROR = Symbol.for('nodejs.webstream.controllerErrorFunction');

function settle(stream) {
  const ended = stream[ENDED];
  if (ended === undefined) return;
  if (stream[STATE] === 'closed') ended.resolve();
  else if (stream[STATE] === 'errored') ended.reject(stream[internals.storedError]);
}

const hidden = (get, set) => ({ get, set, configurable: true, enumerable: false });

function watched({ prototype }, controller) {
  Object.defineProperty(prototype, internals.state, hidden(function () { return this[STATE]; }, function (value) {
    this[STATE] = value;
    // The reason of an error is stored after the state.
    if (value !== 'readable' && value !== 'writable' && this[ENDED] !== undefined) queueMicrotask(() => settle(this));
  }));
  Object.defineProperty(prototype, CLOSED, hidden(function () {
    if (this[ENDED] === undefined) {
      const ended = Promise.withResolvers();
      ended.promise.catch(() => {});
      Object.defineProperty(this, ENDED, { value: ended });
      settle(this);
    }
    return this[ENDED];
  }));
  Object.defineProperty(prototype, ERROR, hidden(function () { return (reason) => this[controller].error(reason); }));
}
watched(ReadableStream, internals.readableStreamController);
watched(WritableStream, internals.writableStreamController);

const asked = {
  disturbed: [ReadableStream, (stream) => stream[internals.disturbed]],
  errored: [ReadableStream, (stream) => stream[STATE] === 'errored'],
  readable: [ReadableStream, (stream) => stream[STATE] === 'readable'],
  writable: [WritableStream, (stream) => stream[STATE] === 'writable'],
};
for (const [name, [Class, answer]] of Object.entries(asked)) {
  Object.defineProperty(Class.prototype, Symbol.for(`nodejs.stream.${name}`), hidden(function () { return answer(this); }));
}

// Arguments that Node checks in its own words, before the package sees them.
function checking(Class, name, check) {
  const inner = Class.prototype[name];
  const { [name]: outer } = {
    [name](...args) {
      check(this, args);
      return Reflect.apply(inner, this, args);
    },
  };
  Object.defineProperty(outer, 'length', { value: inner.length, configurable: true });
  Object.defineProperty(Class.prototype, name, { value: outer, writable: true, configurable: true, enumerable: true });
}

const loose = { nullable: true, allowArray: true, allowFunction: true };
checking(ReadableStream, 'getReader', (self, [options]) => {
  if (!isReadableStream(self)) return;
  if (options !== undefined) validateObject(options, 'options', loose);
  const mode = options?.mode;
  if (mode !== undefined && `${mode}` !== 'byob') throw invalidArgValue('options.mode', mode);
  if (mode !== undefined && !isByteStream(self)) throw invalidArgValue('stream', self, 'must be a byte stream');
});
checking(ReadableStream, 'pipeThrough', (self, [transform, options]) => {
  if (!isReadableStream(self)) return;
  if (!isReadableStream(transform?.readable)) throw invalidArgType('transform.readable', 'ReadableStream', transform?.readable);
  if (!isWritableStream(transform?.writable)) throw invalidArgType('transform.writable', 'WritableStream', transform?.writable);
  if (options !== undefined) validateObject(options, 'options', loose);
  if (options?.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
});

checking(ReadableByteStreamController, 'enqueue', (self, [chunk]) => {
  if (self?.[internals.controlledReadableByteStream] !== undefined) validateBuffer(chunk);
});
checking(ReadableStreamBYOBRequest, 'respondWithNewView', (self, [view]) => {
  if (self instanceof ReadableStreamBYOBRequest) validateBuffer(view, 'view');
});

// The same where the answer is a promise.
function promising(Class, name, check) {
  const inner = Class.prototype[name];
  const { [name]: outer } = {
    [name](...args) {
      try {
        check(this, args);
      } catch (error) {
        return Promise.reject(error);
      }
      return Reflect.apply(inner, this, args);
    },
  };
  Object.defineProperty(outer, 'length', { value: inner.length, configurable: true });
  Object.defineProperty(Class.prototype, name, { value: outer, writable: true, configurable: true, enumerable: true });
}

promising(ReadableStream, 'pipeTo', (self, args) => {
  if (!isReadableStream(self)) return;
  const [destination, options = undefined] = args;
  if (!isWritableStream(destination)) throw invalidArgType('transform.writable', 'WritableStream', destination);
  if (options !== undefined) validateObject(options, 'options', loose);
  if (options === null) args.length = 1;
  if (options?.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
});
promising(ReadableStreamBYOBReader, 'read', (self, [view, options]) => {
  if (!(self instanceof ReadableStreamBYOBReader)) return;
  validateBuffer(view, 'view');
  if (options !== undefined) validateObject(options, 'options', loose);
  const min = options?.min;
  if (min === undefined) return;
  if (typeof min !== 'number') throw invalidArgType('options.min', 'number', min);
  if (!Number.isInteger(min)) throw invalidArgValue('options.min', min, 'must be an integer');
  if (min <= 0) throw invalidArgValue('options.min', min, 'must be greater than 0');
  const [most, name] = view instanceof DataView ? [view.byteLength, 'byteLength'] : [view.length, 'length'];
  if (min > most) throw outOfRange('options.min', `<= view.${name}`, min);
});

const { from } = ReadableStream;
Object.defineProperty(ReadableStream, 'from', {
  value: { from(iterable) {
    if (typeof iterable[Symbol.asyncIterator] === 'function' || typeof iterable[Symbol.iterator] === 'function') return from(iterable);
    throw coded(TypeError, 'ERR_ARG_NOT_ITERABLE', format('%s must be iterable', iterable));
  } }.from, writable: true, configurable: true, enumerable: true,
});

// What a class shows of itself.
function showing(Class, fields) {
  const { name } = Class;
  const show = { [customInspect](depth, options, inspect) {
    if (depth < 0) return this;
    return `${name} ${inspect(fields(this), { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  } }[customInspect];
  Object.defineProperty(Class.prototype, customInspect, { value: show, writable: true, configurable: true });
}

showing(ReadableStream, (self) => ({ locked: self.locked, state: self[STATE], supportsBYOB: isByteStream(self) }));
showing(ReadableStreamDefaultReader, (self) => ({ stream: self[internals.ownerReadableStream], readRequests: self[internals.readRequests].length, close: self[internals.closedPromise] }));
showing(ReadableStreamBYOBReader, (self) => ({ stream: self[internals.ownerReadableStream], readIntoRequests: self[internals.readIntoRequests].length, close: self[internals.closedPromise] }));
showing(ReadableStreamBYOBRequest, (self) => ({ view: self.view, controller: self[internals.associatedReadableByteStreamController] }));
showing(ReadableByteStreamController, () => ({}));
showing(ReadableStreamDefaultController, () => ({}));
showing(WritableStream, (self) => ({ locked: self.locked, state: self[STATE] }));
showing(WritableStreamDefaultWriter, (self) => ({ stream: self[internals.ownerWritableStream], close: self[internals.closedPromise], ready: self[internals.readyPromise], desiredSize: self.desiredSize }));
showing(WritableStreamDefaultController, (self) => ({ stream: self[internals.controlledWritableStream] }));
showing(TransformStream, (self) => ({ readable: self.readable, writable: self.writable, backpressure: self[internals.backpressure] }));
showing(TransformStreamDefaultController, (self) => ({ stream: self[internals.controlledTransformStream] }));
showing(ByteLengthQueuingStrategy, (self) => ({ highWaterMark: self.highWaterMark }));
showing(CountQueuingStrategy, (self) => ({ highWaterMark: self.highWaterMark }));

// Was in an earlier form of the standard.
delete WritableStreamDefaultController.prototype.abortReason;

expose({
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest, ReadableByteStreamController,
  ReadableStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter, TransformStream,
  TransformStreamDefaultController, ByteLengthQueuingStrategy, CountQueuingStrategy,
});
