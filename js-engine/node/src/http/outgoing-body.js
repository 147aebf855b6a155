// How an OutgoingMessage writes. The request of a hook gives its parts to the host, unframed: `_unframed` says so.
import { Buffer } from '../buffer.js';
import { coded, invalidArgType } from '../errors.js';
import { nextTick } from '../timers.js';

export const [CORKED, MARK, NEEDS_DRAIN, REJECTS, WRITTEN] = [Symbol('corked'), Symbol('kHighWaterMark'), Symbol('kNeedDrain'),
  Symbol('kRejectNonStandardBodyWrites'), Symbol('kBytesWritten')];
const nothing = () => {};

const afterEnd = () => coded(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
const mismatch = (sent, stated) => coded(Error, 'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
  `Response body's content-length of ${sent} byte(s) does not match the content-length of ${stated} byte(s) set in header`);

function failLater(message, error, callback) {
  if (message.destroyed) return;
  nextTick(() => {
    callback(error);
    if (!message.destroyed) message.emit('error', error);
  });
}

const isStrict = (message) => message.strictContentLength && message._contentLength !== null && message._hasBody && !message._removedContLen
  && !message.chunkedEncoding && !message.hasHeader('transfer-encoding');

function checkLength(message, size, isLast) {
  if (!message.strictContentLength) return;
  const total = message[WRITTEN] + size;
  if (isStrict(message) && (isLast ? total !== message._contentLength : total > message._contentLength)) throw mismatch(total, message._contentLength);
  message[WRITTEN] = total;
}

function refused(message, callback) {
  if (message.finished) {
    if (message.destroyed) nextTick(callback, afterEnd());
    else failLater(message, afterEnd(), callback);
    return true;
  }
  if (message.destroyed) nextTick(callback, coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed'));
  return message.destroyed;
}

function write(message, chunk, encoding, given, isLast) {
  const callback = typeof given === 'function' ? given : nothing;
  if (chunk === null) throw coded(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) throw invalidArgType('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
  if (refused(message, callback)) return false;
  const size = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
  checkLength(message, size, isLast);
  if (!message._header) {
    if (isLast) message._contentLength = size;
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message[REJECTS]) throw coded(Error, 'ERR_HTTP_BODY_NOT_ALLOWED', 'Adding content for this request method or response status is not allowed.');
    nextTick(callback);
    return true;
  }
  if (!isLast && message.socket && !message.socket.writableCorked) {
    message.socket.cork();
    nextTick((socket) => socket.uncork(), message.socket);
  }
  if (!message.chunkedEncoding || size === 0 || message._unframed) return message._send(chunk, encoding, callback, size);
  message._send(size.toString(16), 'latin1', null);
  message._send('\r\n', 'latin1', null);
  message._send(chunk, encoding, null, size);
  return message._send('\r\n', 'latin1', callback);
}

function sendEnd(message, hasChunk) {
  const finish = () => {
    if (!message.socket?._hadError) message.emit('finish');
  };
  if (message._hasBody && message.chunkedEncoding && !message._unframed) message._send(`0\r\n${message._trailer}\r\n`, 'latin1', finish);
  else if (!message._headerSent || message.writableLength || hasChunk || message._unframed) message._send('', 'latin1', finish);
  else nextTick(finish);
  if (message.socket) {
    // However often it was corked.
    message.socket._writableState.corked = 1;
    message.socket.uncork();
  }
  message[CORKED] = 0;
}

export const body = {
  _send(given, encoding, callback, size) {
    let data = given;
    if (!this._headerSent && this._header !== null && !this._unframed) {
      if (typeof data === 'string' && (encoding === 'utf8' || encoding === 'latin1' || !encoding)) {
        data = this._header + data;
      } else {
        this.outputData.unshift({ data: this._header, encoding: 'latin1', callback: null });
        this.outputSize += this._header.length;
        this._onPendingData(this._header.length);
      }
    }
    if (this._header !== null) this._headerSent = true;
    return this._writeRaw(data, encoding, callback, size);
  },
  _writeRaw(data, encoding, callback, size) {
    const { socket } = this;
    if (socket?.destroyed) return false;
    const [code, done] = typeof encoding === 'function' ? [null, encoding] : [encoding, callback];
    if (socket && socket._httpMessage === this && socket.writable) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, code, done);
    }
    this.outputData.push({ data, encoding: code, callback: done });
    this.outputSize += data.length;
    this._onPendingData(data.length);
    return this.outputSize < this[MARK];
  },
  write(chunk, encoding, callback) {
    const [code, done] = typeof encoding === 'function' ? [null, encoding] : [encoding, callback];
    const hasRoom = write(this, chunk, code, done, false);
    if (!hasRoom) this[NEEDS_DRAIN] = true;
    return hasRoom;
  },
  end(given, encoding, callback) {
    let [chunk, code, done] = [given, encoding, callback];
    if (typeof chunk === 'function') [chunk, code, done] = [null, null, chunk];
    else if (typeof code === 'function') [code, done] = [null, code];
    if (chunk) {
      if (this.finished) {
        failLater(this, afterEnd(), typeof done === 'function' ? done : nothing);
        return this;
      }
      this.socket?.cork();
      write(this, chunk, code, null, true);
    } else if (this.finished) {
      if (typeof done !== 'function') return this;
      if (!this.writableFinished) this.on('finish', done);
      else done(coded(Error, 'ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished'));
      return this;
    } else if (!this._header) {
      this.socket?.cork();
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (typeof done === 'function') this.once('finish', done);
    if (isStrict(this) && this[WRITTEN] !== this._contentLength) throw mismatch(this[WRITTEN], this._contentLength);
    sendEnd(this, Boolean(chunk));
    this.finished = true;
    if (this.outputData.length === 0 && this.socket && this.socket._httpMessage === this) this._finish();
    return this;
  },
  _finish() { this.emit('prefinish'); },
  _flush() {
    const { socket } = this;
    if (!socket?.writable) return;
    const hasRoom = this._flushOutput(socket);
    if (this.finished) {
      this._finish();
    } else if (hasRoom && this[NEEDS_DRAIN]) {
      this[NEEDS_DRAIN] = false;
      this.emit('drain');
    }
  },
  _flushOutput(socket) {
    for (; this[CORKED] > 0; this[CORKED]--) socket.cork();
    if (this.outputData.length === 0) return undefined;
    const waiting = this.outputData;
    socket.cork();
    let hasRoom;
    for (const { data, encoding, callback } of waiting) hasRoom = socket.write(data, encoding, callback);
    socket.uncork();
    this.outputData = [];
    this._onPendingData(-this.outputSize);
    this.outputSize = 0;
    return hasRoom;
  },
  cork() {
    if (this.socket) this.socket.cork();
    else this[CORKED]++;
  },
  uncork() {
    if (this.socket) this.socket.uncork();
    else if (this[CORKED] > 0) this[CORKED]--;
  },
};
