// `util.inspect` with its options: errors.
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
  err: noStack(new Error('plain')), typeErr: noStack(new TypeError('tt')), errNoMsg: noStack(new Error('')), errProps: Object.assign(noStack(new Error('props')), { code: 'E_X', detail: { a: 1 } }), errCause: noStack(new Error('outer', { cause: noStack(new Error('inner')) })), causeStr: noStack(new Error('outer', { cause: 'because' })), causeUndef: noStack(new Error('o', { cause: undefined })), agg: noStack(new AggregateError([noStack(new Error('one')), 2], 'many')), myErr: noStack(new MyErr('mine')), namedErr: noStack(new NamedErr('n')), errName: Object.assign(noStack(new Error('late')), { name: 'Later' }), errEnumMsg: Object.defineProperty(noStack(new Error('q')), 'message', { value: 'changed', enumerable: true }), errNoStack: Object.assign(new Error('ns'), { stack: undefined }), errStackStr: Object.assign(new Error('ns'), { stack: 'custom stack' }), errStackNoAt: Object.assign(new Error('msg'), { stack: 'Error: msg' }), errStackObj: Object.assign(new Error('so'), { stack: { a: 1 } }), errNull: Object.setPrototypeOf(noStack(new Error('np')), null), errTag: Object.assign(noStack(new Error('tag')), { [Symbol.toStringTag]: 'TT' }), errIn: { e: noStack(new RangeError('in')) }, errArr: [noStack(new Error('in arr'))], errNameObj: Object.assign(noStack(new Error('x')), { name: { a: 1 } }), errNoName: Object.assign(noStack(new Error('x')), { name: '' }), errMulti: noStack(new Error('line one\nline two')), fakeErr: Object.setPrototypeOf({ message: 'fake', a: 1 }, Error.prototype), errorsProp: Object.defineProperty(noStack(new Error('e')), 'errors', { value: [1], configurable: true }),
};
const all = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
const options = Object.fromEntries(Object.entries(all).filter(([name]) => ['dflt', 'showHidden', 'depth0', 'colors', 'narrow', 'compactT', 'getters'].includes(name)));
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
