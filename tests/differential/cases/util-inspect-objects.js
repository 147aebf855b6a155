// `util.inspect` with its options: objects.
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
  empty: {}, obj: { a: 1, b: 'x', 'c-d': 2, [Symbol('k')]: 3, "it's": 4, 5: 6, __proto__x: 1, 'a b': 1, é: 1, $d: 1, _u: 1 }, protoKey: Object.defineProperty({}, '__proto__', { value: 1, enumerable: true }), nested: { a: { b: { c: { d: 1 } } } }, deepArr: [[[[1]]]],
  args: (function () { return arguments })(1, 'b'), circ, two, getters: { get a() { return { b: 1 } }, get boom() { throw new Error('boom') }, set c(v) {}, get n() { return null }, get s() { return 'str' } }, nonEnum: Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }), symNonEnum: Object.defineProperty({}, Symbol('h'), { value: 2 }), frozen: Object.freeze({ a: 1 }),
  objLong: Object.fromEntries(Array.from({ length: 30 }, (_, k) => ['key' + k, k])), obj72: { aaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbb: 2, cccccccccccccccccc: 3, dddddddd: 4 }, obj76: { aaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbb: 2, cccccccccccccccccc: 3, dddddddd: 44444 }, four: { a: { b: { c: {} } } }, fiveLvl: { a: { b: { c: { d: { e: 1 } } } } }, arrInObj: { a: [{ b: [{ c: [{ d: 1 }] }] }] }, symKeys: { [Symbol.iterator]: 1, [Symbol('a b')]: 2 }, iter: { [Symbol.iterator]() {} }, dateIn: { d: new Date(5) }, undefIn: { u: undefined, n: null }, user: { id: 123456, email: 'someone@example.com', roles: ['admin', 'user'], profile: { first: 'Some', last: 'One', tags: new Set(['a', 'b']) } },
};
const options = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
