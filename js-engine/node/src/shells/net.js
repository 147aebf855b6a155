// `require('net')` and what stands on it: `tls`, `dgram`, `dns`, `http`, `https`, `http2`, `tty`. Nothing leaves a hook by them; what only
// looks at a text works.
import * as lists from './sockets.js';
import * as httpLists from './http.js';
import { http2 as http2List } from './http2.js';
import { makeShell } from './make.js';

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const V4 = `${BYTE}(?:\\.${BYTE}){3}`;
const FOUR = new RegExp(`^${V4}$`);
const TAIL = new RegExp(`:${V4}$`);

function isIPv4(s) { return FOUR.test(`${s}`); }

function isIPv6(s) {
  let [, text] = /^([^%]*)(?:%[-0-9a-zA-Z.:]+)?$/.exec(`${s}`) ?? [];
  if (text === undefined) return false;
  // Four bytes in decimal are two groups.
  if (text.includes('.')) {
    if (!TAIL.test(text)) return false;
    text = text.replace(TAIL, ':0:0');
  }
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

function isIP(s) {
  if (isIPv4(s)) return 4;
  return isIPv6(s) ? 6 : 0;
}

let autoSelect = true;
let attempt = 250;

export const net = makeShell('net', lists.net, {
  isIP,
  isIPv4,
  isIPv6,
  getDefaultAutoSelectFamily() { return autoSelect; },
  setDefaultAutoSelectFamily(value) { autoSelect = value; },
  getDefaultAutoSelectFamilyAttemptTimeout() { return attempt; },
  setDefaultAutoSelectFamilyAttemptTimeout(value) { attempt = value; },
});
net.Stream = net.Socket;
// A socket that never connected is a stream like others, and can be told how it should behave.
const { prototype: socket } = net.Socket;
for (const name of ['_final', '_read', '_writev', '_write', '_destroy', 'end', 'pause', 'resume', 'read', 'destroySoon']) delete socket[name];
for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref']) socket[name] = { [name]() { return this; } }[name];

export const tls = makeShell('tls', lists.tls, {
  bases: { Socket: net.Socket, Server: net.Server },
  rootCertificates: Object.freeze([]),
  getCiphers() { return []; },
});
export const dgram = makeShell('dgram', lists.dgram);
export const dnsPromises = makeShell('dns.promises', lists.dnsPromises, { promises: true });
export const dns = makeShell('dns', lists.dns);
dns.promises = dnsPromises;

const options = (agent, [given]) => {
  agent.defaultPort = 80;
  agent.protocol = 'http:';
  agent.options = { __proto__: null, noDelay: true, path: null, ...given };
  agent.requests = { __proto__: null };
  agent.sockets = { __proto__: null };
  agent.freeSockets = { __proto__: null };
  agent.keepAliveMsecs = given?.keepAliveMsecs || 1000;
  agent.keepAlive = given?.keepAlive || false;
  agent.maxSockets = given?.maxSockets || Infinity;
  agent.maxFreeSockets = given?.maxFreeSockets || 256;
  agent.scheduling = given?.scheduling || 'lifo';
  agent.maxTotalSockets = given?.maxTotalSockets || Infinity;
  agent.totalSocketCount = 0;
};

export const http = makeShell('http', httpLists.http, { bases: { Server: net.Server } });
http.Agent.made = options;
http.Agent.prototype.destroy = function destroy() {};
http.Agent.defaultMaxSockets = Infinity;
http.globalAgent = new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });

export const https = makeShell('https', httpLists.https, { bases: { Agent: http.Agent, Server: tls.Server } });
https.Agent.made = (agent, args) => {
  options(agent, args);
  agent.defaultPort = 443;
  agent.protocol = 'https:';
};
https.globalAgent = new https.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });

export const http2 = makeShell('http2', http2List, { sensitiveHeaders: Symbol('nodejs.http2.sensitiveHeaders') });

// Nothing is.
function isatty(fd) { return false; }
const ttyList = { classes: {
  ReadStream: [2, 'Socket', 'setRawMode/1'],
  WriteStream: [1, 'Socket', '_refreshSize/0 cursorTo/3 moveCursor/3 clearLine/2 clearScreenDown/1'],
} };
export const tty = makeShell('tty', ttyList, { isatty, bases: { Socket: net.Socket } });
// No terminal, no colours.
Object.assign(tty.WriteStream.prototype, {
  isTTY: true,
  getColorDepth() { return 1; },
  hasColors() { return false; },
  getWindowSize() { return [this.columns, this.rows]; },
});
