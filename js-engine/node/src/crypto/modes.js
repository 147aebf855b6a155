// The modes of AES, a piece at a time: what `update` and `final` of a cipher give. The host computes each piece as a message of
// its own, from where the last one ended.
import { join } from './bytes.js';
import { ask } from './host.js';

const BLOCK = 16;
const NOTHING = new Uint8Array(0);

class Mode {
  padding = true;
  tag = undefined;
  constructor(encrypts, cipher, key, iv) { Object.assign(this, { encrypts, cipher, key, iv }); }
  additional() {}
  compute(header, iv, data, additional = NOTHING) {
    return ask(this.encrypts ? 'encrypt' : 'decrypt', { cipher: this.cipher, ...header }, this.key, iv, data, additional);
  }
}

// Each block depends on the ciphertext before it. With padding, the last block is only known to be the last in `final`.
class Cbc extends Mode {
  #held = NOTHING;
  update(data) {
    const all = join([this.#held, data]);
    const kept = this.padding && !this.encrypts && all.length % BLOCK === 0 ? BLOCK : all.length % BLOCK;
    const whole = Math.max(0, all.length - kept);
    this.#held = all.slice(whole);
    if (whole === 0) return NOTHING;
    const given = all.subarray(0, whole);
    const made = this.compute({ padding: false }, this.iv, given);
    this.iv = (this.encrypts ? made : given).slice(whole - BLOCK);
    return made;
  }
  final() {
    const held = this.#held;
    const fits = this.padding ? this.encrypts || held.length === BLOCK : held.length === 0;
    if (!fits) throw new Error('wrong final block length');
    return this.padding ? this.compute({ padding: true }, this.iv, held) : NOTHING;
  }
}

// The counter of a later block: the initialization vector as one large number, and more.
function counterAfter(iv, blocks) {
  const counter = Uint8Array.from(iv);
  let carry = blocks;
  for (let at = BLOCK - 1; at >= 0 && carry > 0; at--) {
    carry += counter[at];
    counter[at] = carry & 0xff;
    carry = Math.floor(carry / 256);
  }
  return counter;
}

class Ctr extends Mode {
  #done = 0;
  update(data) {
    const begun = this.#done % BLOCK;
    const counter = counterAfter(this.iv, (this.#done - begun) / BLOCK);
    this.#done += data.length;
    return this.compute({}, counter, join([new Uint8Array(begun), data])).slice(begun);
  }
  final() { return NOTHING; }
}

// Counter mode with a tag over the whole, for which the host is given the whole. Where the vector is not of the usual length, the
// first counter is a hash of it, and everything comes out of `final`.
class Gcm extends Mode {
  #chunks = [];
  #additional = [];
  #stream;
  #tagLength;
  constructor(encrypts, cipher, key, iv, tagLength) {
    super(encrypts, cipher, key, iv);
    this.#tagLength = tagLength;
    const first = join([iv, Uint8Array.of(0, 0, 0, 2)]);
    if (first.length === BLOCK) this.#stream = new Ctr(encrypts, cipher.replace('gcm', 'ctr'), key, first);
  }
  additional(data) { this.#additional.push(data); }
  update(data) {
    this.#chunks.push(data.slice());
    return this.#stream?.update(data) ?? NOTHING;
  }
  final() {
    const rest = (whole) => (this.#stream ? NOTHING : whole);
    if (!this.encrypts) return rest(this.#opened());
    const whole = this.compute({ tag_length: this.#tagLength }, this.iv, join(this.#chunks), join(this.#additional));
    const end = whole.length - this.#tagLength;
    this.tag = whole.slice(end);
    return rest(whole.slice(0, end));
  }
  #opened() {
    const wrong = 'Unsupported state or unable to authenticate data';
    if (!this.tag) throw new Error(wrong);
    try {
      return this.compute({ tag_length: this.tag.length }, this.iv, join([...this.#chunks, this.tag]), join(this.#additional));
    } catch (error) {
      throw error.message === 'authentication failed' ? new Error(wrong) : error;
    }
  }
}

export const MODES = { gcm: Gcm, cbc: Cbc, ctr: Ctr };
