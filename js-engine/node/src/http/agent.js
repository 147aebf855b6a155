// `http.Agent` and `https.Agent`: how many requests are under way at a time, and what they are asked of the host with. Which connections are kept
// is the host's business; a socket that is kept here only stands for one.
import { EventEmitter } from '../events/emitter.js';
import { validateNumber, validateOneOf } from '../errors.js';
import { current, within } from '../frames.js';
import { isIP } from '../net/addresses.js';
import { serverName } from './names.js';
import { standIn } from './line.js';

const { apply } = Reflect;
const { create } = Object;
const [OPTIONS, FRAME] = [Symbol('requestOptions'), Symbol('requestAsyncResource')];
// The time by which a connection is left alone before its server closes it, in milliseconds.
const MARGIN = 1000;

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  apply(EventEmitter, this, []);
  this.defaultPort = 80;
  this.protocol = 'http:';
  this.options = { __proto__: null, ...options };
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  this.options.path = null;
  this.requests = create(null);
  this.sockets = create(null);
  this.freeSockets = create(null);
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
  if (this.maxTotalSockets === undefined) this.maxTotalSockets = Infinity;
  else validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
  this.on('free', (socket, of) => onFree(this, socket, of));
  return undefined;
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

function onError() {
  this.destroy();
  this.emit('agentRemove');
}

// Sends a request that waits, or keeps the socket for a later one.
function onFree(agent, socket, options) {
  const name = agent.getName(options);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const waiting = agent.requests[name];
  if (waiting?.length > 0) {
    const request = waiting.shift();
    if (waiting.length === 0) delete agent.requests[name];
    within(request[FRAME], assign, undefined, [agent, request, socket]);
    return;
  }
  const request = socket._httpMessage;
  const free = agent.freeSockets[name] ?? [];
  const count = free.length + (agent.sockets[name]?.length ?? 0);
  if (!request?.shouldKeepAlive || !agent.keepAlive || agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets
    || free.length >= agent.maxFreeSockets || !agent.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  agent.freeSockets[name] = free;
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  socket.once('error', onError);
  free.push(socket);
}

function assign(agent, request, socket) {
  request.onSocket(socket);
  if (request.timeout === undefined || request.timeout === (agent.options.timeout || 0)) return;
  socket.setTimeout(request.timeout);
}

function install(agent, socket, options) {
  const free = () => agent.emit('free', socket, options);
  const close = () => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  };
  const timeout = () => {
    if (Object.values(agent.freeSockets).some((sockets) => sockets.includes(socket))) socket.destroy();
  };
  const listeners = { free, close, timeout };
  const remove = () => {
    close();
    for (const [event, listener] of Object.entries(listeners)) socket.removeListener(event, listener);
  };
  listeners.agentRemove = remove;
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
}

const withOwn = (agent, options, request) => {
  const all = { __proto__: null, ...options, ...agent.options };
  if (all.socketPath) all.path = all.socketPath;
  if (!all.servername && all.servername !== '') all.servername = serverName(all, request.getHeader('host'), isIP);
  return all;
};

