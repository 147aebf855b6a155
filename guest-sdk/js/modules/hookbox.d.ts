/** `require('hookbox')`: what hooks have beside Node. */

declare module 'hookbox' {
  /** What the cache keeps: a text, bytes (which come back as a Buffer), or a value that JSON can hold. */
  export type CacheValue = string | Uint8Array | number | boolean | null | CacheValue[] | { [name: string]: CacheValue | undefined };

  export interface CacheOptions {
    /** For all hooks of the account, instead of for this one. */
    shared?: boolean;
  }

  export interface CacheSetOptions extends CacheOptions {
    /** For how long, in seconds: more than 0, at most 86,400. An hour without it, unless the server is set otherwise. */
    ttl?: number;
  }

  /**
   * Values that outlive an execution, by name. They may be gone at any time, so a hook has to do without them as well. Nothing can be kept while
   * a hook is being deployed.
   */
  export const cache: {
    /** Undefined if there is none, or none any more. */
    get<T extends CacheValue = CacheValue>(key: string, options?: CacheOptions): Promise<T | undefined>;
    set(key: string, value: CacheValue, options?: CacheSetOptions): Promise<void>;
    delete(key: string, options?: CacheOptions): Promise<void>;
  };
}
