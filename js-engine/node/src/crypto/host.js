// Requests to the host; CRYPTO.md has the table of them.
const { stringify, parse } = JSON;
// The number of this service among those that the host computes with.
const CRYPTO = 0;

export const HASHES = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

// The answer's bytes. `parts` are Uint8Arrays.
export function ask(op, header, ...parts) {
  return hb.compute(CRYPTO, stringify({ op, ...header, parts: parts.map((part) => part.length) }), parts);
}

// The host's name of a hash, or undefined for one that it does not have.
export function hashName(name) {
  const plain = `${name}`.toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha');
  return HASHES.includes(plain) ? plain : undefined;
}

// A key in whatever form, as { kind, private, bits, curve, der }.
export function parseKey(from, isPrivate, data) {
  const answer = ask('key', { from, private: isPrivate }, data);
  const length = new DataView(answer.buffer, answer.byteOffset).getUint32(0, true);
  return { ...parse(hb.decodeUtf8(answer.subarray(4, 4 + length))), der: answer.slice(4 + length) };
}
