// `util.inspect` with its options: proxies.
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
  proxy: new Proxy({ a: 1 }, {}), proxyFn: new Proxy(function pf() {}, {}), proxyArr: new Proxy([1, 2], {}), proxyTrap: new Proxy({ a: 1 }, { get() { throw new Error('trap') }, ownKeys() { throw new Error('trap') } }), revoked: rev.proxy, revokedFn: revFn.proxy, proxyIn: { p: new Proxy({ a: { b: { c: 1 } } }, {}), r: rev.proxy }, proxyProxy: new Proxy(new Proxy({ z: 1 }, {}), {}), proxyMap: new Proxy(new Map([[1, 2]]), {}), proxyInst: new Proxy(new A(), {}), proxyCls: new Proxy(A, {}), proxyDate: new Proxy(new Date(0), {}), proxyErr: new Proxy(noStack(new Error('pe')), {}),
};
const options = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
