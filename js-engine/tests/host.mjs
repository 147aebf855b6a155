// A stand-in for the host: drives the engine the way the runtime does, from boot to call, on copies of its memory.
// It knows nothing of fuel and deadlines.
import { readFileSync } from 'node:fs';

const PAGE = 65536;
const text = new TextDecoder();
const bytes = new TextEncoder();

export class Engine {
  constructor(path, learned = []) {
    this.module = new WebAssembly.Module(readFileSync(path));
    this.running = new WebAssembly.Module(withoutData(readFileSync(path)));
    const initial = initialMemory(path);
    const booted = new Sandbox(this.module, new WebAssembly.Memory({ initial }), {});
    try {
      booted.exports.hb_boot();
    } catch (error) {
      throw new Error(`the engine did not boot: ${booted.output()}`, { cause: error });
    }
    learned.forEach((text) => booted.learn(text));
    booted.exports.hb_freeze();
    this.bootCalls = booted.calls;
    this.base = image(booted);
  }

  // Evaluates a source on a copy of the base image; the hook it makes can be called any number of times.
  load(source, options = {}) {
    const sandbox = this.sandbox(this.base, options);
    const failure = sandbox.load(source, options.entry ?? 'handler', options.major ?? 20);
    return { failure, image: failure ? null : image(sandbox), calls: sandbox.calls, logs: sandbox.logs, engine: this };
  }

  // One execution on a fresh copy of an image.
  call(hook, context, options = {}) {
    return this.callWithText(hook, JSON.stringify(context), options);
  }

  callWithText(hook, context, options = {}) {
    return this.sandbox(hook.image, options).call(context);
  }

  sandbox(from, options) {
    const memory = new WebAssembly.Memory({ initial: from.pages, maximum: options.maxPages });
    const target = new Uint8Array(memory.buffer);
    for (const [offset, page] of from.content) target.set(page, offset);
    return new Sandbox(this.running, memory, options);
  }
}

class Sandbox {
  constructor(module, memory, options) {
    this.memory = memory;
    this.calls = {};
    this.logs = [];
    this.env = options.env ?? {};
    this.clock = options.clock ?? 1_700_000_000_000_000;
    this.started = new Map();
    this.handles = 0;
    this.answer = new Uint8Array(0);
    this.randomState = options.seed ?? 1;
    this.exports = new WebAssembly.Instance(module, { env: { memory }, hb: this.imports() }).exports;
  }

  view(ptr, len) { return new Uint8Array(this.memory.buffer, ptr >>> 0, len >>> 0); }
  string(ptr, len) { return text.decode(this.view(ptr, len)); }

  imports() {
    const count = (name, run) => (...args) => { this.calls[name] = (this.calls[name] ?? 0) + 1; return run(...args); };
    const all = {
      now: (kind) => (kind === 0 ? this.clock : this.clock - 1_699_999_999_000_000),
      random: (ptr, len) => { for (const i of this.view(ptr, len).keys()) this.view(ptr, len)[i] = this.nextByte(); },
      env: (name, len, buf, cap) => {
        const value = len === 0 ? Object.keys(this.env).join('\n') : this.env[this.string(name, len)];
        if (value === undefined) return -1;
        const encoded = bytes.encode(value);
        this.view(buf, cap).set(encoded.subarray(0, cap));
        return encoded.length;
      },
      log: (level, ptr, len) => { this.logs.push([['trace', 'debug', 'info', 'warn', 'error'][level], this.string(ptr, len)]); },
      start: (ptr, len) => {
        const operation = JSON.parse(this.string(ptr, len));
        if (operation.op !== 'sleep') throw new Error(`unknown operation ${operation.op}`);
        this.started.set(++this.handles, this.clock + operation.us);
        return this.handles;
      },
      wait: () => {
        let first = -1;
        for (const [handle, due] of this.started) if (first < 0 || due < this.started.get(first)) first = handle;
        if (first >= 0) { this.clock = Math.max(this.clock, this.started.get(first)); this.started.delete(first); }
        return first;
      },
      compute: (_service, ptr, len) => this.compute(this.view(ptr, len).slice()),
      take: (buf, cap) => { this.view(buf, cap).set(this.answer.subarray(0, cap)); return Math.min(cap, this.answer.length); },
    };
    return Object.fromEntries(Object.entries(all).map(([name, run]) => [name, count(name, run)]));
  }

