// What `Intl` here does not have names itself.

export function missing(what) {
  throw new RangeError(`${what} is not available in hooks`);
}

export function checkLocales(locales) {
  for (const locale of [locales ?? []].flat()) {
    if (!/^en(-US)?(-u-.*)?$/i.test(`${locale}`)) missing(`the locale ${locale}`);
  }
}
