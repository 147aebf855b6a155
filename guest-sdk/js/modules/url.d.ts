/** `require('url')`: the WHATWG classes, and the older functions that much code still uses. */

declare module 'url' {
  export import URL = globalThis.URL;
  export import URLSearchParams = globalThis.URLSearchParams;

  export interface Url {
    protocol: string | null;
    slashes: boolean | null;
    auth: string | null;
    host: string | null;
    port: string | null;
    hostname: string | null;
    hash: string | null;
    search: string | null;
    query: string | null | Record<string, string | string[] | undefined>;
    pathname: string | null;
    path: string | null;
    href: string;
  }

  export function parse(url: string, parseQuery?: boolean, slashesDenoteHost?: boolean): Url;
  export function format(url: URL | Partial<Url> | string): string;
  export function resolve(from: string, to: string): string;
}

declare module 'node:url' {
  export * from 'url';
}
