// `require('events')`: the emitter with what Node hangs on it.
import { AsyncResource } from '../async_hooks.js';
import { coded, invalidArgType, validateAbortSignal, validateFunction, validateNumber } from '../errors.js';
import { EventEmitter, errorMonitor, listenersFor, rejection } from './emitter.js';
import { isTarget, listenersOfTarget, maxListenersOf } from './target.js';
import { on, once } from './waiting.js';

const MOST = Symbol('events.maxEventTargetListeners');

function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget.listeners === 'function') return emitterOrTarget.listeners(type);
  if (isTarget(emitterOrTarget)) return listenersOfTarget(emitterOrTarget, type);
  throw invalidArgType('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === 'function') return emitterOrTarget.getMaxListeners();
  if (isTarget(emitterOrTarget)) return maxListenersOf(emitterOrTarget);
  throw invalidArgType('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function addAbortListener(signal, listener) {
  if (signal === undefined) throw invalidArgType('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  let remove;
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true });
    remove = () => signal.removeEventListener('abort', listener);
  }
  return { __proto__: null, [Symbol.dispose]() { remove?.(); } };
}

class EventEmitterReferencingAsyncResource extends AsyncResource {
  #eventEmitter;
  constructor(eventEmitter, type, options) {
    super(type, options);
    this.#eventEmitter = eventEmitter;
  }
  get eventEmitter() { return this.#eventEmitter; }
}

// An emitter whose listeners run in the async context that it was made in.
class EventEmitterAsyncResource extends EventEmitter {
  #resource;
  constructor(options = undefined) {
    const name = typeof options === 'string' ? options : (options?.name ?? new.target.name);
    super(typeof options === 'string' ? undefined : options);
    this.#resource = new EventEmitterReferencingAsyncResource(this, name, options);
  }
  emit(event, ...args) {
    if (!(#resource in this)) throw coded(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type EventEmitterAsyncResource');
    return this.#resource.runInAsyncScope(super.emit, this, event, ...args);
  }
  emitDestroy() { this.#resource.emitDestroy(); }
  get asyncId() { return this.#resource.asyncId(); }
  get triggerAsyncId() { return this.#resource.triggerAsyncId(); }
  get asyncResource() { return this.#resource; }
}

// In the order in which Node has them, because that is how they are listed.
const { captureRejections, defaultMaxListeners } = Object.getOwnPropertyDescriptors(EventEmitter);
const { init } = EventEmitter;
for (const name of ['captureRejections', 'defaultMaxListeners', 'init']) Reflect.deleteProperty(EventEmitter, name);
EventEmitter.addAbortListener = addAbortListener;
EventEmitter.once = once;
EventEmitter.on = on;
EventEmitter.getEventListeners = getEventListeners;
EventEmitter.getMaxListeners = getMaxListeners;
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;
EventEmitter.captureRejectionSymbol = rejection;
Object.defineProperty(EventEmitter, 'captureRejections', captureRejections);
Object.defineProperty(EventEmitter, 'EventEmitterAsyncResource', { get: () => EventEmitterAsyncResource, enumerable: true });
EventEmitter.errorMonitor = errorMonitor;
Object.defineProperty(EventEmitter, 'defaultMaxListeners', defaultMaxListeners);
Object.defineProperty(EventEmitter, 'kMaxEventTargetListeners', { value: MOST });
Object.defineProperty(EventEmitter, 'kMaxEventTargetListenersWarned', { value: Symbol('events.maxEventTargetListenersWarned') });
EventEmitter.setMaxListeners = function (n = EventEmitter.defaultMaxListeners, ...eventTargets) {
  validateNumber(n, 'setMaxListeners', 0);
  if (eventTargets.length === 0) EventEmitter.defaultMaxListeners = n;
  for (const each of eventTargets) {
    if (isTarget(each)) maxListenersOf(each, n);
    else if (typeof each.setMaxListeners === 'function') each.setMaxListeners(n);
    else throw invalidArgType('eventTargets', ['EventEmitter', 'EventTarget'], each);
  }
};
EventEmitter.init = init;
EventEmitter.listenerCount = function (emitter, type) {
  return typeof emitter.listenerCount === 'function' ? emitter.listenerCount(type) : listenersFor(emitter, type).length;
};
for (const name of ['setMaxListeners', 'listenerCount', 'init']) Object.defineProperty(EventEmitter[name], 'name', { value: '' });
Object.defineProperty(EventEmitter.setMaxListeners, 'length', { value: 0 });

export { EventEmitter };
export default EventEmitter;
