// What `require` gives, by name. How it looks for it is module.js.
import { assert } from './assert.js';
import { asyncHooksModule } from './async_hooks.js';
import { bufferModule } from './buffer.js';
import { console } from './console.js';
import { cryptoModule } from './crypto/node.js';
import { diagnosticsChannelModule } from './diagnostics_channel.js';
import { validateString } from './errors.js';
import { dns, dnsPromises } from './dns/index.js';
import { EventEmitter } from './events/index.js';
import { hookbox } from './hookbox.js';
import { http, https } from './http/index.js';
import { Module, exportsOf, makeRequire, newModule, resolveImport, setMeta, useModules } from './module.js';
import { net } from './net/index.js';
import { osModule } from './os.js';
import { packages } from './passwords/index.js';
import { path } from './path.js';
import { process } from './process.js';
import { punycode } from './punycode.js';
import { querystringModule } from './querystring.js';
import { StringDecoder } from './string_decoder.js';
import { prefixed, shells } from './shells/index.js';
import { Stream, consumers, promises as streamPromises } from './stream/index.js';
import { promises as timersPromises, timersModule } from './timers-promises.js';
import { tls } from './tls/index.js';
import { urlModule } from './url.js';
import { utilModule } from './util.js';
import { perfHooksModule } from './web/performance.js';
import { streamWeb } from './web/stream-module.js';
import { zlib } from './zlib/index.js';

const constants = { ...osModule.constants.dlopen, ...osModule.constants.errno, ...osModule.constants.priority, ...osModule.constants.signals,
  ...shells.fs.constants, ...cryptoModule.constants };

const builtin = {
  assert,
  'assert/strict': assert.strict,
  async_hooks: asyncHooksModule,
  buffer: bufferModule,
  console,
  constants: Object.freeze(constants),
  crypto: cryptoModule,
  diagnostics_channel: diagnosticsChannelModule,
  dns,
  'dns/promises': dnsPromises,
  events: EventEmitter,
  http,
  https,
  module: Module,
  net,
  os: osModule,
  path,
  'path/posix': path.posix,
  'path/win32': path.win32,
  perf_hooks: perfHooksModule,
  process,
  punycode,
  querystring: querystringModule,
  string_decoder: { StringDecoder },
  stream: Stream,
  'stream/consumers': consumers,
  'stream/promises': streamPromises,
  'stream/web': streamWeb,
  sys: utilModule,
  timers: timersModule,
  'timers/promises': timersPromises,
  tls,
  url: urlModule,
  util: utilModule,
  'util/types': utilModule.types,
  zlib,
  ...shells,
};
// What older libraries load of Node's insides.
const INSIDES = {
  _http_agent: { Agent: http.Agent, globalAgent: http.globalAgent },
  _http_client: { ClientRequest: http.ClientRequest },
  _http_common: { methods: http.METHODS },
  _http_incoming: { IncomingMessage: http.IncomingMessage },
  _http_outgoing: { OutgoingMessage: http.OutgoingMessage },
  _http_server: { STATUS_CODES: http.STATUS_CODES, Server: http.Server, ServerResponse: http.ServerResponse },
  _stream_duplex: Stream.Duplex,
  _stream_passthrough: Stream.PassThrough,
  _stream_readable: Stream.Readable,
  _stream_transform: Stream.Transform,
  _stream_writable: Stream.Writable,
};
// What is listed is Node's; `hookbox` is there beside it.
const known = new Map(Object.entries({ ...builtin, ...INSIDES }).filter(([, module]) => module !== undefined));
useModules(new Map([...known, ['hookbox', hookbox]]), new Map(Object.entries(prefixed)), new Map(Object.entries(packages)), [...known.keys()].sort());

process.getBuiltinModule = function getBuiltinModule(id) {
  validateString(id, 'id');
  return id.startsWith('node:') ? (known.get(id.slice(5)) ?? prefixed[id.slice(5)]) : known.get(id);
};

// Made once for all hooks whose source has the usual path.
const USUAL = '/hook.js';
const usual = makeRequire(newModule(USUAL));

// The module of a hook's source, its `require`, and its folder.
export function begin(path) {
  const module = newModule(path);
  if (path !== process.argv[1]) process.argv[1] = path;
  return { module, require: path === USUAL ? usual : makeRequire(module), folder: module.path };
}

export { exportsOf, resolveImport, setMeta };
