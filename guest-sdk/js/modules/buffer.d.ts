/** `require('buffer')`. */

declare module 'buffer' {
  export import Buffer = globalThis.Buffer;
}

declare module 'node:buffer' {
  export * from 'buffer';
}
