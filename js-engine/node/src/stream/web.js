// Streams of Node as streams of the web, and the other way: what `toWeb` and `fromWeb` give.
import Stream from 'readable-stream/lib/stream.js';
import { destroyer as destroy } from 'readable-stream/lib/internal/streams/destroy.js';
import { isDestroyed, isReadable, isWritable, isWritableEnded } from 'readable-stream/lib/internal/streams/utils.js';
import { Buffer } from '../buffer.js';
import { coded, invalidArgType, invalidArgValue, validateBoolean, validateObject } from '../errors.js';
import { AbortError } from '../events/abort-error.js';
import { nextTick } from '../timers.js';
import { ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableStream, WritableStream, isReadableStream, isWritableStream } from '../web/streams.js';

const { Duplex, Readable, Writable, finished } = Stream;
const nothing = () => {};

const ended = (error) => (error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new AbortError(undefined, { cause: error }) : error);
const prematureClose = () => coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close');

// Calls back out of a promise; what the callback throws is no rejection.
const outside = (callback, failed) => (error) => {
  try {
    callback(error);
  } catch (thrown) {
    nextTick(failed, thrown);
  }
};
const rethrow = (error) => { throw error; };

function closedWritable() {
  const writable = new WritableStream();
  writable.close();
  return writable;
}

function closedReadable() {
  const readable = new ReadableStream();
  readable.cancel();
  return readable;
}

export function writableToWeb(stream) {
  if (typeof stream?.write !== 'function' || typeof stream?.on !== 'function') throw invalidArgType('streamWritable', 'stream.Writable', stream);
  if (isDestroyed(stream) || !isWritable(stream)) return closedWritable();
  const highWaterMark = stream.writableHighWaterMark;
  let controller;
  let drained;
  let closed;
  const cleanup = finished(stream, (error) => {
    cleanup();
    // Older streams tell of an error again.
    stream.on('error', nothing);
    const failure = ended(error);
    if (failure != null) {
      drained?.reject(failure);
      closed?.reject(failure);
      controller.error(failure);
    } else if (closed !== undefined) {
      closed.resolve();
    } else {
      controller.error(new AbortError());
    }
    closed = undefined;
  });
  stream.on('drain', () => drained?.resolve());
  return new WritableStream({
    start(given) { controller = given; },
    write(chunk) {
      if (!stream.writableNeedDrain && stream.write(chunk)) return undefined;
      drained = Promise.withResolvers();
      return drained.promise.finally(() => { drained = undefined; });
    },
    abort(reason) { destroy(stream, reason); },
    close() {
      if (closed !== undefined || isWritableEnded(stream)) return undefined;
      closed = Promise.withResolvers();
      stream.end();
      return closed.promise;
    },
  }, stream.writableObjectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark });
}

export function readableToWeb(stream, options = {}) {
  if (typeof stream?._readableState !== 'object') throw invalidArgType('streamReadable', 'stream.Readable', stream);
  if (isDestroyed(stream) || !isReadable(stream)) return closedReadable();
  const highWaterMark = stream.readableHighWaterMark;
  const isObjects = stream.readableObjectMode;
  const usual = () => (isObjects ? new CountQueuingStrategy({ highWaterMark }) : new ByteLengthQueuingStrategy({ highWaterMark }));
  let controller;
  let isCanceled = false;
  stream.pause();
  const cleanup = finished(stream, (error) => {
    cleanup();
    stream.on('error', nothing);
    if (error) controller.error(ended(error));
    else if (!isCanceled) controller.close();
  });
  stream.on('data', (chunk) => {
    controller.enqueue(Buffer.isBuffer(chunk) && !isObjects ? new Uint8Array(chunk) : chunk);
    if (controller.desiredSize <= 0) stream.pause();
  });
  return new ReadableStream({
    start(given) { controller = given; },
    pull() { stream.resume(); },
    cancel(reason) {
      isCanceled = true;
      destroy(stream, reason);
    },
  }, options?.strategy || usual());
}

