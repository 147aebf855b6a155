/** Streams of the web. */

declare namespace Hookbox {
  interface QueuingStrategy<T> {
    highWaterMark?: number;
    size?(chunk: T): number;
  }

  interface ReadableSource<R> {
    type?: undefined;
    start?(controller: ReadableStreamDefaultController<R>): unknown;
    pull?(controller: ReadableStreamDefaultController<R>): unknown;
    cancel?(reason: unknown): unknown;
  }

  interface ReadableByteSource {
    type: 'bytes';
    autoAllocateChunkSize?: number;
    start?(controller: ReadableByteStreamController): unknown;
    pull?(controller: ReadableByteStreamController): unknown;
    cancel?(reason: unknown): unknown;
  }

  interface WritableSink<W> {
    start?(controller: WritableStreamDefaultController): unknown;
    write?(chunk: W, controller: WritableStreamDefaultController): unknown;
    close?(): unknown;
    abort?(reason: unknown): unknown;
  }

  interface Transformer<I, O> {
    start?(controller: TransformStreamDefaultController<O>): unknown;
    transform?(chunk: I, controller: TransformStreamDefaultController<O>): unknown;
    flush?(controller: TransformStreamDefaultController<O>): unknown;
    cancel?(reason: unknown): unknown;
  }

  interface PipeOptions {
    preventAbort?: boolean;
    preventCancel?: boolean;
    preventClose?: boolean;
    signal?: AbortSignal;
  }

  type ReadResult<T> = { done: false; value: T } | { done: true; value: T | undefined };

  interface Pair<R, W> {
    readonly readable: ReadableStream<R>;
    readonly writable: WritableStream<W>;
  }
}

declare class ReadableStream<R = any> implements AsyncIterable<R> {
  constructor(source: Hookbox.ReadableByteSource, strategy?: { highWaterMark?: number });
  constructor(source?: Hookbox.ReadableSource<R>, strategy?: Hookbox.QueuingStrategy<R>);
  static from<R>(iterable: Iterable<R> | AsyncIterable<R>): ReadableStream<R>;
  readonly locked: boolean;
  cancel(reason?: unknown): Promise<void>;
  getReader(options: { mode: 'byob' }): ReadableStreamBYOBReader;
  getReader(): ReadableStreamDefaultReader<R>;
  pipeThrough<T>(transform: { readable: ReadableStream<T>; writable: WritableStream<R> }, options?: Hookbox.PipeOptions): ReadableStream<T>;
  pipeTo(destination: WritableStream<R>, options?: Hookbox.PipeOptions): Promise<void>;
  tee(): [ReadableStream<R>, ReadableStream<R>];
  values(options?: { preventCancel?: boolean }): AsyncIterableIterator<R>;
  [Symbol.asyncIterator](options?: { preventCancel?: boolean }): AsyncIterableIterator<R>;
}

declare class ReadableStreamDefaultReader<R = any> {
  constructor(stream: ReadableStream<R>);
  readonly closed: Promise<void>;
  read(): Promise<Hookbox.ReadResult<R>>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

declare class ReadableStreamBYOBReader {
  constructor(stream: ReadableStream<Uint8Array>);
  readonly closed: Promise<void>;
  read<V extends ArrayBufferView>(view: V, options?: { min?: number }): Promise<Hookbox.ReadResult<V>>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

declare class ReadableStreamDefaultController<R = any> {
  private constructor();
  readonly desiredSize: number | null;
  close(): void;
  enqueue(chunk: R): void;
  error(reason?: unknown): void;
}

declare class ReadableByteStreamController {
  private constructor();
  readonly byobRequest: ReadableStreamBYOBRequest | null;
  readonly desiredSize: number | null;
  close(): void;
  enqueue(chunk: ArrayBufferView): void;
  error(reason?: unknown): void;
}

declare class ReadableStreamBYOBRequest {
  private constructor();
  readonly view: ArrayBufferView | null;
  respond(bytesWritten: number): void;
  respondWithNewView(view: ArrayBufferView): void;
}

declare class WritableStream<W = any> {
  constructor(sink?: Hookbox.WritableSink<W>, strategy?: Hookbox.QueuingStrategy<W>);
  readonly locked: boolean;
  abort(reason?: unknown): Promise<void>;
  close(): Promise<void>;
  getWriter(): WritableStreamDefaultWriter<W>;
}

declare class WritableStreamDefaultWriter<W = any> {
  constructor(stream: WritableStream<W>);
  readonly closed: Promise<void>;
  readonly desiredSize: number | null;
  readonly ready: Promise<void>;
  abort(reason?: unknown): Promise<void>;
  close(): Promise<void>;
  releaseLock(): void;
  write(chunk?: W): Promise<void>;
}

declare class WritableStreamDefaultController {
  private constructor();
  readonly signal: AbortSignal;
  error(reason?: unknown): void;
}

declare class TransformStream<I = any, O = any> implements Hookbox.Pair<O, I> {
  constructor(transformer?: Hookbox.Transformer<I, O>, writableStrategy?: Hookbox.QueuingStrategy<I>, readableStrategy?: Hookbox.QueuingStrategy<O>);
  readonly readable: ReadableStream<O>;
  readonly writable: WritableStream<I>;
}

declare class TransformStreamDefaultController<O = any> {
  private constructor();
  readonly desiredSize: number | null;
  enqueue(chunk?: O): void;
  error(reason?: unknown): void;
  terminate(): void;
}

declare class ByteLengthQueuingStrategy {
  constructor(init: { highWaterMark: number });
  readonly highWaterMark: number;
  readonly size: (chunk: ArrayBufferView) => number;
}

declare class CountQueuingStrategy {
  constructor(init: { highWaterMark: number });
  readonly highWaterMark: number;
  readonly size: () => number;
}

declare class TextEncoderStream implements Hookbox.Pair<Uint8Array<ArrayBuffer>, string> {
  readonly encoding: 'utf-8';
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<string>;
}

declare class TextDecoderStream implements Hookbox.Pair<string, Hookbox.Bytes> {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  readonly readable: ReadableStream<string>;
  readonly writable: WritableStream<Hookbox.Bytes>;
}

declare class CompressionStream implements Hookbox.Pair<Uint8Array<ArrayBuffer>, Hookbox.Bytes> {
  constructor(format: 'gzip' | 'deflate' | 'deflate-raw');
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Hookbox.Bytes>;
}

declare class DecompressionStream implements Hookbox.Pair<Uint8Array<ArrayBuffer>, Hookbox.Bytes> {
  constructor(format: 'gzip' | 'deflate' | 'deflate-raw');
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Hookbox.Bytes>;
}