Object.assign(Agent.prototype, {
  createConnection(options) { return standIn(options, false); },
  getName(options = {}) {
    const { host, port, localAddress, family, socketPath } = options;
    const ends = [family === 4 || family === 6 ? `:${family}` : '', socketPath ? `:${socketPath}` : ''];
    return `${host || 'localhost'}:${port || ''}:${localAddress || ''}${ends.join('')}`;
  },
  addRequest(req, given, port, localAddress) {
    const options = withOwn(this, typeof given === 'string' ? { host: given, port, localAddress } : given, req);
    const name = this.getName(options);
    this.sockets[name] ??= [];
    const free = this.freeSockets[name];
    while (free?.[0]?.destroyed) free.shift();
    const socket = this.scheduling === 'fifo' ? free?.shift() : free?.pop();
    if (free?.length === 0) delete this.freeSockets[name];
    if (socket) {
      this.reuseSocket(socket, req);
      assign(this, req, socket);
      this.sockets[name].push(socket);
    } else if ((free?.length ?? 0) + this.sockets[name].length < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(req, options, (error, made) => {
        if (error) req.onSocket(made, error);
        else assign(this, req, made);
      });
    } else {
      this.requests[name] ??= [];
      req[OPTIONS] = options;
      req[FRAME] = current();
      this.requests[name].push(req);
    }
  },
  createSocket(req, given, cb) {
    const options = withOwn(this, given, req);
    const name = this.getName(options);
    options._agentKey = name;
    options.encoding = null;
    let called = false;
    const created = (error, socket) => {
      if (called) return;
      called = true;
      if (error) {
        cb(error);
        return;
      }
      this.sockets[name] ??= [];
      this.sockets[name].push(socket);
      this.totalSocketCount++;
      install(this, socket, options);
      cb(null, socket);
    };
    if (this.keepAlive) Object.assign(options, { keepAlive: this.keepAlive, keepAliveInitialDelay: this.keepAliveMsecs });
    const socket = this.createConnection(options, created);
    if (socket) created(null, socket);
  },
  removeSocket(socket, options) {
    const name = this.getName(options);
    for (const sets of socket.writable ? [this.sockets] : [this.sockets, this.freeSockets]) {
      const at = sets[name]?.indexOf(socket) ?? -1;
      if (at >= 0) sets[name].splice(at, 1);
      if (at >= 0 && sets[name].length === 0) delete sets[name];
    }
    // A place is free: for a request to the same server, else for any other.
    let [next, of] = [this.requests[name]?.[0], options];
    if (next === undefined) {
      const [other] = Object.keys(this.requests);
      if (other !== undefined && !(this.sockets[other]?.length > 0)) {
        [next] = this.requests[other];
        of = next[OPTIONS];
      }
    }
    if (next === undefined || !of) return;
    next[OPTIONS] = undefined;
    this.createSocket(next, of, (error, made) => {
      if (error) next.onSocket(made, error);
      else made.emit('free');
    });
  },
  keepSocketAlive(socket) {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    socket.unref();
    let timeout = this.options.timeout || 0;
    const hint = /^timeout=(\d+)/.exec(socket._httpMessage?.res?.headers['keep-alive'])?.[1];
    const announced = Math.max(Number(hint) * 1000 - MARGIN, 0);
    if (hint !== undefined && announced < timeout) timeout = announced;
    if (socket.timeout !== timeout) socket.setTimeout(timeout);
    return hint === undefined || announced > 0;
  },
  reuseSocket(socket, req) {
    socket.removeListener('error', onError);
    req.reusedSocket = true;
    socket.ref();
  },
  destroy() {
    for (const sets of [this.freeSockets, this.sockets]) for (const sockets of Object.values(sets)) for (const socket of [...sockets]) socket.destroy();
  },
});
Object.defineProperty(Agent.prototype.createConnection, 'length', { value: 0, configurable: true });

export function SecureAgent(options) {
  if (!(this instanceof SecureAgent)) return new SecureAgent(options);
  apply(Agent, this, [options]);
  this.defaultPort = 443;
  this.protocol = 'https:';
  this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
  this._sessionCache = { map: {}, list: [] };
  return undefined;
}
Object.defineProperty(SecureAgent, 'name', { value: 'Agent', configurable: true });
Object.setPrototypeOf(SecureAgent.prototype, Agent.prototype);
Object.setPrototypeOf(SecureAgent, Agent);

// In the order in which Node makes them a name; of the first group what is false counts too.
const PARTS = ['ca', 'cert', 'clientCertEngine', 'ciphers', 'key', 'pfx', '?rejectUnauthorized', 'servername', 'minVersion', 'maxVersion', 'secureProtocol', 'crl',
  '?honorCipherOrder', 'ecdhCurve', 'dhparam', '?secureOptions', 'sessionIdContext', 'sigalgs', 'privateKeyIdentifier', 'privateKeyEngine'];

Object.assign(SecureAgent.prototype, {
  createConnection(port, host, options) {
    const last = [options, host, port].find((each) => each !== null && typeof each === 'object');
    const given = { ...last };
    if (typeof port === 'number') given.port = port;
    if (typeof host === 'string') given.host = host;
    return standIn(given, true);
  },
  getName(options = {}) {
    let name = Agent.prototype.getName.call(this, options);
    for (const part of PARTS) {
      const counts = part[0] === '?';
      const key = counts ? part.slice(1) : part;
      const value = options[key];
      const isIt = counts ? value !== undefined : Boolean(value) && !(key === 'servername' && value === options.host);
      name += `:${isIt ? (key === 'sigalgs' ? JSON.stringify(value) : value) : ''}`;
    }
    return name;
  },
  // Sessions of TLS are the host's.
  _getSession(key) { return undefined; },
  _cacheSession(key, session) {},
  _evictSession(key) {},
});
for (const [name, length] of [['getName', 0]]) {
  for (const Class of [Agent, SecureAgent]) Object.defineProperty(Class.prototype[name], 'length', { value: length, configurable: true });
}
