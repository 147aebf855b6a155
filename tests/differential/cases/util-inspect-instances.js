// `util.inspect` with its options: instances.
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
  inst: new A(), instB: new B(), tagged: new Tagged(), nullProto, nullTag: Object.create(null, { [Symbol.toStringTag]: { value: 'NT', enumerable: true } }), tagSame: { [Symbol.toStringTag]: 'X', a: 1 }, objCreate: Object.create({ constructor: undefined }), protoChain: Object.create(new A()), objOfNull: Object.create(nullProto), ctorRenamed: new (class Foo { static name = 'Bar' })(), emptyClass: new (class Empty {})(), anonInst: new (class {})(), ctorOwn: { constructor: 'x' }, ctorFn: { constructor: function Zed() {} },
  custom: { [util.inspect.custom](d, o, ins) { return `C<${d}, ${typeof o.stylize}, ${ins === util.inspect}>` } }, customObj: { [util.inspect.custom]() { return { replaced: true } } }, customNested: { in: { [util.inspect.custom](d) { return 'depth ' + d + '\nsecond line' } } }, customThis: { [util.inspect.custom]() { return this }, z: 1 }, customUndef: { [util.inspect.custom]() {} }, customCls: class CC { static [util.inspect.custom]() { return 'static custom' } }, inspectMethod: { inspect() { return 'old' } }, customOpts: { [util.inspect.custom](d, o) { return util.inspect({ a: { b: 1 } }, { ...o, depth: d - 2 }) } },
};
const options = { dflt: undefined, showHidden: { showHidden: true }, depth0: { depth: 0 }, depth1: { depth: 1 }, depthNull: { depth: null }, colors: { colors: true }, noCustom: { customInspect: false }, showProxy: { showProxy: true }, maxArr3: { maxArrayLength: 3 }, maxArr0: { maxArrayLength: 0 }, maxStr: { maxStringLength: 5 }, narrow: { breakLength: 30 }, wide: { breakLength: Infinity }, compactF: { compact: false }, compactT: { compact: true }, compact1: { compact: 1 }, compactWide: { compact: true, breakLength: 40 }, sorted: { sorted: true }, sortedFn: { sorted: (a, b) => (a < b ? 1 : -1) }, getters: { getters: true }, gettersGet: { getters: 'get' }, gettersSet: { getters: 'set' }, sep: { numericSeparator: true }, many: { showHidden: true, depth: 4, compact: 1, breakLength: 50, showProxy: true } };
for (const [on, o] of Object.entries(options)) for (const [vn, v] of Object.entries(values)) {
  t(`${on}/${vn}`, () => i(v, o));
}
