/** `require('crypto')`. RSA keys are limited to 4096 bits; the work is charged to the execution's fuel. */

declare module 'crypto' {
  type Data = string | Hookbox.Bytes;
  type Key = string | Hookbox.Bytes | KeyObject;
  type AsymmetricKey = Key | AsymmetricOptions;

  interface AsymmetricOptions {
    key: Key | Hookbox.JsonWebKey;
    format?: 'pem' | 'der' | 'jwk';
    type?: 'pkcs1' | 'spki' | 'pkcs8' | 'sec1';
    passphrase?: string;
    padding?: number;
    saltLength?: number;
    /** How an ECDSA signature is written. */
    dsaEncoding?: 'der' | 'ieee-p1363';
  }

  interface ScryptOptions {
    N?: number;
    r?: number;
    p?: number;
    cost?: number;
    blockSize?: number;
    parallelization?: number;
    maxmem?: number;
  }

  interface Hash {
    update(data: Data, encoding?: Hookbox.Encoding): this;
    digest(): Buffer;
    digest(encoding: Hookbox.Encoding): string;
    copy(): Hash;
  }

  interface Hmac {
    update(data: Data, encoding?: Hookbox.Encoding): this;
    digest(): Buffer;
    digest(encoding: Hookbox.Encoding): string;
  }

  interface Sign {
    update(data: Data, encoding?: Hookbox.Encoding): this;
    sign(key: AsymmetricKey): Buffer;
    sign(key: AsymmetricKey, encoding: Hookbox.Encoding): string;
  }

  interface Verify {
    update(data: Data, encoding?: Hookbox.Encoding): this;
    verify(key: AsymmetricKey, signature: Hookbox.Bytes): boolean;
    verify(key: AsymmetricKey, signature: string, encoding: Hookbox.Encoding): boolean;
  }

  interface Cipher {
    update(data: Hookbox.Bytes): Buffer;
    update(data: string, input: Hookbox.Encoding): Buffer;
    update(data: Data, input: Hookbox.Encoding | undefined, output: Hookbox.Encoding): string;
    final(): Buffer;
    final(output: Hookbox.Encoding): string;
    setAAD(data: Hookbox.Bytes): this;
    setAutoPadding(on?: boolean): this;
  }

  export interface CipherGCM extends Cipher {
    /** The tag, after `final`. */
    getAuthTag(): Buffer;
  }

  export interface DecipherGCM extends Cipher {
    setAuthTag(tag: Hookbox.Bytes): this;
  }

  export interface KeyObject {
    readonly type: 'secret' | 'public' | 'private';
    readonly asymmetricKeyType?: string;
    readonly symmetricKeySize?: number;
    export(options?: { format?: 'pem' | 'der' | 'jwk' | 'buffer'; type?: 'pkcs1' | 'spki' | 'pkcs8' | 'sec1' }): any;
  }

  type AesBits = 128 | 192 | 256;
  type AesGcmName = `aes-${AesBits}-gcm`;
  type AesName = `aes-${AesBits}-${'cbc' | 'ctr'}`;

  export function createHash(algorithm: string): Hash;
  export function createHmac(algorithm: string, key: Key): Hmac;
  export function getHashes(): string[];
  export function randomBytes(size: number): Buffer;
  export function randomBytes(size: number, callback: (error: Error | null, bytes: Buffer) => void): void;
  export function randomInt(max: number): number;
  export function randomInt(min: number, max: number): number;
  export function randomUUID(): string;

  /** Compares without telling by its time where two values differ. Throws a RangeError when their lengths differ. */
  export function timingSafeEqual(a: Hookbox.Bytes, b: Hookbox.Bytes): boolean;

  export function pbkdf2Sync(password: Data, salt: Data, iterations: number, length: number, digest: string): Buffer;
  export function pbkdf2(
    password: Data,
    salt: Data,
    iterations: number,
    length: number,
    digest: string,
    callback: (error: Error | null, key: Buffer) => void,
  ): void;
  export function scryptSync(password: Data, salt: Data, length: number, options?: ScryptOptions): Buffer;
  export function scrypt(password: Data, salt: Data, length: number, callback: (error: Error | null, key: Buffer) => void): void;
  export function scrypt(
    password: Data,
    salt: Data,
    length: number,
    options: ScryptOptions,
    callback: (error: Error | null, key: Buffer) => void,
  ): void;

  export function createSign(algorithm: string): Sign;
  export function createVerify(algorithm: string): Verify;
  export function sign(algorithm: string | null | undefined, data: Hookbox.Bytes, key: AsymmetricKey): Buffer;
  export function verify(algorithm: string | null | undefined, data: Hookbox.Bytes, key: AsymmetricKey, signature: Hookbox.Bytes): boolean;
  export function createPublicKey(key: AsymmetricKey): KeyObject;
  export function createPrivateKey(key: AsymmetricKey): KeyObject;
  export function createSecretKey(key: Hookbox.Bytes): KeyObject;
  export function createSecretKey(key: string, encoding: Hookbox.Encoding): KeyObject;

  export function createCipheriv(algorithm: AesGcmName, key: Key, iv: Data, options?: { authTagLength?: number }): CipherGCM;
  export function createCipheriv(algorithm: AesName, key: Key, iv: Data): Cipher;
  export function createDecipheriv(algorithm: AesGcmName, key: Key, iv: Data, options?: { authTagLength?: number }): DecipherGCM;
  export function createDecipheriv(algorithm: AesName, key: Key, iv: Data): Cipher;

  export const constants: {
    readonly RSA_PKCS1_PADDING: number;
    readonly RSA_PKCS1_PSS_PADDING: number;
    readonly RSA_PSS_SALTLEN_DIGEST: number;
    readonly RSA_PSS_SALTLEN_AUTO: number;
    readonly RSA_PSS_SALTLEN_MAX_SIGN: number;
  };
  export const webcrypto: Hookbox.WebCrypto;
  export const subtle: Hookbox.SubtleCrypto;
}

declare module 'node:crypto' {
  export * from 'crypto';
}
