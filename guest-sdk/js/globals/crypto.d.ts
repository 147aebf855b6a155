/** `crypto`, the Web Crypto API, with the algorithms that a hook has. */

declare namespace Hookbox {
  type IntegerArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

  type WebHash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  type HashAlgorithm = WebHash | { name: WebHash };
  type Curve = 'P-256' | 'P-384' | 'P-521';
  type KeyUsage = 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'deriveBits' | 'deriveKey' | 'wrapKey' | 'unwrapKey';

  type AesName = 'AES-GCM' | 'AES-CBC' | 'AES-CTR' | 'AES-KW';
  type BareName = AesName | 'HKDF' | 'PBKDF2' | 'Ed25519' | 'X25519';

  /** A key's parameters when it is imported. */
  type ImportAlgorithm =
    | BareName
    | { name: BareName }
    | { name: 'HMAC'; hash: HashAlgorithm; length?: number }
    | { name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS' | 'RSA-OAEP'; hash: HashAlgorithm }
    | { name: 'ECDSA' | 'ECDH'; namedCurve: Curve };

  type SecretGeneration = { name: AesName; length: 128 | 192 | 256 } | { name: 'HMAC'; hash: HashAlgorithm; length?: number };
  type PairGeneration =
    | 'Ed25519'
    | 'X25519'
    | { name: 'Ed25519' | 'X25519' }
    | { name: 'ECDSA' | 'ECDH'; namedCurve: Curve }
    | { name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS' | 'RSA-OAEP'; hash: HashAlgorithm; modulusLength: number; publicExponent: Uint8Array };

  type SignAlgorithm =
    | 'HMAC'
    | 'RSASSA-PKCS1-v1_5'
    | 'Ed25519'
    | { name: 'HMAC' | 'RSASSA-PKCS1-v1_5' | 'Ed25519' }
    | { name: 'RSA-PSS'; saltLength: number }
    | { name: 'ECDSA'; hash: HashAlgorithm };

  interface AesGcm {
    name: 'AES-GCM';
    iv: Bytes;
    additionalData?: Bytes;
    tagLength?: 32 | 64 | 96 | 104 | 112 | 120 | 128;
  }

  type EncryptAlgorithm =
    | AesGcm
    | { name: 'AES-CBC'; iv: Bytes }
    | { name: 'AES-CTR'; counter: Bytes; length: number }
    | 'RSA-OAEP'
    | { name: 'RSA-OAEP'; label?: Bytes };

  type DeriveAlgorithm =
    | { name: 'PBKDF2'; hash: HashAlgorithm; salt: Bytes; iterations: number }
    | { name: 'HKDF'; hash: HashAlgorithm; salt: Bytes; info: Bytes }
    | { name: 'ECDH' | 'X25519'; public: CryptoKey };

  type DerivedKey = SecretGeneration | 'HKDF' | 'PBKDF2' | { name: 'HKDF' | 'PBKDF2' };
  type WrapAlgorithm = EncryptAlgorithm | 'AES-KW' | { name: 'AES-KW' };
  type KeyFormat = 'raw' | 'pkcs8' | 'spki' | 'jwk';

  interface CryptoKeyPair {
    readonly publicKey: CryptoKey;
    readonly privateKey: CryptoKey;
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
    encrypt(algorithm: EncryptAlgorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
    decrypt(algorithm: EncryptAlgorithm, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
    generateKey(algorithm: SecretGeneration, extractable: boolean, usages: readonly KeyUsage[]): Promise<CryptoKey>;
    generateKey(algorithm: PairGeneration, extractable: boolean, usages: readonly KeyUsage[]): Promise<CryptoKeyPair>;
    deriveBits(algorithm: DeriveAlgorithm, key: CryptoKey, length?: number | null): Promise<ArrayBuffer>;
    deriveKey(algorithm: DeriveAlgorithm, key: CryptoKey, wanted: DerivedKey, extractable: boolean, usages: readonly KeyUsage[]): Promise<CryptoKey>;
    exportKey(format: 'raw' | 'pkcs8' | 'spki', key: CryptoKey): Promise<ArrayBuffer>;
    exportKey(format: 'jwk', key: CryptoKey): Promise<JsonWebKey>;
    wrapKey(format: KeyFormat, key: CryptoKey, wrappingKey: CryptoKey, algorithm: WrapAlgorithm): Promise<ArrayBuffer>;
    unwrapKey(
      format: KeyFormat,
      wrapped: Bytes,
      unwrappingKey: CryptoKey,
      algorithm: WrapAlgorithm,
      keyAlgorithm: ImportAlgorithm,
      extractable: boolean,
      usages: readonly KeyUsage[],
    ): Promise<CryptoKey>;
  }

  interface WebCrypto {
    readonly subtle: SubtleCrypto;
    getRandomValues<T extends IntegerArray>(into: T): T;
    randomUUID(): string;
  }
}

declare var crypto: Hookbox.WebCrypto;
