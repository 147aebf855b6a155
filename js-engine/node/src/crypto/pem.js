// How strictly PEM is read: as OpenSSL does it, which wants the lines of its frame for themselves. What is inside is read by the host.
import { kindOf } from 'hookbox:crypto';
import { Buffer } from '../buffer.js';
import { openssl } from './failures.js';

// Lines before and behind are passed over; a mark of the byte order is not seen.
const FRAME = /^(?:\xef\xbb\xbf)?-----BEGIN [A-Z0-9 ]+-----[^\S\n]*\n[^]*?\n-----END [A-Z0-9 ]+-----[^\S\n]*(?:\n|$)/m;
const TRADITIONAL = /-----(BEGIN|END) (RSA|EC) PRIVATE KEY-----/g;

const differentKinds = () => openssl('03000065', 'digital envelope routines', 'different key types', 'ERR_OSSL_EVP_DIFFERENT_KEY_TYPES');

// Reads a key with `read`, which is given bytes.
export function readPem(bytes, read) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!FRAME.test(text)) throw openssl('1E08010C', 'DECODER routines', 'unsupported', 'ERR_OSSL_UNSUPPORTED');
  try {
    return read(bytes);
  } catch (error) {
    // A traditional label may stand around the newer form, for a key of its kind.
    if (text.includes('-----BEGIN CERTIFICATE-----') && kindOf(error) === 'unsupported') throw differentKinds();
    const [, , kind] = new RegExp(TRADITIONAL.source).exec(text) ?? [];
    if (kind === undefined || kindOf(error) !== 'unsupported') throw error;
    const handle = read(Uint8Array.from(Buffer.from(text.replace(TRADITIONAL, '-----$1 PRIVATE KEY-----'), 'latin1')));
    if (handle.info.kind !== kind.toLowerCase()) throw error;
    return handle;
  }
}
