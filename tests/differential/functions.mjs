// Whole functions, by what they are about: handlers' shapes, what ends a run, and what is left over. What they do has to be what they do on
// Node.
const source = (text) => ({ text });
const module = (text) => ({ text, module: true });
// A handler's body from the second line on, so that places are those of the text that is seen here.
const body = (text) => ({ text: `exports.handler = async (context) => ({ success: false, returned: await (async () => {\n${text}\n})() });` });

export const functions = {
  'a sync handler': source('module.exports = { handler: (c) => ({ success: false, returned: c.user.policy_id }) };'),
  'a module': module('export const handler = async (c) => ({ success: false, returned: c.user.policy_id });'),
  'a module with await and imports': module(`import { createHash } from "node:crypto"; import util, { format } from "util";
const x = await Promise.resolve(createHash("md5").update("").digest("hex"));
export const handler = async () => ({ success: false, returned: [x, format("%s", 1), util.format === format] });`),
  'a dynamic import': body('const { default: p } = await import("path"); return p.join("a", "b")'),
  'a default export of CommonJS in a module': module('export default { handler: () => ({ success: false, returned: 1 }) };'),
  'a hashbang': source(`#!/usr/bin/env node
exports.handler = () => ({ success: false, returned: 1 });`),
  'a thenable': source('exports.handler = () => ({ then(r) { r({ success: false, returned: 5 }) } });'),
  'state of the top level is kept': source(`let n = 1; const m = new Map([["a", 1]]); n++;
exports.handler = () => ({ success: false, returned: [n++, m.get("a")] });`),
  'a timer of the top level': source(`let n = 0; setTimeout(() => n++, 1);
exports.handler = async () => { await new Promise((r) => setTimeout(r, 10)); return { success: false, returned: n } };`),
  'work that is not awaited is dropped': body('setTimeout(() => console.log("late"), 5); (async () => { await 0; await 0; await 0; await 0; console.log("also") })(); return 1'),
  'an exception': body('  context.a.b.c'),
  'an exception in a function': source(`function deep() {
  throw new RangeError("r")
}
exports.handler = async () => { await 1; deep() }`),
  'a thrown string': body('throw "oops"'),
  'a thrown object': body('throw { code: 5 }'),
  'a thrown nothing': body('throw undefined'),
  'an exception in a timer': body('setTimeout(() => { throw new Error("t") }, 1); await new Promise((r) => setTimeout(r, 50))'),
  'an exception in a tick': body('process.nextTick(() => { throw new Error("t") }); await new Promise((r) => setTimeout(r, 5))'),
  'an exception in a microtask': body('queueMicrotask(() => { throw new Error("t") }); await new Promise((r) => setTimeout(r, 5))'),
  'an unhandled rejection': body('Promise.reject(new Error("u")); await new Promise((r) => setTimeout(r, 5)); return 1'),
  'a rejection handled in time': body('const p = Promise.reject(new Error("u")); try { await p } catch {} return 1'),
  'an unhandled rejection with a listener': source(`process.on("unhandledRejection", (e, p) => console.log(e.message, p instanceof Promise));
exports.handler = async (context) => {
Promise.reject(new Error("u")); await new Promise((r) => setTimeout(r, 5)); return { success: false }
};`),
  'an unhandled rejection with a listener for exceptions': body('process.once("uncaughtException", (e, o) => console.log(e.message, o)); Promise.reject(new Error("u")); await new Promise((r) => setTimeout(r, 5)); return 1'),
  'several unhandled rejections': body('process.on("unhandledRejection", (e) => console.log(e)); Promise.reject(1); Promise.reject(2); await new Promise((r) => setTimeout(r, 5)); return 1'),
  'an uncaught exception with a listener': body('process.on("uncaughtException", (e, o) => console.log(e.message, o)); setTimeout(() => { throw new Error("t") }, 50); process.nextTick(() => { throw new Error("n") }); process.nextTick(() => console.log("next")); queueMicrotask(() => { throw new Error("m") }); await new Promise((r) => setTimeout(r, 100)); return 1'),
  'a listener that throws': body('process.on("uncaughtException", () => { throw new Error("worse") }); setTimeout(() => { throw new Error("t") }, 1); await new Promise((r) => setTimeout(r, 5)); return 1'),
  'a listener that exits': body('process.on("unhandledRejection", () => process.exit(7)); Promise.reject(1); await new Promise((r) => setTimeout(r, 5)); return 1'),
  'a listener does not save what was awaited': body('process.on("uncaughtException", () => {}); await new Promise(() => { setTimeout(() => { throw 1 }, 1) })'),
  'no listener is asked about the handler itself': body('process.on("uncaughtException", () => console.log("told")); throw new Error("mine")'),
  'windows-1252': body('return new TextDecoder("latin1").decode(new Uint8Array([0x80, 0x9f, 0xe9]))'),
  'never settled': body('await new Promise(() => {})'),
  'never settled with a cleared timer': body('clearTimeout(setTimeout(() => {}, 1000)); await new Promise(() => {})'),
  'exit': body('try { process.exit(2) } catch (e) { return "caught" } finally { console.log("f") }'),
  'exit in a promise': body('await Promise.resolve().then(() => process.exit()); return 1'),
  'recursion': source(`function f(n) { return f(n + 1) + 1 }
exports.handler = async () => f(0)`),
  'recursion that is caught': body('let n = 0; const f = () => { n++; f() }; try { f() } catch (e) { return [e instanceof RangeError, n > 200] }'),
  'recursion through natives': body('const f = () => [1].map(f); f()'),
  'recursion in JSON': body('let o = {}; for (let i = 0; i < 100000; i++) o = { o }; return o'),
  'recursion in a parser': body('try { JSON.parse("[".repeat(100000)) } catch (e) { return e.name } '),
  'recursion in a pattern': body('return [/(a|b)*c/.test("ab".repeat(2000)), "(".repeat(5000).length]'),
  'deep source': body('try { new Function("return " + "(".repeat(100000)) } catch (e) { return e.name }'),
  'a long string': body('try { "x".repeat(2 ** 30) } catch (e) { return e.name }'),
  'a getter': body('return { get a() { return 1 } }'),
  'a getter that exits': body('return { get a() { process.exit(1) } }'),
  'a function': body('return () => 1'),
  'lone surrogates': body(`return "\\ud800"`),
  'a patched Object.prototype': body('Object.defineProperty(Object.prototype, "value", { get() { throw 1 }, set() { throw 2 } }); console.log("still"); return 1'),
  'trace': source(`exports.handler = () => { console.trace("here"); console.group("g"); console.log("a\\nb"); console.groupEnd(); console.count(); console.assert(false, "x"); console.table([{ a: 1 }]); return { success: false } };`),
};
