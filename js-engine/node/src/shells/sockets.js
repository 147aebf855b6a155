// Sockets and names. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const net = {
  functions: '_createServerHandle/5 _normalizeArgs/1 _setSimultaneousAccepts/0 connect/0 createConnection/0 createServer/2 isIP/1 isIPv4/1 '
    + 'isIPv6/1 getDefaultAutoSelectFamily/0 setDefaultAutoSelectFamily/1 getDefaultAutoSelectFamilyAttemptTimeout/0 '
    + 'setDefaultAutoSelectFamilyAttemptTimeout/1',
  classes: {
    BlockList: [0, 'JSTransferable', 'addAddress/1 addRange/2 addSubnet/2 check/1 rules:'],
    SocketAddress: [0, 'JSTransferable', 'address: port: family: flowlabel: toJSON/0', 'isSocketAddress/1'],
    Server: [2, 'EventEmitter', '_listen2/6 listen/0 listening: address/0 getConnections/1 close/1 _emitCloseIfDrained/0 _setupWorker/1 ref/0 unref/0'],
    Socket: [1, 'Duplex', '_unrefTimer/0 _final/1 setTimeout/2 _onTimeout/0 setNoDelay/1 setKeepAlive/2 address/0 _connecting: pending: readyState: '
      + 'bufferSize: _read/1 end/3 resetAndDestroy/0 pause/0 resume/0 read/1 destroySoon/0 _destroy/2 _reset/0 _getpeername/0 bytesRead: '
      + 'remoteAddress: remoteFamily: remotePort: _getsockname/0 localAddress: localPort: localFamily: _writeGeneric/4 _writev/2 _write/3 '
      + '_bytesDispatched: bytesWritten: connect/0 ref/0 unref/0 _handle:'],
    Stream: [1, 'Duplex', '_unrefTimer/0 _final/1 setTimeout/2 _onTimeout/0 setNoDelay/1 setKeepAlive/2 address/0 _connecting: pending: readyState: '
      + 'bufferSize: _read/1 end/3 resetAndDestroy/0 pause/0 resume/0 read/1 destroySoon/0 _destroy/2 _reset/0 _getpeername/0 bytesRead: '
      + 'remoteAddress: remoteFamily: remotePort: _getsockname/0 localAddress: localPort: localFamily: _writeGeneric/4 _writev/2 _write/3 '
      + '_bytesDispatched: bytesWritten: connect/0 ref/0 unref/0 _handle:'],
  },
};

export const tls = {
  functions: 'getCiphers/0 convertALPNProtocols/2 checkServerIdentity/2 createSecureContext/1 SecureContext/4 createServer/2 connect/0 '
    + 'createSecurePair/0',
  classes: {
    TLSSocket: [2, 'Socket', 'disableRenegotiation/0 _wrapHandle/3 _destroySSL/0 _init/2 renegotiate/2 exportKeyingMaterial/3 setMaxSendFragment/1 '
      + '_handleTimeout/0 _emitTLSError/1 _tlsError/1 _releaseControl/0 _finishInit/0 _start/0 setServername/1 setSession/1 '
      + 'getPeerCertificate/1 getCertificate/0 getPeerX509Certificate/1 getX509Certificate/0 setKeyCert/1 getCipher/0 getSharedSigalgs/0 '
      + 'getEphemeralKeyInfo/0 getFinished/0 getPeerFinished/0 getProtocol/0 getSession/0 getTLSTicket/0 isSessionReused/0 enableTrace/0'],
    Server: [2, 'Server', 'setSecureContext/1 _getServerData/0 _setServerData/1 getTicketKeys/0 setTicketKeys/1 setOptions/0 addContext/2'],
  },
  values: {
    CLIENT_RENEG_LIMIT: 3, CLIENT_RENEG_WINDOW: 600,
    DEFAULT_CIPHERS: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA',
    DEFAULT_ECDH_CURVE: 'auto', DEFAULT_MIN_VERSION: 'TLSv1.2', DEFAULT_MAX_VERSION: 'TLSv1.3',
  },
};

