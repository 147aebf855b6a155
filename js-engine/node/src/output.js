// `process.stdout`, `process.stderr` and `process.stdin`. What is written comes into the log a line at a time; there is nothing to read.
import { Readable, Writable } from './stream/index.js';
import ticks from './stream/ticks.cjs';

class WriteStream extends Writable {
  constructor(fd) {
    super({
      decodeStrings: false,
      write(chunk, encoding, callback) {
        const text = typeof chunk === 'string' ? (encoding === 'utf8' ? chunk : Buffer.from(chunk, encoding)) : chunk;
        hb.write(fd === 2, typeof text === 'string' ? text : hb.decodeUtf8(text));
        callback();
      },
    });
    this.fd = fd;
    this._type = 'pipe';
    this._isStdio = true;
  }
  // Nothing ends them.
  _destroy(error, callback) { callback(error); }
  destroySoon() { this.destroy(); }
}

export const stdout = new WriteStream(1);
export const stderr = new WriteStream(2);
ticks.stdout = stdout;
ticks.stderr = stderr;

let input;
export function stdin() {
  input ??= Object.assign(new Readable({ read() { this.push(null); } }), { fd: 0 });
  return input;
}
