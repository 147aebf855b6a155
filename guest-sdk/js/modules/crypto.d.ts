/** `require('crypto')`, as on Node. The host computes, and the work is charged to the execution's fuel. */

declare module 'crypto' {
  type Data = string | Hookbox.Bytes;
  type View = string | ArrayBufferView;
  type SecretKey = Data | KeyObject | Hookbox.CryptoKey;
  type Done<T> = (error: Error | null, value: T) => void;
  type KeyFormat = 'pem' | 'der' | 'jwk';
  type KeyForm = 'pkcs1' | 'spki' | 'pkcs8' | 'sec1';
  type AsymmetricKey = Data | KeyObject | Hookbox.CryptoKey | KeyInput;

  interface KeyInput {
    key: Data | KeyObject | Hookbox.CryptoKey | Hookbox.JsonWebKey;
    format?: KeyFormat;
    type?: KeyForm;
    passphrase?: Data;
    encoding?: Hookbox.Encoding;
  }

  interface Signing extends KeyInput {
    padding?: number;
    saltLength?: number;
    /** How an ECDSA signature is written. */
    dsaEncoding?: 'der' | 'ieee-p1363';
  }
  type SigningKey = AsymmetricKey | Signing;

  interface Encrypting extends KeyInput {
    padding?: number;
    oaepHash?: string;
    oaepLabel?: Data;
  }
  type EncryptingKey = AsymmetricKey | Encrypting;

  interface ScryptOptions {
    N?: number;
    r?: number;
    p?: number;
    cost?: number;
    blockSize?: number;
    parallelization?: number;
    /** In bytes; 32 MiB. What it takes counts against the hook's memory. */
    maxmem?: number;
  }

  /** What is common to all that is updated; they are streams as well. */
  interface Updated {
    update(data: View, encoding?: Hookbox.Encoding): this;
    write(data: View): boolean;
    end(data?: View): this;
    on(event: string, listener: (...values: any[]) => void): this;
    once(event: string, listener: (...values: any[]) => void): this;
  }

  export class Hash {
    private constructor();
  }
  export interface Hash extends Updated {
    digest(): Buffer;
    digest(encoding: Hookbox.Encoding): string;
    copy(options?: { outputLength?: number }): Hash;
    read(): Buffer | null;
    pipe<T>(into: T): T;
  }

  export class Hmac {
    private constructor();
  }
  export interface Hmac extends Updated {
    digest(): Buffer;
    digest(encoding: Hookbox.Encoding): string;
    read(): Buffer | null;
    pipe<T>(into: T): T;
  }

  export class Sign {
    private constructor();
  }
  export interface Sign extends Updated {
    sign(key: SigningKey): Buffer;
    sign(key: SigningKey, encoding: Hookbox.Encoding): string;
  }

  export class Verify {
    private constructor();
  }
  export interface Verify extends Updated {
    verify(key: SigningKey, signature: Hookbox.Bytes): boolean;
    verify(key: SigningKey, signature: string, encoding: Hookbox.Encoding): boolean;
  }

  interface Cipher {
    update(data: ArrayBufferView): Buffer;
    update(data: string, input: Hookbox.Encoding): Buffer;
    update(data: View, input: Hookbox.Encoding | undefined | null, output: Hookbox.Encoding): string;
    final(): Buffer;
    final(output: Hookbox.Encoding): string;
    setAutoPadding(on?: boolean): this;
    pipe<T>(into: T): T;
    on(event: string, listener: (...values: any[]) => void): this;
  }

  /** One that authenticates what it encrypts. */
  interface Authenticating extends Cipher {
    setAAD(data: Data, options?: { plaintextLength?: number; encoding?: Hookbox.Encoding }): this;
  }

  export interface CipherGCM extends Authenticating {
    /** The tag, after `final`. */
    getAuthTag(): Buffer;
  }

  export interface DecipherGCM extends Authenticating {
    setAuthTag(tag: Hookbox.Bytes): this;
    setAuthTag(tag: string, encoding: Hookbox.Encoding): this;
  }

  interface KeyDetails {
    modulusLength?: number;
    publicExponent?: bigint;
    namedCurve?: string;
    hashAlgorithm?: string;
    mgf1HashAlgorithm?: string;
    saltLength?: number;
  }

  interface ExportOptions {
    format?: KeyFormat | 'buffer';
    type?: KeyForm;
    cipher?: string;
    passphrase?: Data;
  }

