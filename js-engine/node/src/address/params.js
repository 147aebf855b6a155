// URLSearchParams: pairs in a list, which may be the query of a URL.
import { coded, invalidArgType, invalidThis, missingArgs } from '../errors.js';

const custom = Symbol.for('nodejs.util.inspect.custom');
const { formParse, formSerialize } = hb;
const toText = (value) => `${value}`.toWellFormed();
const notIterable = () => coded(TypeError, 'ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
const notPair = () => coded(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');

function pairsOf(iterable) {
  const list = [];
  for (const pair of iterable) {
    if (pair === null || pair === undefined) throw notPair();
    if ((typeof pair !== 'object' && typeof pair !== 'function') || typeof pair[Symbol.iterator] !== 'function') throw notPair();
    const entries = [...pair];
    if (entries.length !== 2) throw notPair();
    list.push(toText(entries[0]), toText(entries[1]));
  }
  return list;
}

// Two names of an object may be the same text; the later value counts, in the place of the first.
function pairsOfObject(object) {
  const pairs = new Map();
  for (const key of Reflect.ownKeys(object)) {
    if (Reflect.getOwnPropertyDescriptor(object, key)?.enumerable) pairs.set(toText(key), toText(object[key]));
  }
  return [...pairs].flat();
}

function listOf(init) {
  if (init === undefined || init === null) return [];
  if (typeof init !== 'object' && typeof init !== 'function') {
    const text = toText(init);
    return formParse(text.startsWith('?') ? text.slice(1) : text);
  }
  const method = init[Symbol.iterator];
  if (method === undefined || method === null) return pairsOfObject(init);
  if (typeof method !== 'function') throw notIterable();
  return pairsOf(init);
}

// For the URL whose query it is: its list, what is called when that changes, and how to make one.
export let paramsOf;
let isParams;
// What an iterator goes over.
const walks = new WeakMap();

export const { URLSearchParams } = {
  URLSearchParams: class {
    #list;
    #changed;
    constructor(init = undefined) {
      this.#list = listOf(init);
    }
    static {
      isParams = (value) => value !== null && typeof value === 'object' && #list in value;
      paramsOf = {
        set(params, query) { params.#list = formParse(query); },
        onChange(params, changed) { params.#changed = changed; },
      };
    }
    get size() {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      return this.#list.length / 2;
    }
    append(name, value) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (arguments.length < 2) throw missingArgs('name', 'value');
      this.#list.push(toText(name), toText(value));
      this.#changed?.();
    }
    delete(name, value = undefined) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (arguments.length < 1) throw missingArgs('name');
      const [key, only] = [toText(name), value === undefined ? undefined : toText(value)];
      const list = this.#list;
      for (let at = 0; at < list.length;) {
        if (list[at] === key && (only === undefined || list[at + 1] === only)) list.splice(at, 2);
        else at += 2;
      }
      this.#changed?.();
    }
    get(name) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (arguments.length < 1) throw missingArgs('name');
      const key = toText(name);
      const list = this.#list;
      for (let at = 0; at < list.length; at += 2) if (list[at] === key) return list[at + 1];
      return null;
    }
    getAll(name) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (arguments.length < 1) throw missingArgs('name');
      const key = toText(name);
      return this.#list.filter((_, at, list) => at % 2 === 1 && list[at - 1] === key);
    }
    has(name, value = undefined) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (arguments.length < 1) throw missingArgs('name');
      const [key, only] = [toText(name), value === undefined ? undefined : toText(value)];
      return this.#list.some((each, at, list) => at % 2 === 0 && each === key && (only === undefined || list[at + 1] === only));
    }
    set(name, value) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (arguments.length < 2) throw missingArgs('name', 'value');
      const [key, text] = [toText(name), toText(value)];
      const list = this.#list;
      let found = false;
      for (let at = 0; at < list.length;) {
        if (list[at] !== key) {
          at += 2;
        } else if (found) {
          list.splice(at, 2);
        } else {
          list[at + 1] = text;
          found = true;
          at += 2;
        }
      }
      if (!found) list.push(key, text);
      this.#changed?.();
    }
    sort() {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      const pairs = [];
      for (let at = 0; at < this.#list.length; at += 2) pairs.push([this.#list[at], this.#list[at + 1]]);
      pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#list.splice(0, this.#list.length, ...pairs.flat());
      this.#changed?.();
    }
    entries() {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      return iterator(this, (name, value) => [name, value]);
    }
    forEach(callback, thisArg = undefined) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (typeof callback !== 'function') throw invalidArgType('callback', 'Function', callback);
      for (let at = 0; at < this.#list.length; at += 2) Reflect.apply(callback, thisArg, [this.#list[at + 1], this.#list[at], this]);
    }
    keys() {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      return iterator(this, (name) => name);
    }
    values() {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      return iterator(this, (_, value) => value);
    }
    toString() {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      return formSerialize(this.#list);
    }
    [custom](depth, context, inspect) {
      if (!isParams(this)) throw invalidThis('URLSearchParams');
      if (typeof depth === 'number' && depth < 0) return context.stylize('[Object]', 'special');
      const options = { ...context, depth: null };
      const shown = [];
      for (let at = 0; at < this.#list.length; at += 2) {
        shown.push(`${inspect(this.#list[at], options)} => ${inspect(this.#list[at + 1], options)}`);
      }
      return braces(this.constructor.name, shown, context);
    }
    static at(params, place) { return params.#list.slice(place, place + 2); }
  },
};

const pairAt = URLSearchParams.at;
delete URLSearchParams.at;

// As many on a line as fit.
function braces(name, shown, context) {
  if (shown.length === 0) return `${name} {}`;
  // eslint-disable-next-line no-control-regex
  const length = shown.reduce((sum, each) => sum + each.replace(/\x1b\[\d+m/g, '').length + 2, -2);
  return length <= context.breakLength ? `${name} { ${shown.join(', ')} }` : `${name} {\n  ${shown.join(',\n  ')} }`;
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const iteratorPrototype = Object.create(IteratorPrototype, {
  [Symbol.toStringTag]: { value: 'URLSearchParams Iterator', configurable: true },
});
const methods = {
  next() {
    const walk = walks.get(this);
    if (walk === undefined) throw invalidThis('URLSearchParamsIterator');
    const pair = pairAt(walk.params, walk.at);
    if (pair.length === 0) {
      walk.at = Infinity;
      return { value: undefined, done: true };
    }
    walk.at += 2;
    return { value: walk.pick(...pair), done: false };
  },
  [custom](depth, context, inspect) {
    const walk = walks.get(this);
    if (walk === undefined) throw invalidThis('URLSearchParamsIterator');
    if (typeof depth === 'number' && depth < 0) return context.stylize('[Object]', 'special');
    const left = [];
    for (let at = walk.at; ; at += 2) {
      const pair = pairAt(walk.params, at);
      if (pair.length === 0) break;
      left.push(walk.pick(...pair));
    }
    const shown = left.map((each) => inspect(each, { ...context, depth: null }));
    const broken = inspect(left, context).includes('\n');
    return broken ? `URLSearchParams Iterator {\n  ${shown.join(',\n  ')} }` : `URLSearchParams Iterator { ${shown.join(', ')} }`;
  },
};
Object.defineProperty(iteratorPrototype, 'next', { value: methods.next, writable: true, enumerable: true, configurable: true });
Object.defineProperty(iteratorPrototype, custom, { value: methods[custom], writable: true, enumerable: false, configurable: true });

function iterator(params, pick) {
  const made = Object.create(iteratorPrototype);
  walks.set(made, { params, pick, at: 0 });
  return made;
}

const { prototype } = URLSearchParams;
for (const name of ['append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'toString', 'entries', 'forEach', 'keys', 'values', 'size']) {
  Object.defineProperty(prototype, name, { enumerable: true });
}
Object.defineProperty(prototype, Symbol.iterator, { value: prototype.entries, writable: true, configurable: true });
Object.defineProperty(prototype, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });
