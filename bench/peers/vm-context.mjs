// A new `vm` context for each request: fresh globals, the same process. Not a security boundary, by Node's own documentation.

import { Script, createContext } from 'node:vm';

export function prepare(source, filename, console) {
  const script = new Script(source, { filename });
  return (context) => {
    const module = { exports: {} };
    script.runInContext(createContext({ exports: module.exports, module, console }));
    return module.exports.handler(context);
  };
}
