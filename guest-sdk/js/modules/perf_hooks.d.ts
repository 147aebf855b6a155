/** `require('perf_hooks')`. */

declare module 'perf_hooks' {
  export const performance: Hookbox.Performance;
}

declare module 'node:perf_hooks' {
  export * from 'perf_hooks';
}
