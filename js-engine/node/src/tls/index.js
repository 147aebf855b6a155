// `require('tls')`.
import { refuser } from '../unavailable.js';
import { Server as NetServer } from '../net/server.js';
import { SecureContext, convertALPNProtocols, createSecureContext } from './context.js';
import { checkServerIdentity } from './identity.js';
import { TLSSocket, connect } from './socket.js';

const CIPHERS = 'tls_aes_128_gcm_sha256 tls_aes_256_gcm_sha384 tls_chacha20_poly1305_sha256 ecdhe-ecdsa-aes128-gcm-sha256 ecdhe-ecdsa-aes256-gcm-sha384 '
  + 'ecdhe-ecdsa-chacha20-poly1305 ecdhe-rsa-aes128-gcm-sha256 ecdhe-rsa-aes256-gcm-sha384 ecdhe-rsa-chacha20-poly1305';

export function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  Reflect.apply(NetServer, this, [typeof options === 'function' ? {} : options]);
  const given = typeof options === 'function' ? options : listener;
  if (typeof given === 'function') this.on('secureConnection', given);
  return undefined;
}
Object.setPrototypeOf(Server.prototype, NetServer.prototype);
Object.setPrototypeOf(Server, NetServer);
for (const [name, length] of [['setSecureContext', 1], ['getTicketKeys', 0], ['setTicketKeys', 1], ['setOptions', 0], ['addContext', 2]]) {
  Server.prototype[name] = refuser(`tls.Server.${name}`, name, length);
}

export const tls = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:'
    + 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:'
    + 'ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA',
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  // What the host can speak.
  getCiphers() { return CIPHERS.split(' '); },
  // The roots are the host's, and it does not hand them out.
  rootCertificates: Object.freeze([]),
  convertALPNProtocols,
  checkServerIdentity,
  createSecureContext,
  SecureContext,
  TLSSocket,
  Server,
  createServer(options, listener) { return new Server(options, listener); },
  connect,
  createSecurePair: refuser('tls.createSecurePair', 'createSecurePair', 0),
};
