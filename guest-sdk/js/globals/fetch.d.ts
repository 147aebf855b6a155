/** `fetch` and its classes. A hook calls the hosts that its `allowed_hosts` name, and nothing while it is deployed. */

declare namespace Hookbox {
  type HeadersInit = Headers | Record<string, string> | Iterable<readonly [string, string]>;
  type BodyInit = string | Bytes | Blob | FormData | URLSearchParams | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

  interface RequestInit {
    method?: string;
    headers?: HeadersInit;
    body?: BodyInit | null;
    /** Has to be there where the body is a stream. */
    duplex?: 'half';
    redirect?: 'follow' | 'manual' | 'error';
    signal?: AbortSignal | null;
    cache?: 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';
    credentials?: 'omit' | 'same-origin' | 'include';
    integrity?: string;
    keepalive?: boolean;
    mode?: 'cors' | 'no-cors' | 'same-origin';
    referrer?: string;
    referrerPolicy?: string;
  }

  interface ResponseInit {
    status?: number;
    statusText?: string;
    headers?: HeadersInit;
  }

  /** What a request and a response have of their bodies. */
  interface Body {
    readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
    readonly bodyUsed: boolean;
    arrayBuffer(): Promise<ArrayBuffer>;
    blob(): Promise<Blob>;
    bytes(): Promise<Uint8Array<ArrayBuffer>>;
    formData(): Promise<FormData>;
    json(): Promise<any>;
    text(): Promise<string>;
  }
}

declare class Headers implements Iterable<[string, string]> {
  constructor(init?: Hookbox.HeadersInit);
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(callback: (value: string, name: string, headers: this) => void, thisArg?: unknown): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

interface Request extends Hookbox.Body {
  readonly cache: string;
  readonly credentials: string;
  readonly destination: string;
  readonly duplex: 'half';
  readonly headers: Headers;
  readonly integrity: string;
  readonly keepalive: boolean;
  readonly method: string;
  readonly mode: string;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly referrer: string;
  readonly referrerPolicy: string;
  readonly signal: AbortSignal;
  readonly url: string;
  clone(): Request;
}

declare var Request: {
  prototype: Request;
  new (input: string | URL | Request, init?: Hookbox.RequestInit): Request;
};

interface Response extends Hookbox.Body {
  readonly headers: Headers;
  readonly ok: boolean;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly type: 'basic' | 'cors' | 'default' | 'error';
  readonly url: string;
  clone(): Response;
}

declare var Response: {
  prototype: Response;
  new (body?: Hookbox.BodyInit | null, init?: Hookbox.ResponseInit): Response;
  error(): Response;
  json(data: unknown, init?: Hookbox.ResponseInit): Response;
  redirect(url: string | URL, status?: number): Response;
};

declare class FormData implements Iterable<[string, string | File]> {
  append(name: string, value: string): void;
  append(name: string, value: Blob, filename?: string): void;
  delete(name: string): void;
  get(name: string): string | File | null;
  getAll(name: string): (string | File)[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  set(name: string, value: Blob, filename?: string): void;
  forEach(callback: (value: string | File, name: string, form: this) => void, thisArg?: unknown): void;
  entries(): IterableIterator<[string, string | File]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string | File>;
  [Symbol.iterator](): IterableIterator<[string, string | File]>;
}

/** Fails with `TypeError: fetch failed`, whose `cause` says why: its `code` is Node's, or `ERR_ACCESS_DENIED` where the host is not allowed. */
declare function fetch(input: string | URL | Request, init?: Hookbox.RequestInit): Promise<Response>;
