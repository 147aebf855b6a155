// The classes of fetch, out of the package that is Node's own: `Request`, `Response`, `Headers`, `FormData`, bodies and data URLs. They stand
// on our modules, each of which is named here with what they want of it; what sends requests in the package is left out, see src/fetch.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'src');
const from = (path, ...names) => names.map((name) => `get ${name.split(' ').at(-1)}(){return require('./${path}').${name.split(' ')[0]}}`).join();
const gives = (...parts) => `module.exports={${parts.join()}}`;

const wanted = {
  errors: gives('InvalidArgumentError:TypeError'),
  'node:assert': "module.exports=function(value,message){if(!value)throw message instanceof Error?message:new Error(message??'assertion failed')}",
  'node:buffer': gives(from('web/blob.js', 'Blob', 'File', 'resolveObjectURL')),
  // Which hashes there are is asked while hooks' memory is made, where the host is not there to answer.
  'node:crypto': gives("getHashes:()=>['sha256','sha384','sha512']", "createHash:(name)=>require('./crypto/node.js').cryptoModule.createHash(name)",
    "randomInt:(...range)=>require('./crypto/node.js').cryptoModule.randomInt(...range)"),
  'node:events': "const{EventEmitter}=require('./events/index.js');module.exports={EventEmitter,getMaxListeners:EventEmitter.getMaxListeners,setMaxListeners:EventEmitter.setMaxListeners,getEventListeners:EventEmitter.getEventListeners,defaultMaxListeners:EventEmitter.defaultMaxListeners}",
  'node:http': gives('IncomingMessage:class{}'),
  'node:net': gives(),
  'node:perf_hooks': gives(from('web/performance.js', 'performance')),
  'node:querystring': gives('stringify(){}'),
  'node:stream': "module.exports=require('./stream/index.js').Stream",
  'node:util': "const{inspect,formatWithOptions}=require('./inspect.js');module.exports={inspect,formatWithOptions,types:require('./kinds.js').types}",
  'node:util/types': "module.exports=require('./kinds.js').types",
  'node:worker_threads': gives('markAsUncloneable:undefined'),
  'node:zlib': gives(),
};
// Authors may put others in the place of these globals.
const own = { ReadableStream: 'web/streams.js', TransformStream: 'web/streams.js', Buffer: 'buffer.js' };

// A body that came over a network is read as a whole without becoming a stream, see src/fetch/incoming-body.js.
const changes = {
  '  await fullyReadBody(object[kState].body, successSteps, errorSteps)': `  const whole = object[kState].body.takeWhole?.()
  await (whole ? whole.then(successSteps, errorSteps) : fullyReadBody(object[kState].body, successSteps, errorSteps))`,
  '  const body = object[kState].body\n': '  const body = object[kState].body\n  if (body?.isUntouched?.()) return false\n',
};

export const undici = {
  name: 'undici',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      if (!/node_modules\/undici\//.test(importer)) return undefined;
      if (!Object.hasOwn(wanted, path)) throw new Error(`${importer} asks for ${path}`);
      return { path, namespace: 'undici' };
    });
    // Only what sends requests makes these.
    bundler.onResolve({ filter: /^\.\/errors$/ }, ({ importer }) => (/node_modules\/undici\/lib\/core\/util/.test(importer) ? { path: 'errors', namespace: 'undici' } : undefined));
    bundler.onResolve({ filter: /^#own\// }, ({ path }) => ({ path: join(folder, path.slice(5)) }));
    bundler.onLoad({ filter: /./, namespace: 'undici' }, ({ path }) => ({ contents: wanted[path], resolveDir: folder }));
    bundler.onLoad({ filter: /node_modules\/undici\/lib\/(core\/util|web\/fetch\/[\w-]+)\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      const code = contents.replace(/\/\/.*|\/\*[^]*?\*\//g, '');
      const needed = Object.keys(own).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
      const lines = needed.map((name) => `const{${name}}=require('#own/${own[name]}');`).join('');
      if (path.endsWith('fetch/body.js')) {
        for (const [from, to] of Object.entries(changes)) {
          if (contents.split(from).length !== 2) throw new Error(`${path} does not contain ${from} once`);
          contents = contents.replace(from, () => to);
        }
      }
      return { contents: contents.replace(/('use strict')?/, `$1\n${lines}`), loader: 'js' };
    });
  },
};
