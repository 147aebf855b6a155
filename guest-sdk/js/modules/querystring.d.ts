/** `require('querystring')`. */

declare module 'querystring' {
  export function parse(text: string, separator?: string, equals?: string): Record<string, string | string[] | undefined>;
  export function stringify(
    values: Record<string, string | number | boolean | readonly string[] | readonly number[] | null | undefined>,
    separator?: string,
    equals?: string,
  ): string;
  export function escape(text: string): string;
  export function unescape(text: string): string;
  export { parse as decode, stringify as encode };
}

declare module 'node:querystring' {
  export * from 'querystring';
}
