// `util.inspect` with its options: functions.
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
  fn: function foo() {}, anon: (() => () => {})(), arrow: [(x) => x][0], asyncFn: async function af() {}, gen: function* gn() {}, asyncGen: async function* ag() {}, cls: A, clsExt: B, clsAnon: (() => class {})(), clsNull: class N extends null {}, fnProps: Object.assign(function fp() {}, { a: 1, b: { c: 2 } }), fnNullProto: Object.setPrototypeOf(function np() {}, null), method: { m() {}, get g() { return 1 }, set s(v) {}, get gs() { return 1 }, set gs(v) {}, async am() {}, *gm() {} }, bound: function bb() {}.bind(null), native: Math.max, clsStatic: class S { static x = 1 }, fnTag: Object.assign(() => {}, { [Symbol.toStringTag]: 'T' }), fnNameObj: Object.defineProperty(function () {}, 'name', { value: { a: 1 } }), myFn: new MyFn('return 1'),
};
const options = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
