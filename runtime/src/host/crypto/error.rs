//! What a request is refused with. The texts are thrown in JavaScript, and where Node has one for the case it is Node's. None quotes a
//! byte of a key, a password or a plaintext.

/// Why there is no answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum CryptoError {
    #[error("malformed cryptography request: {0}")]
    Malformed(String),
    #[error("Digest method not supported: {0}")]
    Hash(&'static str),
    #[error("Invalid key length")]
    KeyLength,
    #[error("Invalid initialization vector")]
    Nonce,
    #[error("Invalid authentication tag length: {0}")]
    TagLength(u32),
    #[error("Unsupported state or unable to authenticate data")]
    Unauthentic,
    #[error("wrong final block length")]
    BlockLength,
    #[error("bad decrypt")]
    Padding,
    #[error("the value of \"{name}\" is out of range: at most {limit} {unit}")]
    TooMuch { name: &'static str, limit: u64, unit: &'static str },
    #[error("the value of \"{0}\" is out of range: at least 1")]
    Zero(&'static str),
    #[error("Invalid scrypt params")]
    Scrypt,
    #[error("cannot read the key: {0}")]
    Key(&'static str),
    #[error("an RSA key has {MIN_RSA_BITS} to {MAX_RSA_BITS} bits, this one {0}")]
    RsaBits(usize),
    #[error("an RSA key must have {MIN_RSA_SIGNING_BITS} bits to sign, this one has {0}")]
    RsaTooShortToSign(usize),
    #[error("an RSA key of {0} bits is too short for this hash and scheme")]
    RsaTooShortToVerify(usize),
    #[error("RSA-PSS is not available with a salt of {0} bytes")]
    SaltLength(i32),
    #[error("the key is for {key}, not for {wanted}")]
    KeyKind { key: &'static str, wanted: &'static str },
    #[error("the key cannot be written as {0}")]
    KeyType(&'static str),
    #[error("the {0} operation failed")]
    Failed(&'static str),
}

/// The fewest bits of an RSA modulus.
pub(super) const MIN_RSA_BITS: usize = 1024;
/// The most bits of an RSA modulus.
pub(super) const MAX_RSA_BITS: usize = 4096;
/// The fewest bits of an RSA modulus to sign with; shorter keys only verify what was signed long ago.
pub(super) const MIN_RSA_SIGNING_BITS: usize = 2048;

impl CryptoError {
    pub(super) fn malformed(reason: impl Into<String>) -> Self {
        Self::Malformed(reason.into())
    }
}
