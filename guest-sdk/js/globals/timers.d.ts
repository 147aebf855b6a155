/** Timers and microtasks. They wait in real time, and what still waits when the handler's promise settles is dropped. */

declare namespace Hookbox {
  interface Timer {
    ref(): this;
    unref(): this;
    hasRef(): boolean;
    refresh(): this;
  }

  interface Immediate {
    ref(): this;
    unref(): this;
    hasRef(): boolean;
  }
}

declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, milliseconds?: number, ...args: A): Hookbox.Timer;
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, milliseconds?: number, ...args: A): Hookbox.Timer;
declare function setImmediate<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Hookbox.Immediate;
declare function clearTimeout(timer: Hookbox.Timer | null | undefined): void;
declare function clearInterval(timer: Hookbox.Timer | null | undefined): void;
declare function clearImmediate(immediate: Hookbox.Immediate | null | undefined): void;
declare function queueMicrotask(callback: () => void): void;
