// Defines properties the way that built-in ones are: not enumerable, but free to be replaced by the author.
export function expose(properties, target = globalThis, enumerable = false) {
  for (const name of Reflect.ownKeys(properties)) {
    Object.defineProperty(target, name, { value: properties[name], writable: true, enumerable, configurable: true });
  }
}
