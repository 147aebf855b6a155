// What classes of the web have in common: a name for `Object.prototype.toString`, and members that are listed.
export function webClass(Class, members = []) {
  const { prototype } = Class;
  for (const name of members) Object.defineProperty(prototype, name, { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

export const customInspect = Symbol.for('nodejs.util.inspect.custom');

// How Node shows an object of such a class.
export function shown(self, name, fields, depth, options, inspect) {
  if (depth < 0) return options.stylize(`[${name}]`, 'special');
  return `${name} ${inspect(fields, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
}
