// `AbortController` and `AbortSignal`.
import { coded, invalidArgType, invalidThis, validateAbortSignal, validateUint32 } from '../errors.js';
import { expose } from '../expose.js';
import { setTimeout } from '../timers.js';
import { customInspect, shown, webClass } from '../web/classes.js';
import { DOMException } from '../web/dom-exception.js';
import { Event, EventTarget, defineHandler } from './target.js';

const key = Symbol('made here');
// Aborts a signal; only this file can.
let fire;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  // Signals of AbortSignal.any that follow this one.
  #followers = [];
  // A controller lives as long as its signal, for those who only know it weakly.
  #controller;
  constructor(made = undefined, controller = undefined) {
    if (made !== key) throw coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    super();
    this.#controller = controller;
  }
  get aborted() {
    if (!isSignal(this)) throw invalidThis('AbortSignal');
    return this.#aborted;
  }
  get reason() {
    if (!isSignal(this)) throw invalidThis('AbortSignal');
    return this.#reason;
  }
  throwIfAborted() {
    if (this.aborted) throw this.#reason;
  }
  static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    const signal = new AbortSignal(key);
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }
  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(key);
    const expire = () => fire(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    setTimeout(expire, delay).unref();
    return signal;
  }
  static any(signals) {
    if (!Array.isArray(signals)) throw invalidArgType('signals', 'Array', signals);
    for (const [at, each] of signals.entries()) {
      if (each === undefined) throw invalidArgType(`signals[${at}]`, 'AbortSignal', each);
      validateAbortSignal(each, `signals[${at}]`);
    }
    const aborted = signals.find((each) => each.aborted);
    if (aborted !== undefined) return AbortSignal.abort(aborted.reason);
    const signal = new AbortSignal(key);
    for (const each of signals) each.#followers.push(signal);
    return signal;
  }
  [customInspect](depth, options, inspect) {
    return shown(this, 'AbortSignal', { aborted: this.aborted }, depth, options, inspect);
  }
  static {
    this.is = (value) => value !== null && typeof value === 'object' && #aborted in value;
    fire = (signal, reason) => {
      // All of them are aborted before any listener learns of it.
      const all = [];
      const mark = (each) => {
        if (each.#aborted) return;
        each.#aborted = true;
        each.#reason = reason;
        all.push(each);
      };
      mark(signal);
      for (const each of all) each.#followers.forEach(mark);
      for (const each of all) each.dispatchEvent(new Event('abort'));
    };
  }
}
const isSignal = AbortSignal.is;
delete AbortSignal.is;
webClass(AbortSignal, ['aborted']);
defineHandler(AbortSignal, 'abort');

export class AbortController {
  #signal = undefined;
  get signal() {
    if (!(#signal in this)) throw invalidThis('AbortController');
    this.#signal ??= new AbortSignal(key, this);
    return this.#signal;
  }
  abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
    fire(this.signal, reason);
  }
  [customInspect](depth, options, inspect) {
    if (depth < 0) return this;
    return shown(this, 'AbortController', { signal: this.signal }, depth, options, inspect);
  }
}
webClass(AbortController, ['signal', 'abort']);

expose({ AbortController, AbortSignal });