  nextByte() {
    this.randomState = (Math.imul(this.randomState, 1103515245) + 12345) >>> 0;
    return (this.randomState >>> 16) & 255;
  }

  compute(request) {
    const { compute } = Sandbox;
    try {
      if (!compute) throw new Error('no cryptography in this stand-in');
      const headerLen = new DataView(request.buffer).getUint32(0, true);
      const header = JSON.parse(text.decode(request.subarray(4, 4 + headerLen)));
      let at = 4 + headerLen;
      const parts = header.parts.map((len) => request.subarray(at, (at += len)));
      this.answer = compute(header, parts);
      return this.answer.length;
    } catch (error) {
      this.answer = bytes.encode(error.message);
      return -1 - this.answer.length;
    }
  }

  write(input) {
    const ptr = this.exports.hb_alloc(input.length);
    this.view(ptr, input.length).set(input);
  }

  output() {
    const exchange = new DataView(this.memory.buffer, this.exports.hb_exchange.value, 16);
    return this.string(exchange.getUint32(8, true), exchange.getUint32(12, true));
  }

  load(source, entry, major) {
    const [body, name] = [bytes.encode(source), bytes.encode(entry)];
    this.write(Buffer.concat([body, name]));
    const failed = this.exports.hb_load(body.length, name.length, major);
    return failed ? JSON.parse(this.output()) : null;
  }

  learn(context) {
    const input = bytes.encode(context);
    this.write(input);
    this.exports.hb_learn(input.length);
  }

  call(context) {
    const input = bytes.encode(context);
    this.write(input);
    const failed = this.exports.hb_call(input.length);
    const output = JSON.parse(this.output());
    return { [failed ? 'failure' : 'result']: output, logs: this.logs, calls: this.calls, memory: this.memory };
  }
}

export function setCompute(compute) { Sandbox.compute = compute; }

// The non-zero pages of 4 KiB, as [offset, content].
export function image({ memory, exports }) {
  const pages = exports.hb_pages();
  const all = new Uint8Array(memory.buffer);
  const content = [];
  for (let at = 0; at < all.length; at += 4096) {
    const page = all.subarray(at, at + 4096);
    if (!page.some((byte) => byte !== 0)) continue;
    if (at >= pages * PAGE) throw new Error(`the page at ${at} is above the image's ${pages} pages and not zero`);
    content.push([at, page.slice()]);
  }
  return { pages, content };
}

function* sections(wasm) {
  let at = 8;
  while (at < wasm.length) {
    const start = at;
    const id = wasm[at++];
    let size = 0, shift = 0, byte;
    do { byte = wasm[at++]; size |= (byte & 127) << shift; shift += 7; } while (byte & 128);
    yield { id, start, end: at + size, body: at };
    at += size;
  }
}

// What runs on images: the module without its start (8), data (11) and data count (12) sections.
function withoutData(wasm) {
  const kept = [wasm.subarray(0, 8)];
  for (const { id, start, end } of sections(wasm)) if (![8, 11, 12].includes(id)) kept.push(wasm.subarray(start, end));
  return Buffer.concat(kept);
}

// The pages that the memory import asks for, which JavaScript is not told.
function initialMemory(path) {
  const wasm = readFileSync(path);
  const imports = [...sections(wasm)].find(({ id }) => id === 2);
  const body = wasm.subarray(imports.body, imports.end);
  const at = body.indexOf('memory') + 'memory'.length + 2;
  let value = 0, shift = 0, byte, i = at;
  do { byte = body[i++]; value |= (byte & 127) << shift; shift += 7; } while (byte & 128);
  return value;
}