  export class KeyObject {
    private constructor();
    static from(key: Hookbox.CryptoKey): KeyObject;
    readonly type: 'secret' | 'public' | 'private';
    readonly asymmetricKeyType?: KeyKind;
    readonly asymmetricKeyDetails?: KeyDetails;
    readonly symmetricKeySize?: number;
    equals(other: KeyObject): boolean;
    toCryptoKey(algorithm: Hookbox.ImportAlgorithm, extractable: boolean, usages: readonly Hookbox.KeyUsage[]): Hookbox.CryptoKey;
    export(options: ExportOptions & { format: 'pem' }): string;
    export(options?: ExportOptions & { format?: 'der' | 'buffer' }): Buffer;
    export(options: ExportOptions & { format: 'jwk' }): Hookbox.JsonWebKey;
  }

  type KeyKind = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'x25519';
  type AesBits = 128 | 192 | 256;
  type TaggedName = `aes-${AesBits}-${'gcm' | 'ccm'}` | 'chacha20-poly1305';
  type PlainName = `aes-${AesBits}-${'cbc' | 'ctr' | 'cfb' | 'cfb8' | 'ofb'}` | `aes${AesBits}` | 'des-ede3-cbc' | 'des3';
  type BareName = `aes-${AesBits}-ecb` | 'des-ede3';
  type TagOptions = { authTagLength?: number };

  export function createHash(algorithm: string, options?: { outputLength?: number }): Hash;
  export function createHmac(algorithm: string, key: SecretKey, options?: { encoding?: Hookbox.Encoding }): Hmac;
  export function hash(algorithm: string, data: View, encoding?: Hookbox.Encoding): string;
  export function hash(algorithm: string, data: View, encoding: 'buffer'): Buffer;
  export function getHashes(): string[];
  export function getCiphers(): string[];
  export function getCurves(): string[];
  export function getCipherInfo(
    name: string | number,
    options?: { keyLength?: number; ivLength?: number },
  ): { name: string; nid: number; mode: string; keyLength: number; ivLength?: number; blockSize?: number } | undefined;

  export function randomBytes(size: number): Buffer;
  export function randomBytes(size: number, callback: Done<Buffer>): void;
  export function randomFillSync<T extends Hookbox.Bytes>(into: T, offset?: number, size?: number): T;
  export function randomFill<T extends Hookbox.Bytes>(into: T, callback: Done<T>): void;
  export function randomInt(max: number): number;
  export function randomInt(min: number, max: number): number;
  export function randomInt(min: number, max: number, callback: (error: Error | undefined, value: number) => void): void;
  export function randomUUID(options?: { disableEntropyCache?: boolean }): string;
  export function getRandomValues<T extends Hookbox.IntegerArray>(into: T): T;

  /** Compares without telling by its time where two values differ. Throws a RangeError when their lengths differ. */
  export function timingSafeEqual(a: Hookbox.Bytes, b: Hookbox.Bytes): boolean;

  export function pbkdf2Sync(password: Data, salt: Data, iterations: number, length: number, digest: string): Buffer;
  export function pbkdf2(password: Data, salt: Data, iterations: number, length: number, digest: string, callback: Done<Buffer>): void;
  export function scryptSync(password: Data, salt: Data, length: number, options?: ScryptOptions): Buffer;
  export function scrypt(password: Data, salt: Data, length: number, callback: Done<Buffer>): void;
  export function scrypt(password: Data, salt: Data, length: number, options: ScryptOptions, callback: Done<Buffer>): void;
  export function hkdfSync(digest: string, key: SecretKey, salt: Data, info: Data, length: number): ArrayBuffer;
  export function hkdf(digest: string, key: SecretKey, salt: Data, info: Data, length: number, callback: Done<ArrayBuffer>): void;

  export function createSign(algorithm: string): Sign;
  export function createVerify(algorithm: string): Verify;
  export function sign(algorithm: string | null | undefined, data: Data, key: SigningKey): Buffer;
  export function sign(algorithm: string | null | undefined, data: Data, key: SigningKey, callback: Done<Buffer>): void;
  export function verify(algorithm: string | null | undefined, data: View, key: SigningKey, signature: ArrayBufferView): boolean;
  export function verify(
    algorithm: string | null | undefined,
    data: View,
    key: SigningKey,
    signature: ArrayBufferView,
    callback: Done<boolean>,
  ): void;

  export function createPublicKey(key: AsymmetricKey): KeyObject;
  export function createPrivateKey(key: Data | KeyInput): KeyObject;
  export function createSecretKey(key: Hookbox.Bytes): KeyObject;
  export function createSecretKey(key: string, encoding: Hookbox.Encoding): KeyObject;

