// No isolation: the function is loaded once, and all requests share it and the process.

import { compileFunction } from 'node:vm';

export function prepare(source, filename, console) {
  const module = { exports: {} };
  compileFunction(source, ['exports', 'module', 'console'], { filename })(module.exports, module, console);
  return (context) => module.exports.handler(context);
}
