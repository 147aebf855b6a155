/** `require('string_decoder')`. */

declare module 'string_decoder' {
  export class StringDecoder {
    constructor(encoding?: Hookbox.Encoding);
    write(bytes: Uint8Array): string;
    end(bytes?: Uint8Array): string;
  }
}

declare module 'node:string_decoder' {
  export * from 'string_decoder';
}
