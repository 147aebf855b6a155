/** Conversions between text, bytes and copies of values. */

declare function atob(base64: string): string;
declare function btoa(binary: string): string;

/** A deep copy; `transfer` lists buffers to move instead of copying. */
declare function structuredClone<T>(value: T, options?: { transfer?: readonly ArrayBuffer[] }): T;

declare class TextEncoder {
  readonly encoding: 'utf-8';
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}

/** The encodings of the web: UTF-8, UTF-16, windows-1252 (also called latin1 and ascii) and the like. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}
