/** `performance`, as far as a hook has it. */

declare namespace Hookbox {
  interface Performance {
    /** Milliseconds, with a fraction. */
    now(): number;
    readonly timeOrigin: number;
  }
}

declare var performance: Hookbox.Performance;
