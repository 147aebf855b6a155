// What Node has no word for: limits, responses, and functions that are refused, by what they are about. Each says itself what has to come
// out: `load`, parts of the message of a refused deployment; `failure`, the kind of the failed execution and parts of its message;
// `returned`, a value; `log`, its events.
const body = (text) => `exports.handler = async (context) => ({ success: false, returned: await (async () => {\n${text}\n})() });`;

export const outcomes = {
  'sees no internals': { source: body('return [typeof hb, typeof prelude, __filename, __dirname, this === undefined]'), returned: ["undefined","undefined","/hook.js","/",false] },
  'env': { source: `const K = process.env.KEY;
exports.handler = () => ({ success: false, returned: [K, process.env.KEY, Object.keys(process.env), { ...process.env }, "KEY" in process.env] })`, env: {"KEY":"v","OTHER":"ü"}, returned: ["v","v",["KEY","OTHER"],{"KEY":"v","OTHER":"ü"},true] },
  'version': { source: 'exports.handler = () => ({ success: false, returned: process.version })', runtime: "nodejs18.x", returned: "v18.20.8" },
  'a syntax error': { source: `const a = 1;

  const b = ;
`, load: ["hook.js:3:13"] },
  'a syntax error in a module': { source: `import x from "fs";
export const a = 1;
  const b = ;
`, load: ["hook.js:3:13"] },
  'an unclosed brace': { source: `exports.handler = () => {
`, load: ["SyntaxError: Unexpected end of input", "hook.js:1:26"] },
  'an unclosed call on the last line': { source: `const a = 1;
exports.handler = () => { f(a }

`, load: ["hook.js:2:31"] },
  'an unclosed parenthesis': { source: `exports.handler = () => {
  f(1
`, load: ["SyntaxError: Unexpected end of input", "hook.js:2:6"] },
  'an unclosed template': { source: `exports.handler = 1;
const a = \`x`, load: ["hook.js:2:11"] },
  'an unclosed comment': { source: `exports.handler = 1;
/* x`, load: ["hook.js:2:1"] },
  'an unclosed module': { source: `export const handler = () => {
  const a = 1;`, load: ["hook.js:2:15"] },
  'a throw at top level': { source: `
throw new TypeError("no")`, load: ["TypeError: no", "hook.js:2:7"] },
  'a rejected await at top level': { source: `export const handler = 1;
await Promise.reject(new Error("no"))`, load: ["Error: no", "hook.js:2:22"] },
  'an await at top level that never ends': { source: `export const handler = 1;
await new Promise(() => {})`, load: ['never settle'] },
  'an unhandled rejection at top level': { source: `Promise.reject(new Error("u"));
exports.handler = () => 1`, load: ["Error: u"] },
  'no handler': { source: 'exports.other = 1', load: ['handler'] },
  'exit at top level': { source: 'try { process.exit(3) } finally { while (false); }', load: ["the function called process.exit(3)"] },
  'a package': { source: 'const a = require("axios")', load: ["Error: Cannot find module 'axios'", 'name what it needs in `packages`', "hook.js:1:11"] },
  'an absent module': { source: 'require("node:nope")', load: ['Error: No such built-in module: node:nope'] },
  'a module that only loads': { source: 'require("node:fs").writeFileSync("/x", "y")', load: ['fs.writeFileSync is not available in hooks'] },
  'an imported absent module': { source: 'import nope from "nope"; export const handler = 1', load: ["Error: Cannot find module 'nope'"] },
  'memory': { source: body('const a = []; for (;;) a.push(new Array(1000).fill(a.length))'), memory_mib: 16, failure: ["out_of_memory"] },
  'memory in strings': { source: body('let s = "x"; const k = []; for (;;) { s += s + "y"; k.push(s.toUpperCase()) }'), memory_mib: 16, failure: ["out_of_memory"] },
  'memory in one piece': { source: body('new ArrayBuffer(1e9)'), memory_mib: 16, failure: ["out_of_memory"] },
  'memory that is caught': { source: body('try { const a = []; for (;;) a.push(new ArrayBuffer(1e6)) } catch (e) { return e.message }'), memory_mib: 16, returned: "out of memory" },
  'garbage in cycles': { source: body('for (let i = 0; i < 300000; i++) { const a = {}; a.a = { a, x: [1, 2, 3] } } return 1'), memory_mib: 32, returned: 1 },
  'a BigInt': { source: body('return { a: { b: 1n } }'), failure: ["invalid_response"] },
  'a cycle': { source: body('const a = {}; a.a = a; return a'), failure: ["invalid_response"] },
  'a getter that throws': { source: body('return { get a() { throw new Error("g") } }'), failure: ["invalid_response", "the result has no JSON: Error: g"] },
  'a large result': { source: body('return "x".repeat(1e6)'), returned: 'x'.repeat(1e6) },
  'a result that is too large': { source: body('return "x".repeat(1e7)'), failure: ["invalid_response", "more than 4194304"] },
  'an error that bites': { source: body('throw Object.defineProperties(new Error(), { message: { get() { throw 1 } }, stack: { get() { for (const x of [1]) throw x } }, name: { get() { return Symbol() } } })'), failure: [] },
  'a thrown proxy': { source: body('throw new Proxy(new Error("x"), { get() { throw 2 } })'), failure: ['Uncaught'] },
  'patched prototypes': { source: body('Array.prototype.push = () => { throw 1 }; Array.prototype[Symbol.iterator] = undefined; Object.prototype.then = undefined; Object.prototype.get = 5; Promise.prototype.then = () => { throw 2 }; JSON.stringify = JSON.parse = () => { throw 3 }; String.prototype.split = null; Function.prototype.call = null; return { user: 1 }'), returned: { user: 1 } },
  'an async context ends with its run': {
    source: 'const s = new (require("async_hooks").AsyncLocalStorage)(); s.enterWith(1); exports.handler = async () => ({ success: false, returned: s.getStore() ?? null });',
    returned: null,
  },
};
