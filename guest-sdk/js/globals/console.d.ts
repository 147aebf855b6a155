/** `console`: each call is an entry in the execution's log. Values are formatted as Node's `util.inspect` does. */

declare namespace Hookbox {
  interface Console {
    /** Level INFO. A string first may hold `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O`. */
    log(...values: unknown[]): void;
    /** Level INFO. */
    info(...values: unknown[]): void;
    /** Level DEBUG. */
    debug(...values: unknown[]): void;
    /** Level WARN. */
    warn(...values: unknown[]): void;
    /** Level ERROR. */
    error(...values: unknown[]): void;
    /** Level TRACE, with the stack. */
    trace(...values: unknown[]): void;
    /** Level INFO. */
    dir(value: unknown, options?: InspectOptions): void;
    /** Level ERROR, when the condition is false. */
    assert(condition?: unknown, ...values: unknown[]): void;
    count(label?: string): void;
    countReset(label?: string): void;
    group(...values: unknown[]): void;
    groupEnd(): void;
    table(rows: unknown, columns?: readonly string[]): void;
    time(label?: string): void;
    timeLog(label?: string, ...values: unknown[]): void;
    timeEnd(label?: string): void;
  }

  interface InspectOptions {
    /** How many levels of nested objects are shown; `null` for all. */
    depth?: number | null;
    colors?: boolean;
    showHidden?: boolean;
    compact?: boolean | number;
    breakLength?: number;
    sorted?: boolean | ((a: string, b: string) => number);
    maxArrayLength?: number | null;
    maxStringLength?: number | null;
  }
}

declare var console: Hookbox.Console;
