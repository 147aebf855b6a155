// The body of an answer, as the package keeps bodies: `stream`, `source` and `length`. Most bodies are read as a whole, at once, and such a one
// never becomes a stream.
import { Buffer } from '../buffer.js';
import { ReadableStream } from '../web/streams.js';

const EMPTY = new Uint8Array(0);

const terminated = (error) => new TypeError('terminated', { cause: error });

// What is left where a stream would be: one that somebody is reading.
function readStream() {
  const stream = new ReadableStream({ type: 'bytes', start(controller) { controller.close(); } });
  stream.getReader().read();
  return stream;
}

export class IncomingBody {
  source = null;
  length = null;
  #read;
  #close;
  #stream;
  #controller;
  #isTaken = false;
  #failure;
  #reject;
  #whole;
  // `read` gives a promise of the next bytes, none at the end; `close` is called once there are no more, or nobody wants more. `whole` is all of
  // it, where that is there.
  constructor(read, close, whole = undefined) {
    this.#read = read;
    this.#close = close;
    this.#whole = whole;
  }
  get stream() {
    this.#stream ??= this.#isTaken ? readStream() : this.#made();
    return this.#stream;
  }
  // Which one of two it is, once it was cloned.
  set stream(stream) {
    this.#stream = stream;
  }
  isUntouched() {
    return this.#stream === undefined && !this.#isTaken;
  }
  // A promise of all of it, or undefined where it is a stream already.
  takeWhole() {
    if (!this.isUntouched()) return undefined;
    this.#isTaken = true;
    const { promise, resolve, reject } = Promise.withResolvers();
    if (this.#failure !== undefined) reject(this.#failure.reason);
    else this.#gather().then(resolve, reject);
    this.#reject = reject;
    return promise;
  }
  async #gather() {
    if (this.#whole !== undefined) {
      this.#close();
      return Buffer.from(this.#whole.buffer, this.#whole.byteOffset, this.#whole.length);
    }
    const pieces = [];
    for (;;) {
      const bytes = await this.#next();
      if (bytes.length === 0) break;
      pieces.push(bytes);
    }
    this.#close();
    return Buffer.concat(pieces);
  }
  async #next() {
    if (this.#whole?.length > 0) {
      const bytes = this.#whole;
      this.#whole = EMPTY;
      return bytes;
    }
    try {
      return await this.#read();
    } catch (error) {
      this.#close();
      throw terminated(error);
    }
  }
  #made() {
    const self = this;
    return new ReadableStream({
      type: 'bytes',
      start(controller) {
        self.#controller = controller;
        if (self.#failure !== undefined) controller.error(self.#failure.reason);
      },
      async pull(controller) {
        const bytes = await self.#next();
        if (self.#failure !== undefined) return;
        if (bytes.length > 0) {
          controller.enqueue(bytes);
          return;
        }
        self.#close();
        controller.close();
        controller.byobRequest?.respond(0);
      },
      cancel() { self.#close(); },
    }, { highWaterMark: 0 });
  }
  // Nothing more comes, for this reason.
  fail(reason) {
    this.#failure ??= { reason };
    this.#controller?.error(reason);
    this.#reject?.(reason);
  }
}
