// Bundles src/main.js and what it imports into one function expression, ending in the zero byte that QuickJS wants. The engine
// calls the function at start-up with its natives, named `hb` throughout src/. How things are called stays as the sources say: names.mjs.
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withOwnNames } from './names.mjs';
import { contract } from './contract.mjs';
import { webStreams } from './streams.mjs';
import { undici } from './undici.mjs';

const out = process.argv[2];

// The parts of the extracted inspect that guess at what values are, by what they stand between; the engine knows, see src/kinds.js. And
// what it asks a function's source.
const replacements = [
  [/567:\([\s\S]*?\},(?=322:\()/, '567:(t)=>{t.exports=hb.inspectTypes},'],
  [/\w\.FunctionPrototypeToString/, 'hb.sourceOf'],
  [/new f\[U\]\(e\)/, 'new globalThis[U](e)'],
  [/(?<=function un\(t\)\{)[\s\S]*?\}while\(!lt\(r,"toString"\)\);[\s\S]*?(?=\})/, 'return hb.isBuiltInText(t)'],
  [/763:\([\s\S]*?\}\}(?=\},e=\{\};)/, '763:(t)=>{t.exports=hb.inspectBinding}'],
];

const inspect = {
  name: 'inspect',
  setup(bundler) {
    bundler.onLoad({ filter: /node-inspect-extracted\/dist\/inspect\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [from, to] of replacements) {
        if (contents.split(from).length !== 2) throw new Error(`${path} does not contain ${from} once`);
        contents = contents.replace(from, to);
      }
      return { contents, loader: 'js' };
    });
  },
};

// The package of streams, on our modules instead of on those that it brings.
const inStreams = {
  events: 'events/index.js',
  buffer: 'stream/buffer.cjs',
  'process/': 'stream/ticks.cjs',
  'string_decoder/': 'string_decoder.js',
  'abort-controller': 'events/abort.js',
  './errors': 'stream/errors.cjs',
  './ours/errors': 'stream/errors.cjs',
  '../ours/errors': 'stream/errors.cjs',
  '../../ours/errors': 'stream/errors.cjs',
  './ours/util': 'stream/utilities.cjs',
  '../ours/util': 'stream/utilities.cjs',
  '../../ours/util': 'stream/utilities.cjs',
};

const streams = {
  name: 'streams',
  setup(bundler) {
    bundler.onResolve({ filter: /./ }, ({ path, importer }) => {
      if (!/node_modules\/readable-stream\//.test(importer) || !Object.hasOwn(inStreams, path)) return undefined;
      return { path: join(import.meta.dirname, 'src', inStreams[path]) };
    });
  },
};

const { outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.js'],
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'prelude',
  target: 'es2023',
  platform: 'browser',
  mainFields: ['main'],
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  legalComments: 'none',
  inject: ['src/inject.js'],
  // A body that only its stream is left of is still wanted; objects go here as soon as nothing refers to them.
  define: { 'globalThis.FinalizationRegistry': 'undefined', 'process.env.NODE_DEBUG': 'undefined', 'process.browser': 'false', global: 'globalThis' },
  alias: { qs: './src/qs.js', 'web-streams-polyfill': './node_modules/web-streams-polyfill/dist/ponyfill.mjs', punycode: './node_modules/punycode/punycode.js' },
  plugins: [inspect, contract, streams, webStreams, undici],
  logLevel: 'warning',
});
await writeFile(out, `(function(hb){"use strict";${withOwnNames(outputFiles[0].text)};return prelude.default})\0`);
