// `require('http')` and `require('https')`.
import { validateInteger } from '../errors.js';
import { URL } from '../address/whatwg.js';
import { urlToHttpOptions } from '../address/files.js';
import { unavailable } from '../unavailable.js';
import { Agent, SecureAgent } from './agent.js';
import { isURL } from './asked.js';
import { ClientRequest, agents } from './client.js';
import { IncomingMessage } from './incoming.js';
import { METHODS, STATUS_CODES, validateHeaderName, validateHeaderValue } from './names.js';
import { OutgoingMessage } from './outgoing.js';
import { SecureServer, Server, ServerResponse } from './server.js';

const USUAL = { keepAlive: true, scheduling: 'lifo', timeout: 5000 };
agents.http = new Agent(USUAL);
let secureAgent = new SecureAgent(USUAL);

function request(url, options, cb) { return new ClientRequest(url, options, cb); }

export const http = {
  _connectionListener(socket) { throw unavailable('http._connectionListener'); },
  METHODS,
  STATUS_CODES,
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer(opts, requestListener) { return new Server(opts, requestListener); },
  validateHeaderName,
  validateHeaderValue,
  get(url, options, cb) {
    const req = request(url, options, cb);
    req.end();
    return req;
  },
  request,
  setMaxIdleHTTPParsers(max) { validateInteger(max, 'max', 1); },
  maxHeaderSize: 16384,
};
Object.defineProperty(http, 'globalAgent', {
  get: () => agents.http,
  set: (agent) => { agents.http = agent; },
  configurable: true,
  enumerable: true,
});

const secureRequest = { request(...args) {
  let options = {};
  if (typeof args[0] === 'string') options = urlToHttpOptions(new URL(args.shift()));
  else if (isURL(args[0])) options = urlToHttpOptions(args.shift());
  if (args[0] && typeof args[0] !== 'function') Object.assign(options, args.shift());
  options._defaultAgent = secureAgent;
  return new ClientRequest(options, ...args);
} }.request;

export const https = {
  Agent: SecureAgent,
  get globalAgent() { return secureAgent; },
  set globalAgent(agent) { secureAgent = agent; },
  Server: SecureServer,
  createServer(opts, requestListener) { return new SecureServer(opts, requestListener); },
  get(input, options, cb) {
    const req = secureRequest(input, options, cb);
    req.end();
    return req;
  },
  request: secureRequest,
};
