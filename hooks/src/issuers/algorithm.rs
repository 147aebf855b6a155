//! The algorithms of signatures, computed by the library that TLS is linked with.

use std::sync::LazyLock;

use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::SignatureVerificationAlgorithm;

use super::der::der_sequence;

/// An algorithm of RFC 7518. Those with shared secrets, and `none`, are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA (PKCS #1 1.5) with SHA-256.
    Rs256,
    /// RSA (PKCS #1 1.5) with SHA-384.
    Rs384,
    /// RSA (PKCS #1 1.5) with SHA-512.
    Rs512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// What a key is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa,
    P256,
}

type Verifier = &'static dyn SignatureVerificationAlgorithm;

static VERIFIERS: LazyLock<Vec<(Algorithm, Verifier)>> = LazyLock::new(|| {
    let supported = default_provider().signature_verification_algorithms.mapping;
    let verifier = |algorithm: Algorithm| {
        let (_, verifiers) = supported.iter().find(|(scheme, _)| *scheme == algorithm.scheme())?;
        Some((algorithm, *verifiers.first()?))
    };
    Algorithm::ALL.into_iter().filter_map(verifier).collect()
});

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Rs384, Self::Rs512, Self::Es256];

    /// The name in a token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
        }
    }

    /// The algorithm of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What keys it is used with.
    pub(super) fn key_kind(self) -> KeyKind {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 => KeyKind::Rsa,
            Self::Es256 => KeyKind::P256,
        }
    }

    fn scheme(self) -> SignatureScheme {
        match self {
            Self::Rs256 => SignatureScheme::RSA_PKCS1_SHA256,
            Self::Rs384 => SignatureScheme::RSA_PKCS1_SHA384,
            Self::Rs512 => SignatureScheme::RSA_PKCS1_SHA512,
            Self::Es256 => SignatureScheme::ECDSA_NISTP256_SHA256,
        }
    }

    /// Whether the signature of `message` was made with the private half of `key`.
    pub(super) fn verifies(self, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Some((_, verifier)) = VERIFIERS.iter().find(|(algorithm, _)| *algorithm == self) else { return false };
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 => verifier.verify_signature(key, message, signature).is_ok(),
            // A token has the two numbers side by side, and the library wants them in DER.
            Self::Es256 => match signature.split_at_checked(32) {
                Some((r, s)) if s.len() == 32 => verifier.verify_signature(key, message, &der_sequence(&[r, s])).is_ok(),
                _ => false,
            },
        }
    }
}
