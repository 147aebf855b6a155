// `net.Server`: an emitter that libraries make while they load. Nobody can connect to a hook, so only servers of HTTP listen: http/listening.js.
import { EventEmitter } from '../events/emitter.js';
import { coded, invalidArgType } from '../errors.js';
import { listen } from '../http/listening.js';
import { nextTick } from '../timers.js';
import { unavailable } from '../unavailable.js';

// Of a server that is handed requests.
export const LISTENS = Symbol('listens');

const notRunning = () => coded(Error, 'ERR_SERVER_NOT_RUNNING', 'Server is not running.');

const methods = {
  listen(...args) {
    if (!this[LISTENS]) throw unavailable('listening for connections');
    return listen(this, args);
  },
  address() { return this._handle?.address ?? null; },
  getConnections(callback) {
    if (typeof callback === 'function') nextTick(callback, null, 0);
    return this;
  },
  close(callback) {
    if (typeof callback === 'function') this.once('close', () => callback(notRunning()));
    nextTick(() => this.emit('close'));
    return this;
  },
  ref() { return this; },
  unref() { return this; },
};

export function Server(options, connectionListener) {
  if (!(this instanceof Server)) return new Server(options, connectionListener);
  Reflect.apply(EventEmitter, this, []);
  if (typeof options === 'function') this.on('connection', options);
  else if (options !== undefined && options !== null && typeof options !== 'object') throw invalidArgType('options', 'Object', options);
  else if (typeof connectionListener === 'function') this.on('connection', connectionListener);
  const own = typeof options === 'function' ? {} : { ...options };
  this._connections = 0;
  this._handle = null;
  this.allowHalfOpen = own.allowHalfOpen || false;
  this.pauseOnConnect = Boolean(own.pauseOnConnect);
  this.noDelay = Boolean(own.noDelay);
  this.keepAlive = Boolean(own.keepAlive);
  this.keepAliveInitialDelay = ~~(own.keepAliveInitialDelay / 1000);
  return undefined;
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);
Object.assign(Server.prototype, methods);
Object.defineProperty(Server.prototype, 'listening', { get() { return Boolean(this._handle); }, enumerable: true, configurable: true });
