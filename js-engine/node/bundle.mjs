// Bundles src/main.js and what it imports into one function expression, ending in the zero byte that QuickJS wants. The engine
// calls the function at start-up with its natives, named `hb` throughout src/.
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { contract } from './contract.mjs';

const out = process.argv[2];

// The extracted inspect knows neither proxies nor promises; the engine does.
const replacements = [
  ['getProxyDetails:y.getProxyDetails', 'getProxyDetails:(v,both=true)=>{const d=hb.proxyDetails(v);return d===undefined||both?d:d[0]}'],
  ['getPromiseDetails:()=>[g,void 0]', 'getPromiseDetails:(p)=>{const d=hb.promiseDetails(p);return[d[0]===0?g:d[0]===2?h:undefined,d[1]]}'],
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
  legalComments: 'none',
  inject: ['src/inject.js'],
  define: { 'process.env.NODE_DEBUG': 'undefined', 'process.browser': 'false', global: 'globalThis' },
  alias: { qs: './src/qs.js' },
  plugins: [inspect, contract],
  logLevel: 'warning',
});
await writeFile(out, `(function(hb){"use strict";${outputFiles[0].text};return prelude.default})\0`);
