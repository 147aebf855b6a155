// `require('dns')` and `require('dns/promises')`. Names have addresses; what else a name can have is not looked for.
import { coded, invalidArgType, invalidArgValue, missingArgs, validateArray, validateFunction, validateString } from '../errors.js';
import { isIP } from '../net/addresses.js';
import { validatePort } from '../net/failures.js';
import { nextTick } from '../timers.js';
import { argumentNames } from '../util/promisify.js';
import { HINTS, addressesOf, checkedName, checkedOptions, getDefaultResultOrder, setDefaultResultOrder } from './lookup.js';

const CODES = {
  NODATA: 'ENODATA', FORMERR: 'EFORMERR', SERVFAIL: 'ESERVFAIL', NOTFOUND: 'ENOTFOUND', NOTIMP: 'ENOTIMP', REFUSED: 'EREFUSED', BADQUERY: 'EBADQUERY',
  BADNAME: 'EBADNAME', BADFAMILY: 'EBADFAMILY', BADRESP: 'EBADRESP', CONNREFUSED: 'ECONNREFUSED', TIMEOUT: 'ETIMEOUT', EOF: 'EOF', FILE: 'EFILE',
  NOMEM: 'ENOMEM', DESTRUCTION: 'EDESTRUCTION', BADSTR: 'EBADSTR', BADFLAGS: 'EBADFLAGS', NONAME: 'ENONAME', BADHINTS: 'EBADHINTS',
  NOTINITIALIZED: 'ENOTINITIALIZED', LOADIPHLPAPI: 'ELOADIPHLPAPI', ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS', CANCELLED: 'ECANCELLED',
};
// Each kind of record with the method that asks for it and what Node calls the question.
const RECORDS = { ANY: ['resolveAny', 'queryAny'], A: ['resolve4', 'queryA'], AAAA: ['resolve6', 'queryAaaa'], CAA: ['resolveCaa', 'queryCaa'],
  CNAME: ['resolveCname', 'queryCname'], MX: ['resolveMx', 'queryMx'], NAPTR: ['resolveNaptr', 'queryNaptr'], NS: ['resolveNs', 'queryNs'],
  PTR: ['resolvePtr', 'queryPtr'], SOA: ['resolveSoa', 'querySoa'], SRV: ['resolveSrv', 'querySrv'], TXT: ['resolveTxt', 'queryTxt'] };
const FAMILIES = { queryA: 4, queryAaaa: 6 };

const failure = (code, syscall, hostname, reason = '') => (
  Object.assign(new Error(`${syscall} ${code} ${hostname}${reason}`), { errno: undefined, code, syscall, hostname }));
const notHere = (syscall, hostname) => failure('ENOTIMP', syscall, hostname, ' (hooks can look up addresses only)');

function lookup(hostname, options, callback) {
  checkedName(hostname);
  const last = typeof options === 'function' ? options : callback;
  const isPlain = options === undefined || typeof options === 'object' || typeof options === 'number';
  if (typeof options !== 'function') validateFunction(arguments.length === 2 && !isPlain ? options : callback, 'callback');
  const asked = checkedOptions(typeof options === 'function' ? undefined : options, true);
  addressesOf(hostname, asked, (error, list) => {
    if (error !== null) last(error);
    else if (asked.all) last(null, list);
    else if (list.length === 0) last(null, null, asked.family === 6 ? 6 : 4);
    else last(null, list[0].address, list[0].family);
  });
  return {};
}
Object.defineProperty(lookup, argumentNames, { value: ['address', 'family'] });

function promisedLookup(hostname, options) {
  checkedName(hostname);
  const asked = checkedOptions(options, false);
  return new Promise((resolve, reject) => {
    addressesOf(hostname, asked, (error, list) => {
      if (error !== null) reject(error);
      else if (asked.all) resolve(list);
      else resolve(list[0] ?? { address: null, family: asked.family === 6 ? 6 : 4 });
    });
  });
}

// Asks for one kind of record. Addresses come without the time that they may be kept.
function query(syscall, name, options, callback) {
  const family = FAMILIES[syscall];
  if (family === undefined) {
    nextTick(callback, notHere(syscall, name));
    return;
  }
  addressesOf(name, { family, order: 'verbatim' }, (error, list) => {
    if (error !== null) {
      callback(error.code === 'ENOTFOUND' ? failure('ENOTFOUND', syscall, name) : error);
      return;
    }
    const found = list.filter((each) => each.family === family).map(({ address }) => address);
    if (found.length === 0) callback(failure('ENODATA', syscall, name));
    else callback(null, options?.ttl ? found.map((address) => ({ address, ttl: 0 })) : found);
  });
}

