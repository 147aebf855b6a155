// HTTP. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const http = {
  functions: '_connectionListener/1 createServer/2 validateHeaderName/0 validateHeaderValue/0 get/3 request/3 setMaxIdleHTTPParsers/1',
  classes: {
    Agent: [1, 'EventEmitter', 'createConnection/0 getName/0 addRequest/4 createSocket/3 removeSocket/2 keepSocketAlive/1 reuseSocket/2 destroy/0'],
    ClientRequest: [3, 'OutgoingMessage', '_finish/0 _implicitHeader/0 abort/0 destroy/1 onSocket/2 _deferToConnect/2 setTimeout/2 setNoDelay/1 setSocketKeepAlive/2 '
      + 'clearTimeout/1'],
    IncomingMessage: [1, 'Readable', 'connection: headers: headersDistinct: trailers: trailersDistinct: setTimeout/2 _read/1 _destroy/2 _addHeaderLines/2 '
      + '_addHeaderLine/3 _addHeaderLineDistinct/3 _dump/0'],
    OutgoingMessage: [1, 'Stream', 'errored: closed: writableFinished: writableObjectMode: writableLength: writableHighWaterMark: writableCorked: _headers: '
      + 'connection: _headerNames: _renderHeaders/0 cork/0 uncork/0 setTimeout/2 destroy/1 _send/4 _writeRaw/4 _storeHeader/2 setHeader/2 '
      + 'setHeaders/1 appendHeader/2 getHeader/1 getHeaderNames/0 getRawHeaderNames/0 getHeaders/0 hasHeader/1 removeHeader/1 '
      + '_implicitHeader/0 headersSent: writableEnded: writableNeedDrain: write/3 addTrailers/1 end/3 _finish/0 _flush/0 _flushOutput/1 '
      + 'flushHeaders/0 pipe/0'],
    Server: [2, 'Server', 'close/0 closeAllConnections/0 closeIdleConnections/0 setTimeout/2'],
    ServerResponse: [2, 'OutgoingMessage', '_finish/0 assignSocket/1 detachSocket/1 writeContinue/1 writeProcessing/1 writeEarlyHints/2 _implicitHeader/0 writeHead/3 '
      + 'writeHeader/3'],
  },
  values: {
    maxHeaderSize: 16384,
  },
  METHODS: ('ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST '
    + 'PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE').split(' '),
  STATUS_CODES: {
    100: 'Continue', 101: 'Switching Protocols', 102: 'Processing', 103: 'Early Hints', 200: 'OK', 201: 'Created', 202: 'Accepted',
    203: 'Non-Authoritative Information', 204: 'No Content', 205: 'Reset Content', 206: 'Partial Content', 207: 'Multi-Status',
    208: 'Already Reported', 226: 'IM Used', 300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other',
    304: 'Not Modified', 305: 'Use Proxy', 307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized',
    402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
    407: 'Proxy Authentication Required', 408: 'Request Timeout', 409: 'Conflict', 410: 'Gone', 411: 'Length Required',
    412: 'Precondition Failed', 413: 'Payload Too Large', 414: 'URI Too Long', 415: 'Unsupported Media Type',
    416: 'Range Not Satisfiable', 417: 'Expectation Failed', 418: 'I\'m a Teapot', 421: 'Misdirected Request',
    422: 'Unprocessable Entity', 423: 'Locked', 424: 'Failed Dependency', 425: 'Too Early', 426: 'Upgrade Required',
    428: 'Precondition Required', 429: 'Too Many Requests', 431: 'Request Header Fields Too Large', 451: 'Unavailable For Legal Reasons',
    500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
    505: 'HTTP Version Not Supported', 506: 'Variant Also Negotiates', 507: 'Insufficient Storage', 508: 'Loop Detected',
    509: 'Bandwidth Limit Exceeded', 510: 'Not Extended', 511: 'Network Authentication Required',
  },
};

export const https = {
  functions: 'createServer/2 get/3 request/0',
  classes: {
    Agent: [1, 'Agent', 'createConnection/3 getName/0 _getSession/1 _cacheSession/2 _evictSession/1'],
    Server: [2, 'Server', 'closeAllConnections/0 closeIdleConnections/0 setTimeout/2 close/0'],
  },
};
