// A new `vm` context for each request: fresh globals, the same process. Not a security boundary, by Node's own documentation.

import { Console } from 'node:console';
import { Script, createContext } from 'node:vm';

export function prepare(source, filename, log) {
  const script = new Script(source, { filename });
  const console = new Console(log);
  return (context) => {
    const module = { exports: {} };
    script.runInContext(createContext({ exports: module.exports, module, console }));
    return module.exports.handler(context);
  };
}
