/** `Buffer`. */

declare namespace Hookbox {
  type Encoding = 'utf8' | 'utf-8' | 'hex' | 'base64' | 'base64url' | 'latin1' | 'binary' | 'ascii' | 'utf16le' | 'utf-16le' | 'ucs2' | 'ucs-2';

  type Bytes = ArrayBuffer | ArrayBufferView;

  interface BufferConstructor {
    readonly prototype: Buffer;
    from(text: string, encoding?: Encoding): Buffer;
    from(bytes: Uint8Array | readonly number[] | Iterable<number>): Buffer;
    from(memory: ArrayBuffer, offset?: number, length?: number): Buffer;
    of(...bytes: number[]): Buffer;
    alloc(size: number, fill?: string | number | Uint8Array, encoding?: Encoding): Buffer;
    allocUnsafe(size: number): Buffer;
    concat(parts: readonly Uint8Array[], length?: number): Buffer;
    compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1;
    byteLength(value: string | Bytes, encoding?: Encoding): number;
    isBuffer(value: unknown): value is Buffer;
    isEncoding(name: string): name is Encoding;
  }
}

interface Buffer extends Uint8Array<ArrayBuffer> {
  toString(encoding?: Hookbox.Encoding, start?: number, end?: number): string;
  toJSON(): { type: 'Buffer'; data: number[] };
  equals(other: Uint8Array): boolean;
  compare(other: Uint8Array, otherStart?: number, otherEnd?: number, start?: number, end?: number): -1 | 0 | 1;
  copy(target: Uint8Array, targetStart?: number, start?: number, end?: number): number;
  /** Shares memory with this buffer, unlike the method of a typed array. */
  slice(start?: number, end?: number): Buffer;
  subarray(start?: number, end?: number): Buffer;
  write(text: string, offset?: number, length?: number, encoding?: Hookbox.Encoding): number;
  fill(value: string | number | Uint8Array, start?: number, end?: number, encoding?: Hookbox.Encoding): this;
  indexOf(value: string | number | Uint8Array, start?: number, encoding?: Hookbox.Encoding): number;
  lastIndexOf(value: string | number | Uint8Array, start?: number, encoding?: Hookbox.Encoding): number;
  includes(value: string | number | Uint8Array, start?: number, encoding?: Hookbox.Encoding): boolean;
  readUInt8(offset?: number): number;
  readUInt16BE(offset?: number): number;
  readUInt16LE(offset?: number): number;
  readUInt32BE(offset?: number): number;
  readUInt32LE(offset?: number): number;
  readInt8(offset?: number): number;
  readInt16BE(offset?: number): number;
  readInt16LE(offset?: number): number;
  readInt32BE(offset?: number): number;
  readInt32LE(offset?: number): number;
  readBigUInt64BE(offset?: number): bigint;
  readBigUInt64LE(offset?: number): bigint;
  readDoubleBE(offset?: number): number;
  readDoubleLE(offset?: number): number;
  writeUInt8(value: number, offset?: number): number;
  writeUInt16BE(value: number, offset?: number): number;
  writeUInt16LE(value: number, offset?: number): number;
  writeUInt32BE(value: number, offset?: number): number;
  writeUInt32LE(value: number, offset?: number): number;
  writeInt8(value: number, offset?: number): number;
  writeInt16BE(value: number, offset?: number): number;
  writeInt16LE(value: number, offset?: number): number;
  writeInt32BE(value: number, offset?: number): number;
  writeInt32LE(value: number, offset?: number): number;
  writeBigUInt64BE(value: bigint, offset?: number): number;
  writeBigUInt64LE(value: bigint, offset?: number): number;
  writeDoubleBE(value: number, offset?: number): number;
  writeDoubleLE(value: number, offset?: number): number;
}

declare var Buffer: Hookbox.BufferConstructor;
