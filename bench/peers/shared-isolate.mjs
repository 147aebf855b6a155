// No isolation: the function is loaded once, and all requests share it and the process.

import { Console } from 'node:console';
import { compileFunction } from 'node:vm';

export function prepare(source, filename, log) {
  const module = { exports: {} };
  const console = new Console(log);
  compileFunction(source, ['exports', 'module', 'console'], { filename })(module.exports, module, console);
  return (context) => module.exports.handler(context);
}
