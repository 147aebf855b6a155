// What both packages of bcrypt ask of the host.
import { bcrypt as hostBcrypt } from 'hookbox:crypto';
import { fill } from '../crypto/random.js';

// Nothing behind them takes part: the key of Blowfish has 18 words.
const LONGEST = 72;

export const SALT_LENGTH = 16;
// What a hash shows of the 24 bytes.
export const HASH_LENGTH = 23;

export const randomSalt = () => fill(new Uint8Array(SALT_LENGTH));

// Where Blowfish runs out of a key it begins it again, and an empty one stands for a zero.
export function raw(key, salt, cost) {
  const password = key.length === 0 ? new Uint8Array(1) : key.subarray(0, LONGEST);
  return hostBcrypt({ cost }, password, salt);
}

export const twoDigits = (cost) => (cost < 10 ? `0${cost}` : `${cost}`);
