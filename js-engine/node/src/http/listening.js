// The servers of a hook that listen, in the order in which they began. Nobody can connect to one: the host hands requests over, see requests.js.
import { coded } from '../errors.js';
import { isIP } from '../net/addresses.js';
import { normalized } from '../net/arguments.js';
import { validatePort } from '../net/failures.js';
import { nextTick } from '../timers.js';
import { unavailable } from '../unavailable.js';

const servers = new Set();
let waiting = [];
// What a server gets that asks for any port.
const ANY_PORT = 32768;

// The first server that listens, when there is one.
export const firstServer = () => servers.values().next().value ?? new Promise((resolve) => { waiting.push(resolve); });
export const anyServer = () => servers.size > 0;

function addressOf({ path, host, port, fd, _handle: handle }, args) {
  if (handle !== undefined || typeof fd === 'number') throw unavailable('listening on a file descriptor');
  if (typeof path === 'string') return path;
  const isAny = args.length === 0 || typeof args[0] === 'function' || port === undefined || port === null;
  const number = isAny ? 0 : validatePort(port, 'options.port');
  const family = host ? isIP(host) || 4 : 6;
  const address = host ? (isIP(host) ? host : '127.0.0.1') : '::';
  return { address, family: `IPv${family}`, port: number || ANY_PORT };
}

export function listen(server, args) {
  const [options, callback] = normalized(args);
  if (server._handle) throw coded(Error, 'ERR_SERVER_ALREADY_LISTEN', 'Listen method has been called more than once without closing.');
  const address = addressOf(options, args);
  if (callback !== null) server.once('listening', callback);
  server._handle = { address };
  servers.add(server);
  for (const resolve of waiting.splice(0)) resolve(server);
  nextTick(() => {
    if (server._handle) server.emit('listening');
  });
  return server;
}

// Ends that a server listens; whether it did.
export function endListening(server) {
  if (!server._handle) return false;
  server._handle = null;
  return servers.delete(server);
}
