// A new isolate of V8 for each request, by the package isolated-vm: a heap and globals of its own, a memory limit and a timeout.
// There is no `util.inspect` inside, so the log line is the arguments' JSON, which costs less.

import ivm from 'isolated-vm';

const MEMORY_MIB = 64;
const TIMEOUT_MS = 1000;

export async function prepare(source, filename, console) {
  const program = `(() => {
    const module = { exports: {} };
    const { exports } = module;
    const console = { log: (...values) => write(values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' ')) };
    ((exports, module, console) => {${source}
    })(exports, module, console);
    return async (text) => JSON.stringify(await module.exports.handler(JSON.parse(text)));
  })()`;
  const cachedData = await codeOf(program, filename);
  const write = new ivm.Callback((line) => console.log(line));
  return async (context) => {
    const isolate = new ivm.Isolate({ memoryLimit: MEMORY_MIB });
    try {
      const room = await isolate.createContext();
      await room.global.set('write', write);
      const script = await isolate.compileScript(program, { filename, cachedData });
      const handler = await script.run(room, { reference: true, timeout: TIMEOUT_MS });
      const options = { result: { promise: true, copy: true }, timeout: TIMEOUT_MS };
      return JSON.parse(await handler.apply(undefined, [JSON.stringify(context)], options));
    } finally {
      isolate.dispose();
    }
  };
}

async function codeOf(program, filename) {
  const isolate = new ivm.Isolate({ memoryLimit: MEMORY_MIB });
  try {
    const { cachedData } = await isolate.compileScript(program, { filename, produceCachedData: true });
    return cachedData;
  } finally {
    isolate.dispose();
  }
}
