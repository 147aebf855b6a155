/** `process`, as far as a hook has one. */

declare namespace Hookbox {
  interface Process {
    /** The env vars that are linked to the hook. A value is a string, also where it looks like a number; one that is not linked is undefined. */
    env: Record<string, string | undefined>;
    /** A version that fits the hook's `runtime`, such as `v22.0.0`. */
    readonly version: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly platform: string;
    readonly arch: string;
    readonly pid: number;
    readonly argv: string[];
    /** Ends the execution as a failure of kind `exit`: a decision is returned, not exited with. */
    exit(code?: number): never;
    cwd(): string;
    uptime(): number;
    hrtime: HighResolutionTime;
    nextTick<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void;
    emitWarning(warning: string | Error): void;
    /** What nobody caught does not end the run while somebody listens for it. */
    on(event: 'uncaughtException', listener: (error: any, origin: 'uncaughtException' | 'unhandledRejection') => void): this;
    on(event: 'unhandledRejection', listener: (reason: any, promise: Promise<unknown>) => void): this;
    memoryUsage(): { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number };
  }

  interface HighResolutionTime {
    /** `[seconds, nanoseconds]`, since an arbitrary point or since an earlier reading. */
    (since?: readonly [number, number]): [number, number];
    /** Nanoseconds. */
    bigint(): bigint;
  }
}

declare var process: Hookbox.Process;
declare var global: typeof globalThis;
