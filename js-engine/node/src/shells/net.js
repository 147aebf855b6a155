// What stands on sockets and has no place in a hook: `dgram`, `http2`, `tty`.
import { Socket } from '../net/socket.js';
import { http2 as http2List } from './http2.js';
import { makeShell } from './make.js';
import { dgram as dgramList } from './sockets.js';

export const dgram = makeShell('dgram', dgramList);

export const http2 = makeShell('http2', http2List, { sensitiveHeaders: Symbol('nodejs.http2.sensitiveHeaders') });

// Nothing is.
function isatty(fd) { return false; }
const ttyList = { classes: {
  ReadStream: [2, 'Socket', 'setRawMode/1'],
  WriteStream: [1, 'Socket', '_refreshSize/0 cursorTo/3 moveCursor/3 clearLine/2 clearScreenDown/1'],
} };
export const tty = makeShell('tty', ttyList, { isatty, bases: { Socket } });
// No terminal, no colours.
Object.assign(tty.WriteStream.prototype, {
  isTTY: true,
  getColorDepth() { return 1; },
  hasColors() { return false; },
  getWindowSize() { return [this.columns, this.rows]; },
});
