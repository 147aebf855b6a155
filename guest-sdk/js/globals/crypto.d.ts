/** `crypto`, the Web Crypto API, with the algorithms that a hook has. */

declare namespace Hookbox {
  type IntegerArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

  type WebHash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  type HashAlgorithm = WebHash | { name: WebHash };
  type Curve = 'P-256' | 'P-384' | 'P-521';
  type KeyUsage = 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'deriveBits' | 'deriveKey' | 'wrapKey' | 'unwrapKey';

  /** A key's parameters when it is imported. */
  type ImportAlgorithm =
    | 'AES-GCM'
    | { name: 'AES-GCM' }
    | { name: 'HMAC'; hash: HashAlgorithm; length?: number }
    | { name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS'; hash: HashAlgorithm }
    | { name: 'ECDSA'; namedCurve: Curve };

  type SignAlgorithm =
    | 'HMAC'
    | 'RSASSA-PKCS1-v1_5'
    | { name: 'HMAC' | 'RSASSA-PKCS1-v1_5' }
    | { name: 'RSA-PSS'; saltLength: number }
    | { name: 'ECDSA'; hash: HashAlgorithm };

  interface AesGcm {
    name: 'AES-GCM';
    iv: Bytes;
    additionalData?: Bytes;
    tagLength?: 96 | 104 | 112 | 120 | 128;
  }

  interface JsonWebKey {
    kty: string;
    [member: string]: unknown;
  }

  interface CryptoKey {
    readonly type: 'secret' | 'public' | 'private';
    readonly extractable: boolean;
    readonly algorithm: { name: string };
    readonly usages: KeyUsage[];
  }

  interface SubtleCrypto {
    digest(algorithm: HashAlgorithm, data: Bytes): Promise<ArrayBuffer>;
    importKey(format: 'raw' | 'pkcs8' | 'spki', key: Bytes, algorithm: ImportAlgorithm, extractable: boolean, usages: readonly KeyUsage[]): Promise<CryptoKey>;
    importKey(format: 'jwk', key: JsonWebKey, algorithm: ImportAlgorithm, extractable: boolean, usages: readonly KeyUsage[]): Promise<CryptoKey>;
    sign(algorithm: SignAlgorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
    verify(algorithm: SignAlgorithm, key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean>;
    encrypt(algorithm: AesGcm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
    decrypt(algorithm: AesGcm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  }

  interface WebCrypto {
    readonly subtle: SubtleCrypto;
    getRandomValues<T extends IntegerArray>(into: T): T;
    randomUUID(): string;
  }
}

declare var crypto: Hookbox.WebCrypto;
