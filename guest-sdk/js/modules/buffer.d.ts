/** `require('buffer')`. */

declare module 'buffer' {
  export import Buffer = globalThis.Buffer;
  export import Blob = globalThis.Blob;
  export import File = globalThis.File;

  export function resolveObjectURL(url: string): Blob | undefined;
}

declare module 'node:buffer' {
  export * from 'buffer';
}
