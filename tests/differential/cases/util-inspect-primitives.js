// `util.inspect` with its options: primitives.
const util = require('util');
const i = (v, o) => util.inspect(v, o);
class A { constructor() { this.x = 1 } }
class B extends A { constructor() { super(); this.y = { z: [1, 2, { w: 1 }] } } get g() { return 5 } }
class Tagged { get [Symbol.toStringTag]() { return 'Custom' } }
class MyMap extends Map {} class MySet extends Set {} class MyArr extends Array {} class MyErr extends Error {} class NamedErr extends Error { constructor(m) { super(m); this.name = 'Renamed' } }
class MyPromise extends Promise {} class MyDate extends Date {} class MyRe extends RegExp {} class MyBuf extends Uint8Array {} class MyFn extends Function {}
const noStack = (e) => { e.stack = `${e.name}: ${e.message}\n    at one (file.js:1:1)\n    at two (file.js:2:2)`; return e };
const circ = { a: 1 }; circ.self = circ; circ.deep = { back: circ };
const two = { p: {} , q: {}}; two.p.q = two.q; two.q.p = two.p;
const nullProto = Object.create(null); nullProto.k = 1;
const rev = Proxy.revocable({}, {}); rev.revoke();
const revFn = Proxy.revocable(function () {}, {}); revFn.revoke();
const values = {
  undef: undefined, nul: null, t: true, num: 1.5, neg0: -0, nan: NaN, inf: -Infinity, big: 12345678901234567890n, str: 'hello', quote: "it's", dquote: 'say "it\'s"', all3: 'a\'b"c`d', tmpl: "a'b\"${x}", ctl: 'a\nb\tc\u0000\u001b\u007f\u009f', lone: 'x\ud800y\udc00', emoji: '😀', sym: Symbol('s'), symEmpty: Symbol(), symCtl: Symbol('a\nb'),
  weakMap: new WeakMap(), weakSet: new WeakSet(), weakRef: typeof WeakRef === 'function' ? new WeakRef({ a: 1 }) : 0, prom: Promise.resolve({ a: 1 }), pend: new Promise(() => {}), rej: (() => { const p = Promise.reject(5); p.catch(() => {}); return p })(), myProm: MyPromise.resolve(4), promProps: Object.assign(Promise.resolve(1), { x: 1 }),
};
const options = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
