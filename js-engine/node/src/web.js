// Globals that come from the web.
import 'core-js/actual/url/index.js';
import 'core-js/actual/url-search-params/index.js';
import 'core-js/actual/structured-clone.js';
import { Event as BaseEvent, EventTarget } from 'event-target-shim';
import { TextDecoder, TextEncoder } from './encoding.js';
import { expose } from './expose.js';
import { setTimeout } from './timers.js';

class Event extends BaseEvent {}

class CustomEvent extends Event {
  #detail;
  constructor(type, options) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}

const key = Symbol('made by AbortController');
// Aborts a signal; only this file can.
let fire;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  onabort = null;
  constructor(made) {
    if (made !== key) throw new TypeError('Illegal constructor');
    super();
  }
  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }
  static abort(reason) {
    const signal = new AbortSignal(key);
    fire(signal, reason);
    return signal;
  }
  static timeout(delay) {
    const signal = new AbortSignal(key);
    const expire = () => fire(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    setTimeout(expire, delay).unref();
    return signal;
  }
  static any(signals) {
    const signal = new AbortSignal(key);
    for (const each of signals) {
      if (each.aborted) return AbortSignal.abort(each.reason);
      each.addEventListener('abort', () => fire(signal, each.reason));
    }
    return signal;
  }
  static {
    fire = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
      const event = new Event('abort');
      if (typeof signal.onabort === 'function') signal.onabort(event);
      signal.dispatchEvent(event);
    };
  }
}

class AbortController {
  #signal = new AbortSignal(key);
  get signal() { return this.#signal; }
  abort(reason) { fire(this.#signal, reason); }
}

class Performance extends EventTarget {
  get timeOrigin() { return (hb.wallClock() - hb.monotonic()) / 1000; }
  now() { return hb.monotonic() / 1000; }
  mark(name) { return { name, entryType: 'mark', startTime: this.now(), duration: 0 }; }
  measure(name) { return { name, entryType: 'measure', startTime: 0, duration: this.now() }; }
  getEntries() { return []; }
  getEntriesByName() { return []; }
  getEntriesByType() { return []; }
  clearMarks() {}
  clearMeasures() {}
  toJSON() { return { timeOrigin: this.timeOrigin }; }
}

expose({
  Event,
  CustomEvent,
  EventTarget,
  AbortController,
  AbortSignal,
  Performance,
  performance: new Performance(),
  TextDecoder,
  TextEncoder,
});
