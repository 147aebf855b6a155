// What is wrong with a result that JSON would not tell.

const { getOwnPropertyDescriptor, getPrototypeOf, keys } = Object;
const { isArray } = Array;
const isName = /^[A-Za-z_$][\w$]*$/;
const test = RegExp.prototype.test;
const { apply } = Reflect;

const DEEPEST = 6;
const MOST = 1000;

// Where in a value a promise is, such as `user.policy_id`. Nothing of the author's is called.
export function promiseIn(value) {
  let left = MOST;
  const find = (here, path, depth) => {
    if (here === null || typeof here !== 'object' || hb.proxyDetails(here) !== undefined || left-- <= 0) return undefined;
    if (getPrototypeOf(here) === Promise.prototype) return path;
    if (depth === DEEPEST) return undefined;
    const names = keys(here);
    for (let i = 0; i < names.length && left > 0; i++) {
      const name = names[i];
      const step = isArray(here) ? `[${name}]` : apply(test, isName, [name]) ? (path === '' ? name : `.${name}`) : `["${name}"]`;
      const found = find(getOwnPropertyDescriptor(here, name)?.value, path + step, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(value, '', 0);
}
