// Streams of the web. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const streamWeb = {
  classes: {
    ReadableStream: [0, '', 'locked: cancel/0 getReader/0 pipeThrough/1 pipeTo/1 tee/0 values/0', 'from/1'],
    ReadableStreamDefaultReader: [1, '', 'read/0 releaseLock/0 closed: cancel/0'],
    ReadableStreamBYOBReader: [1, '', 'read/1 releaseLock/0 closed: cancel/0'],
    ReadableStreamBYOBRequest: [0, '', 'view: respond/1 respondWithNewView/1'],
    ReadableByteStreamController: [0, '', 'byobRequest: desiredSize: close/0 enqueue/1 error/0'],
    ReadableStreamDefaultController: [0, '', 'desiredSize: close/0 enqueue/0 error/0'],
    TransformStream: [0, '', 'readable: writable:'],
    TransformStreamDefaultController: [0, '', 'desiredSize: enqueue/0 error/0 terminate/0'],
    WritableStream: [0, '', 'locked: abort/0 close/0 getWriter/0'],
    WritableStreamDefaultWriter: [1, '', 'closed: desiredSize: ready: abort/0 close/0 releaseLock/0 write/0'],
    WritableStreamDefaultController: [0, '', 'signal: error/0'],
    ByteLengthQueuingStrategy: [1, '', 'highWaterMark: size:'],
    CountQueuingStrategy: [1, '', 'highWaterMark: size:'],
    TextEncoderStream: [0, '', 'encoding: readable: writable:'],
    TextDecoderStream: [0, '', 'encoding: fatal: ignoreBOM: readable: writable:'],
    CompressionStream: [1, '', 'readable: writable:'],
    DecompressionStream: [1, '', 'readable: writable:'],
  },
};
