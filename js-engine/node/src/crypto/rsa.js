// RSA as a cipher: publicEncrypt and privateDecrypt, and the other way round.
import {
  privateDecrypt as hostPrivateDecrypt, privateEncrypt as hostPrivateEncrypt, publicDecrypt as hostPublicDecrypt, publicEncrypt as hostPublicEncrypt,
} from 'hookbox:crypto';
import { validateString } from '../errors.js';
import { NOTHING, bufferOf, bytesOf } from './bytes.js';
import { RSA_NO_PADDING, RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } from './constants.js';
import { illegalPadding, openssl, wrongKeyKind } from './failures.js';
import { CONSUME_PRIVATE, CONSUME_PUBLIC, prepareKey } from './key_input.js';
import { findHash } from './names.js';

const PADDINGS = { [RSA_PKCS1_PADDING]: 'pkcs1', [RSA_NO_PADDING]: 'none', [RSA_PKCS1_OAEP_PADDING]: 'oaep' };

function wrongHash() {
  const error = new Error('Invalid digest used');
  error.code = 'ERR_OSSL_EVP_INVALID_DIGEST';
  return error;
}

const tooLong = () => openssl('0200006C', 'rsa routines', 'data greater than mod len', 'ERR_OSSL_RSA_DATA_GREATER_THAN_MOD_LEN');

// `signs` is whether it is the private key that makes the ciphertext, for which there are no hash and no label; `decrypts`, whether it
// undoes what another has made.
const rsaFunction = (purpose, usual, signs, decrypts, compute) => (options, buffer) => {
  const handle = prepareKey(options, purpose);
  const padding = options.padding || usual;
  const { oaepHash, encoding } = options;
  let { oaepLabel } = options;
  if (oaepHash !== undefined) validateString(oaepHash, 'key.oaepHash');
  if (oaepLabel !== undefined) oaepLabel = bytesOf(oaepLabel, 'key.oaepLabel', encoding);
  const data = bytesOf(buffer, 'buffer', encoding);
  if (handle.info.kind !== 'rsa') throw wrongKeyKind();
  const hash = oaepHash === undefined ? undefined : findHash(oaepHash);
  if (oaepHash !== undefined && hash === undefined) throw wrongHash();
  const name = PADDINGS[padding];
  if (signs && (name === undefined || name === 'oaep')) throw illegalPadding();
  if (name === undefined) throw openssl('02000076', 'rsa routines', 'unknown padding type', 'ERR_OSSL_RSA_UNKNOWN_PADDING_TYPE');
  if (signs && hash !== undefined) throw openssl('03000094', 'digital envelope routines', 'invalid operation', 'ERR_OSSL_EVP_INVALID_OPERATION');
  if (signs && oaepLabel !== undefined) throw openssl('03000093', 'digital envelope routines', 'command not supported', 'ERR_OSSL_EVP_COMMAND_NOT_SUPPORTED');
  if (decrypts && data.length > Math.ceil(handle.info.bits / 8)) throw tooLong();
  return bufferOf(compute({ padding: name, ...(name === 'oaep' ? { hash: hash?.name } : {}) }, handle.der, data, oaepLabel ?? NOTHING));
};

export const publicEncrypt = rsaFunction(CONSUME_PUBLIC, RSA_PKCS1_OAEP_PADDING, false, false, hostPublicEncrypt);
export const privateDecrypt = rsaFunction(CONSUME_PRIVATE, RSA_PKCS1_OAEP_PADDING, false, true, hostPrivateDecrypt);
export const privateEncrypt = rsaFunction(CONSUME_PRIVATE, RSA_PKCS1_PADDING, true, false, (fields, der, data) => hostPrivateEncrypt(fields, der, data));
export const publicDecrypt = rsaFunction(CONSUME_PUBLIC, RSA_PKCS1_PADDING, true, true, (fields, der, data) => hostPublicDecrypt(fields, der, data));
