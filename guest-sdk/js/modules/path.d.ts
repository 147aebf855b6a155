/** `require('path')`, which is the POSIX one. */

declare module 'path' {
  interface ParsedPath {
    root: string;
    dir: string;
    base: string;
    name: string;
    ext: string;
  }

  interface Path {
    readonly sep: '/';
    readonly delimiter: ':';
    readonly posix: Path;
    basename(path: string, suffix?: string): string;
    dirname(path: string): string;
    extname(path: string): string;
    format(parts: Partial<ParsedPath>): string;
    isAbsolute(path: string): boolean;
    join(...parts: string[]): string;
    normalize(path: string): string;
    parse(path: string): ParsedPath;
    relative(from: string, to: string): string;
    resolve(...parts: string[]): string;
  }

  const path: Path;
  export = path;
}

declare module 'node:path' {
  import path = require('path');
  export = path;
}
