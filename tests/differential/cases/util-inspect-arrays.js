// `util.inspect` with its options: arrays.
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
  arr: [1, 2, 3], sparse: [1, , , 4, , 6], trail: [1, 2, , ,], arrProps: Object.assign([1, 2], { x: 1, '-1': 2, '1.5': 3 }), emptyArr: [], emptyHole: new Array(5), strs: ['a', 'b'], long: Array.from({ length: 120 }, (_, k) => k), long101: Array.from({ length: 101 }, (_, k) => k), longStrs: Array.from({ length: 30 }, (_, k) => 'item' + k), mixed: [1, 'two', null, undefined, true, 3n, {}, []], negs: [-1, -22, 333, -4444, 5, 6, 7, 8.5], objs: Array.from({ length: 8 }, (_, k) => ({ id: k })), wide: ['日本', '中国', 'a', 'b', '😀', 'é', 'x', 'y'], arrOfArr: Array.from({ length: 10 }, (_, k) => [k, k * 2]), nestedLong: { list: Array.from({ length: 27 }, (_, k) => k * 100) },
};
const all = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
const options = Object.fromEntries(Object.entries(all).filter(([name]) => ['dflt', 'depth0', 'colors', 'maxArr3', 'narrow', 'compactF', 'compactT', 'sorted'].includes(name)));
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