export const dgram = {
  functions: '_createSocketHandle/0 createSocket/2',
  classes: {
    Socket: [2, 'EventEmitter', 'bind/2 connect/3 disconnect/0 sendto/6 send/6 close/1 address/0 remoteAddress/0 setBroadcast/1 setTTL/1 setMulticastTTL/1 '
      + 'setMulticastLoopback/1 setMulticastInterface/1 addMembership/2 dropMembership/2 addSourceSpecificMembership/3 '
      + 'dropSourceSpecificMembership/3 ref/0 unref/0 setRecvBufferSize/1 setSendBufferSize/1 getRecvBufferSize/0 getSendBufferSize/0 '
      + 'getSendQueueSize/0 getSendQueueCount/0 _handle: _receiving: _bindState: _queue: _reuseAddr: _healthCheck/0 _stopReceiving/0'],
  },
};

export const dns = {
  functions: 'lookup/3 lookupService/3 getDefaultResultOrder/0 setDefaultResultOrder/1 setServers/1 getServers/0 resolve/3 resolve4/2 resolve6/2 '
    + 'resolveAny/2 resolveCaa/2 resolveCname/2 resolveMx/2 resolveNaptr/2 resolveNs/2 resolvePtr/2 resolveSoa/2 resolveSrv/2 resolveTxt/2 '
    + 'reverse/2',
  classes: {
    Resolver: [0, 'ResolverBase', 'resolveAny/2 resolve4/2 resolve6/2 resolveCaa/2 resolveCname/2 resolveMx/2 resolveNs/2 resolveTxt/2 resolveSrv/2 resolvePtr/2 '
      + 'resolveNaptr/2 resolveSoa/2 reverse/2 resolve/3'],
  },
  values: {
    ADDRCONFIG: 32, ALL: 16, V4MAPPED: 8, NODATA: 'ENODATA', FORMERR: 'EFORMERR', SERVFAIL: 'ESERVFAIL', NOTFOUND: 'ENOTFOUND',
    NOTIMP: 'ENOTIMP', REFUSED: 'EREFUSED', BADQUERY: 'EBADQUERY', BADNAME: 'EBADNAME', BADFAMILY: 'EBADFAMILY', BADRESP: 'EBADRESP',
    CONNREFUSED: 'ECONNREFUSED', TIMEOUT: 'ETIMEOUT', EOF: 'EOF', FILE: 'EFILE', NOMEM: 'ENOMEM', DESTRUCTION: 'EDESTRUCTION',
    BADSTR: 'EBADSTR', BADFLAGS: 'EBADFLAGS', NONAME: 'ENONAME', BADHINTS: 'EBADHINTS', NOTINITIALIZED: 'ENOTINITIALIZED',
    LOADIPHLPAPI: 'ELOADIPHLPAPI', ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS', CANCELLED: 'ECANCELLED',
  },
};

export const dnsPromises = {
  functions: 'lookup/2 lookupService/2 getDefaultResultOrder/0 setDefaultResultOrder/1 setServers/1 getServers/0 resolve/2 resolve4/2 resolve6/2 '
    + 'resolveAny/2 resolveCaa/2 resolveCname/2 resolveMx/2 resolveNaptr/2 resolveNs/2 resolvePtr/2 resolveSoa/2 resolveSrv/2 resolveTxt/2 '
    + 'reverse/2',
  classes: {
    Resolver: [0, 'ResolverBase', 'resolveAny/2 resolve4/2 resolve6/2 resolveCaa/2 resolveCname/2 resolveMx/2 resolveNs/2 resolveTxt/2 resolveSrv/2 resolvePtr/2 '
      + 'resolveNaptr/2 resolveSoa/2 reverse/2 resolve/2'],
  },
  values: {
    NODATA: 'ENODATA', FORMERR: 'EFORMERR', SERVFAIL: 'ESERVFAIL', NOTFOUND: 'ENOTFOUND', NOTIMP: 'ENOTIMP', REFUSED: 'EREFUSED',
    BADQUERY: 'EBADQUERY', BADNAME: 'EBADNAME', BADFAMILY: 'EBADFAMILY', BADRESP: 'EBADRESP', CONNREFUSED: 'ECONNREFUSED',
    TIMEOUT: 'ETIMEOUT', EOF: 'EOF', FILE: 'EFILE', NOMEM: 'ENOMEM', DESTRUCTION: 'EDESTRUCTION', BADSTR: 'EBADSTR',
    BADFLAGS: 'EBADFLAGS', NONAME: 'ENONAME', BADHINTS: 'EBADHINTS', NOTINITIALIZED: 'ENOTINITIALIZED', LOADIPHLPAPI: 'ELOADIPHLPAPI',
    ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS', CANCELLED: 'ECANCELLED',
  },
};
