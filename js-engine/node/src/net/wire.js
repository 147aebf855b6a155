// A connection that the host holds, as a socket drives it: what Node calls a handle. It reads ahead by one answer at most, which is what the
// socket asked for.
import { abort, hold, operate, release } from '../operations.js';

const MOST = 65536;

export class Wire {
  reading = false;
  bytesRead = 0;
  bytesWritten = 0;
  // The operation that opened the connection, the one that reads, and the others.
  #id;
  #read;
  #others = new Set();
  #refed = true;
  // `onread(bytes, error)` is told of what comes, no bytes being the end, and says whether there is room for more.
  constructor(id, onread) {
    this.#id = id;
    this.onread = onread;
  }
  get id() { return this.#id; }
  readStart() {
    this.reading = true;
    if (this.#read !== undefined) return;
    this.#read = operate({ op: 'read', of: this.#id, max: MOST }, undefined, (error, bytes) => {
      this.#read = undefined;
      if (error === null) this.bytesRead += bytes.length;
      this.reading = this.onread(bytes, error) && this.reading;
      if (this.reading) this.readStart();
    });
    if (!this.#refed) release(this.#read);
  }
  readStop() { this.reading = false; }
  write(bytes, done) {
    this.bytesWritten += bytes.length;
    this.#begin({ op: 'write' }, bytes, done);
  }
  shutdown(done) { this.#begin({ op: 'end' }, undefined, done); }
  // Speaks TLS from here on. What was to be read in the clear is waited for no more.
  secure(tls, done) {
    this.#stop();
    this.#begin({ op: 'secure', tls }, undefined, done);
  }
  #begin(header, bytes, done) {
    const handle = operate({ ...header, of: this.#id }, bytes, (error, answer) => {
      this.#others.delete(handle);
      done(error, answer);
    });
    this.#others.add(handle);
  }
  #stop() {
    this.reading = false;
    if (this.#read !== undefined) abort(this.#read);
    this.#read = undefined;
  }
  close() {
    this.#stop();
    for (const handle of this.#others) abort(handle);
    this.#others.clear();
    abort(this.#id);
  }
  ref() {
    this.#refed = true;
    if (this.#read !== undefined) hold(this.#read);
  }
  unref() {
    this.#refed = false;
    if (this.#read !== undefined) release(this.#read);
  }
  hasRef() { return this.#refed; }
}
