/** `require('events')`. */

declare module 'events' {
  type Name = string | symbol;
  type Listener = (...args: any[]) => void;

  class EventEmitter {
    on(name: Name, listener: Listener): this;
    once(name: Name, listener: Listener): this;
    off(name: Name, listener: Listener): this;
    addListener(name: Name, listener: Listener): this;
    removeListener(name: Name, listener: Listener): this;
    removeAllListeners(name?: Name): this;
    prependListener(name: Name, listener: Listener): this;
    prependOnceListener(name: Name, listener: Listener): this;
    emit(name: Name, ...args: unknown[]): boolean;
    eventNames(): Name[];
    listenerCount(name: Name): number;
    listeners(name: Name): Listener[];
    setMaxListeners(count: number): this;
    getMaxListeners(): number;
    static EventEmitter: typeof EventEmitter;
    static once(emitter: EventEmitter, name: Name): Promise<any[]>;
    static defaultMaxListeners: number;
  }

  export = EventEmitter;
}

declare module 'node:events' {
  import EventEmitter = require('events');
  export = EventEmitter;
}
