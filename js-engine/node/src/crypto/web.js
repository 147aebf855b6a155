export class Crypto{}; export class CryptoKey{}; export class SubtleCrypto{}; export const crypto={};
