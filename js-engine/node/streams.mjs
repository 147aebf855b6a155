// The package of web streams, as it is bundled: what it keeps on its objects under names with an underscore is kept under symbols, as Node
// does, so that nobody sees it; and it makes the errors that Node makes.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'src/web');
const IMPORTS = "import{StreamRangeError as RangeError,StreamTypeError as TypeError}from'#stream-errors';"
  + "import{badSize,checkReadable,checkStrategy,checkStream,checkTransform,checkWritable}from'#stream-checks';";
// What comes first in each constructor, by what comes next there.
const checks = {
  'class ReadableStream{constructor(e={},t={}){': 'checkReadable(e,t);',
  'class WritableStream{constructor(e={},t={}){': 'checkWritable(e,t);',
  'class TransformStream{constructor(e={},t={},r={}){': 'checkTransform(e,t,r);',
  'class ByteLengthQueuingStrategy{constructor(e){': 'checkStrategy(e);',
  'class CountQueuingStrategy{constructor(e){': 'checkStrategy(e);',
  'class ReadableStreamDefaultReader{constructor(e){': 'checkStream(e,ReadableStream);',
  'class ReadableStreamBYOBReader{constructor(e){': 'checkStream(e,ReadableStream);',
  'class WritableStreamDefaultWriter{constructor(e){': 'checkStream(e,WritableStream);',
};
const SIZE = /(?<=\(\w+,\w+,(\w+)\)\{if\([^{}]*throw )new RangeError\("Size must be[^)]*\)/;

export const webStreams = {
  name: 'web streams',
  setup(bundler) {
    bundler.onResolve({ filter: /^#stream-/ }, ({ path }) => ({ path: join(folder, `${path.slice(1)}.js`) }));
    bundler.onLoad({ filter: /web-streams-polyfill\/dist\/ponyfill\.mjs$/ }, async ({ path }) => {
      const written = await readFile(path, 'utf8');
      let source = written.replace(SIZE, 'badSize($1)');
      for (const [place, check] of Object.entries(checks)) source = source.replace(place, place + check);
      const expected = Object.values(checks).join('').length + 'badSize(r)'.length - 'new RangeError("Size must be a finite, non-NaN, non-negative number.")'.length;
      if (source.length !== written.length + expected) throw new Error(`${path} is written in another way`);
      // What an iterator ends with, in Node's order.
      source = source.replace(/(?<=Promise\.resolve\(|=>\(|return \w+\(\w+\),\w+\()\{value:e,done:!0\}/g, '{done:!0,value:e}').replaceAll('Promise.resolve({value:void 0,done:!0})', 'Promise.resolve({done:!0,value:void 0})')
        .replace(/(?<=_isFinished=!0,[^{}]*)\{value:void 0,done:!0\}/, '{done:!0,value:void 0}');
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
      return { contents: `${IMPORTS}${symbols}${hidden}\nexport const internals={${[...names].map((name) => `${name}:$${name}`)}};`, loader: 'js' };
    });
  },
};
