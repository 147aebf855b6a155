// `util.inspect` with its options: collections.
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
  map: new Map([['a', 1], [{ k: 1 }, { v: [1, 2] }]]), set: new Set([1, 'b', { c: 1 }]), emptyMap: new Map(), emptySet: new Set(), mapNested: new Map([['m', new Map([['n', new Map([['o', new Map([['p', 1]])]])]])]]), mapProps: Object.assign(new Map([[1, 2]]), { extra: true }), myMap: new MyMap([[1, 2]]), mySet: new MySet([1]), myArr: MyArr.from([1, 2]), mapIt: new Map([['a', 1], ['b', 2]])[Symbol.iterator](), mapKeys: new Map([['a', 1]]).keys(), mapVals: new Map([['a', { b: 1 }]]).values(), setIt: new Set([1, 2]).values(), setEnt: new Set([1, 2]).entries(), arrIt: [1, 2][Symbol.iterator](), strIt: 'ab'[Symbol.iterator](), reIt: 'ab'.matchAll(/a/g), genObj: (function* gg() {})(), asyncGenObj: (async function* agg() {})(), bigMap: new Map(Array.from({ length: 105 }, (_, k) => [k, k])), bigSet: new Set(Array.from({ length: 105 }, (_, k) => k)), nullMap: Object.setPrototypeOf(new Map([[1, 2]]), null), nullSet: Object.setPrototypeOf(new Set([1]), null), nullArr: Object.setPrototypeOf([1, 2], null), usedIt: (() => { const it = new Map([[1, 2], [3, 4]]).entries(); it.next(); return it })(),
};
const all = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
const options = Object.fromEntries(Object.entries(all).filter(([name]) => ['dflt', 'showHidden', 'depth0', 'colors', 'maxArr3', 'narrow', 'compactT', 'sorted', 'many'].includes(name)));
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