  interface PairOptions {
    modulusLength?: number;
    publicExponent?: number;
    namedCurve?: string;
    hashAlgorithm?: string;
    mgf1HashAlgorithm?: string;
    saltLength?: number;
  }
  interface TextPair extends PairOptions {
    publicKeyEncoding: { type: 'pkcs1' | 'spki'; format: 'pem' };
    privateKeyEncoding: { type: 'pkcs1' | 'pkcs8' | 'sec1'; format: 'pem'; cipher?: string; passphrase?: Data };
  }
  interface Pair<T> {
    publicKey: T;
    privateKey: T;
  }
  export function generateKeyPairSync(kind: KeyKind, options: TextPair): Pair<string>;
  export function generateKeyPairSync(kind: KeyKind, options?: PairOptions): Pair<KeyObject>;
  export function generateKeyPair(
    kind: KeyKind,
    options: PairOptions | undefined,
    callback: (error: Error | null, publicKey: any, privateKey: any) => void,
  ): void;
  export function generateKeySync(kind: 'hmac' | 'aes', options: { length: number }): KeyObject;
  export function generateKey(kind: 'hmac' | 'aes', options: { length: number }, callback: Done<KeyObject>): void;

  export function publicEncrypt(key: EncryptingKey, data: Data): Buffer;
  export function privateDecrypt(key: EncryptingKey, data: Data): Buffer;
  export function privateEncrypt(key: EncryptingKey, data: Data): Buffer;
  export function publicDecrypt(key: EncryptingKey, data: Data): Buffer;

  export function createCipheriv(algorithm: TaggedName, key: SecretKey, iv: Data, options?: TagOptions): CipherGCM;
  export function createCipheriv(algorithm: PlainName, key: SecretKey, iv: Data): Cipher;
  export function createCipheriv(algorithm: BareName, key: SecretKey, iv: '' | null | ArrayBufferView): Cipher;
  export function createDecipheriv(algorithm: TaggedName, key: SecretKey, iv: Data, options?: TagOptions): DecipherGCM;
  export function createDecipheriv(algorithm: PlainName, key: SecretKey, iv: Data): Cipher;
  export function createDecipheriv(algorithm: BareName, key: SecretKey, iv: '' | null | ArrayBufferView): Cipher;

  type PointFormat = 'compressed' | 'uncompressed' | 'hybrid';
  export class ECDH {
    private constructor();
    generateKeys(): Buffer;
    generateKeys(encoding: Hookbox.Encoding, format?: PointFormat): string;
    getPublicKey(encoding?: null, format?: PointFormat): Buffer;
    getPublicKey(encoding: Hookbox.Encoding, format?: PointFormat): string;
    getPrivateKey(): Buffer;
    getPrivateKey(encoding: Hookbox.Encoding): string;
    setPrivateKey(key: Data, encoding?: Hookbox.Encoding): this;
    computeSecret(other: Data, input?: Hookbox.Encoding | null): Buffer;
    computeSecret(other: Data, input: Hookbox.Encoding | undefined | null, output: Hookbox.Encoding): string;
  }
  export function createECDH(curve: 'prime256v1' | 'secp384r1' | 'secp521r1' | 'secp256k1'): ECDH;
  export function diffieHellman(keys: { privateKey: KeyObject; publicKey: KeyObject }): Buffer;

  export class X509Certificate {
    constructor(certificate: Data);
    readonly subject: string;
    readonly issuer: string;
    readonly subjectAltName: string | undefined;
    readonly infoAccess: string | undefined;
    readonly validFrom: string;
    readonly validTo: string;
    readonly validFromDate: Date;
    readonly validToDate: Date;
    readonly fingerprint: string;
    readonly fingerprint256: string;
    readonly fingerprint512: string;
    readonly keyUsage: string[] | undefined;
    readonly serialNumber: string;
    readonly ca: boolean;
    readonly raw: Buffer;
    readonly publicKey: KeyObject;
    checkHost(name: string, options?: { subject?: 'default' | 'always' | 'never'; wildcards?: boolean }): string | undefined;
    checkEmail(address: string, options?: { subject?: 'default' | 'always' | 'never' }): string | undefined;
    checkIP(address: string): string | undefined;
    checkIssued(issuer: X509Certificate): boolean;
    checkPrivateKey(key: KeyObject): boolean;
    verify(publicKey: KeyObject): boolean;
    toString(): string;
    toJSON(): string;
    toLegacyObject(): any;
  }

  export const constants: Readonly<Record<string, number>> & {
    readonly RSA_PKCS1_PADDING: number;
    readonly RSA_NO_PADDING: number;
    readonly RSA_PKCS1_OAEP_PADDING: number;
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
