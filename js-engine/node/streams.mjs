// The package of web streams, as it is bundled: what it keeps on its objects under names with an underscore is kept under symbols, as Node
// does, so that nobody sees it; and it makes the errors that Node makes.
import { readFile } from 'node:fs/promises';

const ERRORS = "import { StreamRangeError as RangeError, StreamTypeError as TypeError } from '#errors';\n";

export const webStreams = {
  name: 'web streams',
  setup(bundler) {
    bundler.onResolve({ filter: /^#errors$/ }, () => ({ path: new URL('src/web/stream-errors.js', import.meta.url).pathname }));
    bundler.onLoad({ filter: /web-streams-polyfill\/dist\/ponyfill\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const names = new Set();
      const symbol = (name) => (names.add(name), `$${name}`);
      const hidden = source
        .replace(/\/\/# sourceMappingURL.*/, '')
        .replace(/\._([A-Za-z]\w*)/g, (_, name) => `[${symbol(name)}]`)
        .replace(/(?<=[{}])_([A-Za-z]\w*)(?=\()/g, (_, name) => `[${symbol(name)}]`)
        .replace(/(?<=[{,])_([A-Za-z]\w*):/g, (_, name) => `[${symbol(name)}]:`)
        .replace(/(?<=hasOwnProperty\.call\(\w+,)"_([A-Za-z]\w*)"/g, (_, name) => symbol(name));
      if (names.size < 50 || /[^\w$]_[A-Za-z]\w/.test(hidden)) throw new Error(`${path} is written in another way`);
      const symbols = [...names].map((name) => `const $${name}=Symbol(${JSON.stringify(name)});`).join('');
      return { contents: `${ERRORS}${symbols}${hidden}\nexport const internals={${[...names].map((name) => `${name}:$${name}`)}};`, loader: 'js' };
    });
  },
};
