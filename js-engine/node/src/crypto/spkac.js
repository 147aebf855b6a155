// Certificate: requests for certificates as browsers once made them (SPKAC), which are a key and a challenge, signed with the key.
import { keyRead, keyWrite, verify } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { NOTHING, bytesOf } from './bytes.js';
import { schemeOf } from './certificate_fields.js';
import { children, reader, text } from './der.js';

function parse(spkac, encoding) {
  const given = Buffer.from(bytesOf(spkac, 'spkac', encoding)).toString('latin1').replace(/[\s\0]/g, '');
  const [signed, algorithm, signature] = children(reader(Uint8Array.from(Buffer.from(given, 'base64'))).next());
  const [spki, challenge] = children(signed);
  return {
    signed: signed.whole,
    scheme: schemeOf(algorithm),
    signature: signature.bytes.subarray(1),
    challenge: text(challenge),
    key: keyRead({ format: 'der', form: 'spki', public: true }, spki.whole, NOTHING),
  };
}

// What cannot be read has no key and no challenge, and is not right.
function attempt(spkac, encoding, use, otherwise) {
  let parsed;
  bytesOf(spkac, 'spkac', encoding);
  try {
    parsed = parse(spkac, encoding);
  } catch {
    return otherwise;
  }
  return use(parsed);
}

const functions = {
  verifySpkac(spkac, encoding) {
    return attempt(spkac, encoding, ({ scheme, key, signed, signature }) => scheme !== undefined && scheme.kinds.includes(key.kind)
      && verify(scheme.fields, key.der, signed, signature)[0] === 1, false);
  },
  exportPublicKey(spkac, encoding) {
    return attempt(spkac, encoding, ({ key }) => Buffer.from(keyWrite({ format: 'pem', form: 'spki' }, key.der, NOTHING)), '');
  },
  exportChallenge(spkac, encoding) {
    return attempt(spkac, encoding, ({ challenge }) => Buffer.from(challenge, 'latin1'), '');
  },
};

export function Certificate() {
  if (!new.target) return new Certificate();
}
Object.assign(Certificate, functions);
Object.assign(Certificate.prototype, functions);
