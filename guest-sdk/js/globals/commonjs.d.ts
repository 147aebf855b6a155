/** What CommonJS gives a function's source. Only built-in modules can be required. */

declare namespace Hookbox {
  interface Module {
    exports: any;
  }
}

declare var module: Hookbox.Module;
declare var exports: any;

/** Loads a built-in module. Any other name throws when the hook is deployed. */
declare function require(id: string): any;
