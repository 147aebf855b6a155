// `require('os')`: nothing of the machine, only values that do no harm.
import { constants } from './os-constants.js';
import { process } from './process.js';
import { refuser } from './unavailable.js';
import { validateInt32 } from './errors.js';

const named = (name, run) => Object.defineProperty(run, 'name', { value: name, configurable: true });
// Node lets each of these stand for its value in a text.
const text = (name, value) => {
  const run = named(name, () => value);
  Object.defineProperty(run, Symbol.toPrimitive, { value: () => value });
  return run;
};

function getPriority(pid) {
  if (pid !== undefined) validateInt32(pid, 'pid');
  return 0;
}

export const osModule = {
  arch: text('arch', 'x64'),
  availableParallelism: named('getAvailableParallelism', () => 1),
  cpus() { return []; },
  endianness: text('endianness', 'LE'),
  freemem: named('getFreeMem', () => 0),
  getPriority,
  homedir: text('wrappedFn', '/'),
  hostname: text('wrappedFn', 'localhost'),
  loadavg() { return [0, 0, 0]; },
  networkInterfaces() { return {}; },
  platform: text('platform', 'linux'),
  release: text('getOSRelease', '5.10.0'),
  setPriority: refuser('os.setPriority', 'setPriority', 2),
  tmpdir: named('tmpdir', () => process.env.TMPDIR || '/tmp'),
  totalmem: named('getTotalMem', () => 0),
  type: text('getOSType', 'Linux'),
  userInfo(options) { return { __proto__: null, uid: 1000, gid: 1000, username: 'hook', homedir: '/', shell: null }; },
  uptime: named('wrappedFn', () => hb.monotonic() / 1e6),
  version: text('getOSVersion', ''),
  machine: text('getMachine', 'x86_64'),
};
Object.defineProperties(osModule, {
  constants: { value: constants, enumerable: true },
  EOL: { value: '\n', enumerable: true, configurable: true },
  devNull: { value: '/dev/null', enumerable: true, configurable: true },
});
