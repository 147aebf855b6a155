// The alphabet that bcrypt writes salts and hashes in: base64's bits in an order of its own, without padding.
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

// What a letter stands for; -1 where it is none.
export const valueOf = (letter) => (letter === '' ? -1 : ALPHABET.indexOf(letter));

// The first bytes of an array.
export function encode(bytes, length) {
  let text = '';
  for (let at = 0; at < length; at += 3) {
    const [first, second, third] = [0, 1, 2].map((offset) => (at + offset < length ? bytes[at + offset] & 0xff : 0));
    const letters = [first >> 2, ((first & 0x03) << 4) | (second >> 4), ((second & 0x0f) << 2) | (third >> 6), third & 0x3f];
    for (const value of letters.slice(0, Math.min(length - at, 3) + 1)) text += ALPHABET[value];
  }
  return text;
}
