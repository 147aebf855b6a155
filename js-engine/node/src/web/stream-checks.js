// What the constructors of web streams check in Node's words, before the package that they come from checks the same. They are called first
// in each of these constructors, see ../../streams.mjs.
import { coded, invalidArgType, invalidArgValue, validateFunction, validateObject } from '../errors.js';

const object = { allowArray: true, allowFunction: true };
const nullable = { ...object, nullable: true };

function checkMark(value) {
  if (value === undefined) return;
  if (Number.isNaN(+value) || +value < 0) throw invalidArgValue('strategy.highWaterMark', +value, 'is invalid', RangeError);
}

function checkSize(size) {
  if (size !== undefined) validateFunction(size, 'strategy.size');
}

function checkMembers(given, name, members) {
  for (const member of members) {
    if (given[member]) validateFunction(given[member], `${name}.${member}`);
  }
}

function checkStart(given) {
  if (given.start && typeof given.start !== 'function') throw new TypeError('Bind must be called on a function');
}

export function checkReadable(source, strategy) {
  validateObject(source, 'source', object);
  validateObject(strategy, 'strategy', nullable);
  const { type } = source;
  const size = strategy?.size;
  const isBytes = `${type}` === 'bytes';
  if (isBytes && size !== undefined) throw invalidArgValue('strategy.size', size, 'is invalid', RangeError);
  if (!isBytes && type !== undefined) throw invalidArgValue('source.type', type);
  checkMark(strategy?.highWaterMark);
  checkSize(size);
  checkStart(source);
  checkMembers(source, 'source', ['pull', 'cancel']);
  if (isBytes && source.autoAllocateChunkSize === 0) throw invalidArgValue('source.autoAllocateChunkSize', 0);
}

export function checkWritable(sink, strategy) {
  validateObject(sink, 'sink', object);
  validateObject(strategy, 'strategy', nullable);
  if (sink.type !== undefined) throw invalidArgValue('type', sink.type, 'is invalid', RangeError);
  checkSize(strategy?.size);
  checkMark(strategy?.highWaterMark);
  checkStart(sink);
  checkMembers(sink, 'sink', ['write', 'close', 'abort']);
}

export function checkTransform(transformer, writableStrategy, readableStrategy) {
  validateObject(transformer, 'transformer', object);
  validateObject(writableStrategy, 'writableStrategy', nullable);
  validateObject(readableStrategy, 'readableStrategy', nullable);
  for (const member of ['readableType', 'writableType']) {
    const type = transformer[member];
    if (type !== undefined) throw invalidArgValue(`transformer.${member}`, type, 'is invalid', RangeError);
  }
  for (const strategy of [readableStrategy, writableStrategy]) {
    checkMark(strategy?.highWaterMark);
    checkSize(strategy?.size);
  }
  checkMembers(transformer, 'transformer', ['transform', 'flush', 'cancel']);
}

export function checkStrategy(init) {
  validateObject(init, 'init');
  if (init.highWaterMark === undefined) throw coded(TypeError, 'ERR_MISSING_OPTION', 'init.highWaterMark is required');
}

// A reader's or a writer's stream is known by what it keeps.
export function checkStream(stream, Class) {
  if (!(stream instanceof Class)) throw invalidArgType('stream', Class.name, stream);
}

// What a strategy says that a piece counts.
export const badSize = (size) => invalidArgValue('size', +size, 'is invalid', RangeError);