function chunkOf(chunk, encoding, isDecoded) {
  if (typeof chunk !== 'string' || !isDecoded) return chunk;
  const { buffer, byteOffset, byteLength } = Buffer.from(chunk, encoding);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

// How a stream of Node writes to a writer of the web; `stream` gives it, and `isClosed` tells whether the other side is.
function writing(writer, stream, isDecoded, isClosed) {
  const after = (promise, callback) => {
    const done = outside(callback, (error) => destroy(stream(), error));
    promise.then(() => done(), done);
  };
  return {
    writev(chunks, callback) {
      after(writer.ready.then(() => Promise.all(chunks.map(({ chunk }) => writer.write(chunk)))), callback);
    },
    write(chunk, encoding, callback) {
      const piece = chunkOf(chunk, encoding, isDecoded);
      after(writer.ready.then(() => writer.write(piece)), callback);
    },
    final(callback) {
      if (!isClosed()) after(writer.close(), callback);
    },
  };
}

const reading = (reader, stream) => function read() {
  reader.read().then(({ done, value }) => { stream().push(done ? null : value); }, (error) => destroy(stream(), error));
};

function writableOptions({ highWaterMark, decodeStrings = true, objectMode = false, signal }) {
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  return { highWaterMark, decodeStrings, objectMode, signal };
}

function readableOptions({ highWaterMark, encoding, objectMode = false, signal }) {
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) throw invalidArgValue(encoding, 'options.encoding');
  validateBoolean(objectMode, 'options.objectMode');
  return { highWaterMark, encoding, objectMode, signal };
}

export function writableFromWeb(writableStream, options = {}) {
  if (!isWritableStream(writableStream)) throw invalidArgType('writableStream', 'WritableStream', writableStream);
  validateObject(options, 'options');
  const given = writableOptions(options);
  const writer = writableStream.getWriter();
  let isClosed = false;
  const writable = new Writable({
    ...given,
    ...writing(writer, () => writable, given.decodeStrings && !given.objectMode, () => isClosed),
    destroy(error, callback) {
      const done = outside(() => callback(error), rethrow);
      if (isClosed) done();
      else (error != null ? writer.abort(error) : writer.close()).then(done, done);
    },
  });
  writer.closed.then(() => {
    isClosed = true;
    if (!isWritableEnded(writable)) destroy(writable, prematureClose());
  }, (error) => {
    isClosed = true;
    destroy(writable, error);
  });
  return writable;
}

export function readableFromWeb(readableStream, options = {}) {
  if (!isReadableStream(readableStream)) throw invalidArgType('readableStream', 'ReadableStream', readableStream);
  validateObject(options, 'options');
  const given = readableOptions(options);
  const reader = readableStream.getReader();
  let isClosed = false;
  const readable = new Readable({
    ...given,
    read: reading(reader, () => readable),
    destroy(error, callback) {
      const done = outside(() => callback(error), rethrow);
      if (isClosed) done();
      else reader.cancel(error).then(done, done);
    },
  });
  reader.closed.then(() => { isClosed = true; }, (error) => {
    isClosed = true;
    destroy(readable, error);
  });
  return readable;
}

export function duplexToWeb(duplex) {
  if (typeof duplex?._writableState !== 'object' || typeof duplex?._readableState !== 'object') throw invalidArgType('duplex', 'stream.Duplex', duplex);
  if (isDestroyed(duplex)) return { readable: closedReadable(), writable: closedWritable() };
  const writable = isWritable(duplex) ? writableToWeb(duplex) : closedWritable();
  const readable = isReadable(duplex) ? readableToWeb(duplex) : closedReadable();
  return { writable, readable };
}

export function duplexFromWeb(pair = {}, options = {}) {
  validateObject(pair, 'pair');
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) throw invalidArgType('pair.readable', 'ReadableStream', readableStream);
  if (!isWritableStream(writableStream)) throw invalidArgType('pair.writable', 'WritableStream', writableStream);
  validateObject(options, 'options');
  const { allowHalfOpen = false, decodeStrings = true } = options;
  const given = readableOptions(options);
  const writer = writableStream.getWriter();
  const reader = readableStream.getReader();
  const closed = { writable: false, readable: false };
  const duplex = new Duplex({
    ...given,
    allowHalfOpen,
    decodeStrings,
    ...writing(writer, () => duplex, decodeStrings && !given.objectMode, () => closed.writable),
    read: reading(reader, () => duplex),
    destroy(error, callback) {
      const done = outside(() => callback(error), rethrow);
      const sides = [closed.writable ? undefined : writer.abort(error), closed.readable ? undefined : reader.cancel(error)];
      if (closed.writable && closed.readable) done();
      else Promise.all(sides).then(done, done);
    },
  });
  const fail = (error) => {
    closed.writable = closed.readable = true;
    destroy(duplex, error);
  };
  writer.closed.then(() => {
    closed.writable = true;
    if (!isWritableEnded(duplex)) destroy(duplex, prematureClose());
  }, fail);
  reader.closed.then(() => { closed.readable = true; }, fail);
  return duplex;
}
