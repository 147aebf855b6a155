// `require('net')`.
import { validateBoolean, validateInt32 } from '../errors.js';
import { isIP, isIPv4, isIPv6 } from './addresses.js';
import { _normalizeArgs } from './arguments.js';
import { BlockList, SocketAddress } from './blocklist.js';
import { Server } from './server.js';
import { Socket } from './socket.js';

function connect(...args) {
  const normalized = _normalizeArgs(args);
  const [options] = normalized;
  const socket = new Socket(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(normalized);
}

function createServer(options, connectionListener) { return new Server(options, connectionListener); }

let autoSelect = true;
let attempt = 250;

export const net = {
  _normalizeArgs,
  _setSimultaneousAccepts() {},
  BlockList,
  SocketAddress,
  connect,
  createConnection: connect,
  createServer,
  isIP,
  isIPv4,
  isIPv6,
  Server,
  Socket,
  Stream: Socket,
  getDefaultAutoSelectFamily() { return autoSelect; },
  setDefaultAutoSelectFamily(value) {
    validateBoolean(value, 'value');
    autoSelect = value;
  },
  getDefaultAutoSelectFamilyAttemptTimeout() { return attempt; },
  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    validateInt32(value, 'value', 1);
    attempt = Math.max(value, 10);
  },
};
export { connect };
