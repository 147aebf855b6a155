// `TextEncoderStream` and `TextDecoderStream`.
import { invalidThis } from '../errors.js';
import { TextDecoder } from '../encoding.js';
import { expose } from '../expose.js';
import { customInspect, shown } from './classes.js';
import { TransformStream } from './streams.js';

const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;

// Half a pair at the end of a piece waits for the next one.
class Encoder {
  #half = '';
  transform(chunk, controller) {
    const text = this.#half + String(chunk);
    this.#half = isHigh(text.charCodeAt(text.length - 1)) ? text.at(-1) : '';
    const whole = this.#half === '' ? text : text.slice(0, -1);
    if (whole !== '') controller.enqueue(hb.encodeUtf8(whole));
  }
  flush(controller) {
    if (this.#half !== '') controller.enqueue(new Uint8Array([0xef, 0xbf, 0xbd]));
  }
}

// The parts of the object, for its members; what is none of its class has none.
function pair(name, parts, members) {
  const of = (self) => {
    const found = parts.get(self);
    if (found === undefined) throw invalidThis(name);
    return found;
  };
  const properties = {};
  for (const member of members) {
    const { get } = Object.getOwnPropertyDescriptor({ get [member]() { return of(this)[member]; } }, member);
    properties[member] = { get, enumerable: true, configurable: true };
  }
  properties[customInspect] = {
    value: { [customInspect](depth, options, inspect) {
      const from = of(this);
      const fields = Object.fromEntries(members.map((member) => [member, from[member]]));
      return shown(this, name, fields, depth, options, inspect);
    } }[customInspect],
    writable: true,
    configurable: true,
  };
  return properties;
}
export { pair as pairMembers };

const encoders = new WeakMap();
export class TextEncoderStream {
  constructor() {
    const { readable, writable } = new TransformStream(new Encoder());
    encoders.set(this, { encoding: 'utf-8', readable, writable });
  }
}
Object.defineProperties(TextEncoderStream.prototype, pair('TextEncoderStream', encoders, ['encoding', 'readable', 'writable']));

const decoders = new WeakMap();
export class TextDecoderStream {
  constructor(encoding = 'utf-8', options = {}) {
    const decoder = new TextDecoder(encoding, options);
    const { readable, writable } = new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text) controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text) controller.enqueue(text);
        controller.terminate();
      },
    });
    const { fatal, ignoreBOM } = decoder;
    decoders.set(this, { encoding: decoder.encoding, fatal, ignoreBOM, readable, writable });
  }
}
Object.defineProperties(TextDecoderStream.prototype, pair('TextDecoderStream', decoders, ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable']));
Object.defineProperty(TextDecoderStream, 'length', { value: 0, configurable: true });

expose({ TextEncoderStream, TextDecoderStream });