// An address is written without the usual port.
function checkedServers(servers) {
  validateArray(servers, 'servers');
  return servers.map((server, at) => {
    validateString(server, `servers[${at}]`);
    const [, address, port = '53'] = /^\[([^[\]]*)\](?::(\d+))?$/.exec(server) ?? /^([\d.]+)(?::(\d+))?$/.exec(server) ?? [server, server];
    const kind = isIP(address);
    if (kind === 0) throw coded(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${server}`);
    if (port === '53') return address;
    return kind === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  });
}

function checkedAddress(address, port) {
  if (isIP(address) === 0) throw invalidArgValue('address', address);
  validatePort(port);
}

const named = (name, run) => Object.defineProperty(run, 'name', { value: name, configurable: true });
const withLength = (length, run) => Object.defineProperty(run, 'length', { value: length, configurable: true });

// A class of resolvers.
function resolverClass(promises) {
  class ResolverBase {
    // The host asks whom it will, whatever is set here.
    #servers = [];
    constructor(options = undefined) {
      if (options !== undefined && (typeof options !== 'object' || options === null)) throw invalidArgType('options', 'Object', options);
    }
    cancel() {}
    getServers() { return [...this.#servers]; }
    setServers(servers) { this.#servers = checkedServers(servers); }
    setLocalAddress(ipv4, ipv6) {}
  }
  class Resolver extends ResolverBase {
    constructor(options = undefined) { super(options); }
  }
  const { prototype } = Resolver;
  const method = (syscall) => (promises
    ? function (name, options) {
      validateString(name, 'name');
      return new Promise((resolve, reject) => query(syscall, name, options, (error, found) => (error === null ? resolve(found) : reject(error))));
    }
    : function (name, options, callback) {
      validateString(name, 'name');
      const last = arguments.length > 2 ? callback : options;
      validateFunction(last, 'callback');
      query(syscall, name, arguments.length > 2 ? options : {}, last);
      return {};
    });
  for (const [resolve, syscall] of Object.values(RECORDS)) prototype[resolve] = withLength(2, named(syscall, method(syscall)));
  prototype.reverse = withLength(2, named('getHostByAddr', promises
    ? function (name) {
      validateString(name, 'name');
      return Promise.reject(isIP(name) ? notHere('getHostByAddr', name) : Object.assign(failure('EINVAL', 'getHostByAddr', name), { errno: -22 }));
    }
    : function (name, callback) {
      validateString(name, 'name');
      validateFunction(callback, 'callback');
      if (!isIP(name)) throw Object.assign(failure('EINVAL', 'getHostByAddr', name), { errno: -22 });
      nextTick(callback, notHere('getHostByAddr', name));
      return {};
    }));
  const resolver = (rrtype) => {
    if (!Object.hasOwn(RECORDS, rrtype)) throw invalidArgValue('rrtype', rrtype);
    return prototype[RECORDS[rrtype][0]];
  };
  prototype.resolve = promises
    ? function resolve(hostname, rrtype = 'A') {
      validateString(rrtype, 'rrtype');
      return Reflect.apply(resolver(rrtype), this, [hostname]);
    }
    : function resolve(hostname, rrtype, callback) {
      const kind = typeof rrtype === 'function' ? 'A' : rrtype;
      if (typeof kind !== 'string') throw invalidArgType('rrtype', 'string', rrtype);
      return Reflect.apply(resolver(kind), this, [hostname, typeof rrtype === 'function' ? rrtype : callback]);
    };
  withLength(promises ? 2 : 3, prototype.resolve);
  return Resolver;
}

const METHODS = ['getServers', 'setServers', 'resolve', ...Object.values(RECORDS).map(([name]) => name), 'reverse'];

function moduleOf(promises, own) {
  const Resolver = resolverClass(promises);
  const usual = new Resolver();
  const module = { ...own, Resolver, getDefaultResultOrder, setDefaultResultOrder };
  for (const name of METHODS) {
    const run = Resolver.prototype[name];
    module[name] = withLength(run.length, named(`bound ${run.name}`, (...args) => Reflect.apply(run, usual, args)));
  }
  named('defaultResolverSetServers', module.setServers);
  return module;
}

Object.defineProperty(lookupService, argumentNames, { value: ['hostname', 'service'] });
function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw missingArgs('address', 'port', 'callback');
  checkedAddress(address, port);
  validateFunction(callback, 'callback');
  nextTick(callback, notHere('getnameinfo', address));
  return {};
}

export const dnsPromises = Object.assign(moduleOf(true, {
  lookup(hostname, options) { return promisedLookup(hostname, options); },
  lookupService(address, port) {
    if (arguments.length !== 2) throw missingArgs('address', 'port');
    checkedAddress(address, port);
    return Promise.reject(notHere('getnameinfo', address));
  },
}), CODES);

export const dns = Object.assign(moduleOf(false, { lookup, lookupService }), HINTS, CODES);
Object.defineProperty(dns, 'promises', { get: () => dnsPromises, enumerable: true, configurable: true });
