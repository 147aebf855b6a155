// Datagrams. What is listed here exists in Node 20, as a name and a number of parameters; make.js says how it is written and what it does.
export const dgram = {
  functions: '_createSocketHandle/0 createSocket/2',
  classes: {
    Socket: [2, 'EventEmitter', 'bind/2 connect/3 disconnect/0 sendto/6 send/6 close/1 address/0 remoteAddress/0 setBroadcast/1 setTTL/1 setMulticastTTL/1 '
      + 'setMulticastLoopback/1 setMulticastInterface/1 addMembership/2 dropMembership/2 addSourceSpecificMembership/3 '
      + 'dropSourceSpecificMembership/3 ref/0 unref/0 setRecvBufferSize/1 setSendBufferSize/1 getRecvBufferSize/0 getSendBufferSize/0 '
      + 'getSendQueueSize/0 getSendQueueCount/0 _handle: _receiving: _bindState: _queue: _reuseAddr: _healthCheck/0 _stopReceiving/0'],
  },
};
