// What values are underneath, whatever their prototypes say: `util.types`, and what `inspect` wants to know of V8.
const { kindOf, preview, promiseDetails, proxyDetails } = hb;
const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = Object;

const is = (kind) => (value) => kindOf(value) === kind;
const among = (...kinds) => {
  const set = new Set(kinds);
  return (value) => set.has(kindOf(value));
};

const TYPED = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
  'Float64Array', 'BigInt64Array', 'BigUint64Array'];
const BOXED = ['Number', 'String', 'Boolean', 'BigInt', 'Symbol'];

// Proxies that stand for what is none on Node.
const unseen = new WeakSet();
export const conceal = (proxy) => (unseen.add(proxy), proxy);

const isProxy = (value) => kindOf(value) === 'Proxy' && !unseen.has(value);

export const types = {
  isExternal: () => false,
  isDate: is('Date'),
  isArgumentsObject: is('Arguments'),
  isBigIntObject: is('BigInt'),
  isBooleanObject: is('Boolean'),
  isNumberObject: is('Number'),
  isStringObject: is('String'),
  isSymbolObject: is('Symbol'),
  isBoxedPrimitive: among(...BOXED),
  isNativeError: is('Error'),
  isRegExp: is('RegExp'),
  isAsyncFunction: among('AsyncFunction', 'AsyncGeneratorFunction'),
  isGeneratorFunction: among('GeneratorFunction', 'AsyncGeneratorFunction'),
  isGeneratorObject: among('Generator', 'AsyncGenerator'),
  isPromise: is('Promise'),
  isMap: is('Map'),
  isSet: is('Set'),
  isMapIterator: is('Map Iterator'),
  isSetIterator: is('Set Iterator'),
  isWeakMap: is('WeakMap'),
  isWeakSet: is('WeakSet'),
  isArrayBuffer: is('ArrayBuffer'),
  isDataView: is('DataView'),
  isSharedArrayBuffer: is('SharedArrayBuffer'),
  isProxy,
  isModuleNamespaceObject: is('Module'),
  isAnyArrayBuffer: among('ArrayBuffer', 'SharedArrayBuffer'),
  isCryptoKey: (value) => typeof CryptoKey === 'function' && value instanceof CryptoKey,
  isKeyObject: () => false,
  isArrayBufferView: ArrayBuffer.isView,
  isTypedArray: among(...TYPED),
};
for (const name of TYPED) types[`is${name}`] = is(name);
for (const name of Object.keys(types)) {
  if (name !== 'isArrayBufferView') Object.defineProperty(types[name], 'name', { value: name, configurable: true });
  Object.defineProperty(types[name], 'length', { value: /Array(BufferView)?$|Key/.test(name) ? 1 : 0, configurable: true });
}

const [PENDING, REJECTED, FULFILLED] = [Symbol('pending'), Symbol('rejected'), Symbol('fulfilled')];
const [ALL, ENUMERABLE] = [0, 2];
const isIndex = (name) => {
  const number = name >>> 0;
  return String(number) === name && number !== 2 ** 32 - 1;
};

// Stands in for the part of the inspecting package that guesses about values.
hb.inspectTypes = types;
hb.inspectBinding = {
  constants: { kPending: PENDING, kRejected: REJECTED, ALL_PROPERTIES: ALL, ONLY_ENUMERABLE: ENUMERABLE },
  Proxy,
  getOwnNonIndexProperties(value, filter = ENUMERABLE) {
    const names = [...getOwnPropertyNames(value).filter((name) => !isIndex(name)), ...getOwnPropertySymbols(value)];
    return filter === ALL ? names : names.filter((name) => getOwnPropertyDescriptor(value, name)?.enumerable);
  },
  getPromiseDetails(promise) {
    const [state, result] = promiseDetails(promise);
    return [state === 0 ? PENDING : state === 2 ? REJECTED : FULFILLED, result];
  },
  // Nulls for a proxy that is revoked.
  getProxyDetails(value, both = true) {
    if (!isProxy(value)) return undefined;
    let [target, handler] = [null, null];
    try {
      [target, handler] = proxyDetails(value);
    } catch {
      // It is revoked.
    }
    return both ? [target, handler] : target;
  },
  previewEntries(value, withKind) {
    const entries = preview(value) ?? [];
    return withKind ? [[...entries], entries.pairs === true] : [...entries];
  },
  // What V8 says that an object was made by, where its prototype does not tell.
  getConstructorName(value) {
    for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
      const tag = getOwnPropertyDescriptor(at, Symbol.toStringTag)?.value;
      if (typeof tag === 'string') return tag;
    }
    const above = Object.getPrototypeOf(value);
    const made = above === null ? undefined : getOwnPropertyDescriptor(above, 'constructor')?.value;
    if (typeof made === 'function' && made.name !== '') return made.name;
    const kind = kindOf(value) ?? 'Object';
    return kind === 'Arguments' || kind === 'Proxy' ? 'Object' : kind === 'NativeFunction' ? 'Function' : kind;
  },
  getExternalValue: () => 0n,
};

// A class of ours shows no source by which it could be told from a function; that nothing can replace its prototype shows it.
const { toString } = Function.prototype;
hb.sourceOf = (value) => {
  const source = Reflect.apply(toString, value, []);
  const isOurs = source.endsWith('[native code]\n}') && kindOf(value) === 'Function';
  return isOurs && getOwnPropertyDescriptor(value, 'prototype')?.writable === false ? 'class X { }' : source;
};

// Whether an object becomes text in a way of the language's, for `%s`, and not of an author's class.
const builtIns = new Set(getOwnPropertyNames(globalThis).filter((name) => /^[A-Z][a-zA-Z0-9]+$/.test(name)));
hb.isBuiltInText = (value) => {
  if (isProxy(value)) {
    value = hb.inspectBinding.getProxyDetails(value, false);
    if (value === null) return true;
  }
  const ways = ['toString', Symbol.toPrimitive].filter((way) => typeof value[way] === 'function');
  if (ways.length === 0) return true;
  let owner = value;
  while (owner !== null && !ways.some((way) => Object.hasOwn(owner, way))) owner = Object.getPrototypeOf(owner);
  if (owner === value || owner === null) return false;
  const made = getOwnPropertyDescriptor(owner, 'constructor')?.value;
  return typeof made === 'function' && builtIns.has(made.name);
};
