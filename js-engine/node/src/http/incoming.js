// `http.IncomingMessage`: the head of a message, and its body as a stream.
import { Readable, Stream } from '../stream/index.js';
import { nextTick } from '../timers.js';

const { apply } = Reflect;
const [HEADERS, DISTINCT, COUNT, TRAILERS, TRAILERS_DISTINCT, TRAILERS_COUNT] = [Symbol('kHeaders'), Symbol('kHeadersDistinct'), Symbol('kHeadersCount'),
  Symbol('kTrailers'), Symbol('kTrailersDistinct'), Symbol('kTrailersCount')];
// How a body that the host holds is asked for more.
export const PULL = Symbol('kPull');

export function IncomingMessage(socket) {
  apply(Readable, this, socket ? [{ highWaterMark: socket.readableHighWaterMark }] : []);
  this._readableState.readingMore = true;
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this[HEADERS] = null;
  this[COUNT] = 0;
  this.rawHeaders = [];
  this[TRAILERS] = null;
  this[TRAILERS_COUNT] = 0;
  this.rawTrailers = [];
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = '';
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consuming = false;
  this._dumped = false;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

// Of these the first counts; all others are joined.
const ONCE = new Set(('age host from etag server referer expires location user-agent retry-after content-type max-forwards authorization last-modified '
  + 'content-length if-modified-since proxy-authorization if-unmodified-since').split(' '));

function accessor(cache, raw, count, add, empty) {
  return {
    get() {
      if (!this[cache]) {
        this[cache] = empty();
        for (let at = 0; at < this[count]; at += 2) this[add](this[raw][at], this[raw][at + 1], this[cache]);
      }
      return this[cache];
    },
    set(value) { this[cache] = value; },
    configurable: true,
  };
}
const bare = () => Object.create(null);
Object.defineProperties(IncomingMessage.prototype, {
  connection: { get() { return this.socket; }, set(socket) { this.socket = socket; }, configurable: true },
  headers: accessor(HEADERS, 'rawHeaders', COUNT, '_addHeaderLine', () => ({})),
  headersDistinct: accessor(DISTINCT, 'rawHeaders', COUNT, '_addHeaderLineDistinct', bare),
  trailers: accessor(TRAILERS, 'rawTrailers', TRAILERS_COUNT, '_addHeaderLine', () => ({})),
  trailersDistinct: accessor(TRAILERS_DISTINCT, 'rawTrailers', TRAILERS_COUNT, '_addHeaderLineDistinct', bare),
});

Object.assign(IncomingMessage.prototype, {
  setTimeout(msecs, callback) {
    if (callback) this.on('timeout', callback);
    this.socket.setTimeout(msecs);
    return this;
  },
  _read(size) {
    if (!this._consuming) {
      this._readableState.readingMore = false;
      this._consuming = true;
    }
    if (this[PULL]) this[PULL]();
    else if (this.socket.readable && !this.socket._paused) this.socket.resume();
  },
  _destroy(error, callback) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    // Only those who listen hear of an error.
    const end = (problem) => nextTick(() => callback(this.listenerCount('error') === 0 ? undefined : problem));
    if (!this.socket || this.socket.destroyed || !this.aborted) {
      end(error);
      return;
    }
    this.socket.destroy(error);
    const forget = Stream.finished(this.socket, (problem) => {
      forget();
      end((problem?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : problem) || error);
    });
  },
  _addHeaderLines(headers, count) {
    if (!headers?.length) return;
    const [raw, counted, cache] = this.complete ? ['rawTrailers', TRAILERS_COUNT, TRAILERS] : ['rawHeaders', COUNT, HEADERS];
    this[raw] = headers;
    this[counted] = count;
    for (let at = 0; this[cache] && at < count; at += 2) this._addHeaderLine(headers[at], headers[at + 1], this[cache]);
  },
  _addHeaderLine(field, value, dest) {
    const name = field.toLowerCase();
    if (name === 'set-cookie') {
      if (dest[name] === undefined) dest[name] = [value];
      else dest[name].push(value);
    } else if (ONCE.has(name)) {
      if (dest[name] === undefined) dest[name] = value;
      else if (this.joinDuplicateHeaders) dest[name] += `, ${value}`;
    } else if (typeof dest[name] === 'string') {
      dest[name] += (name === 'cookie' ? '; ' : ', ') + value;
    } else {
      dest[name] = value;
    }
  },
  _addHeaderLineDistinct(field, value, dest) {
    const name = field.toLowerCase();
    if (dest[name]) dest[name].push(value);
    else dest[name] = [value];
  },
  _dump() {
    if (this._dumped) return;
    this._dumped = true;
    this.removeAllListeners('data');
    this.resume();
  },
});
