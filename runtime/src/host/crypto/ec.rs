//! Keys on P-256 and P-384, and ECDSA with them. Signatures are deterministic (RFC 6979), so that a weak random number costs no key.

use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{AssociatedOid, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use pkcs8::der::asn1::ObjectIdentifier;
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

use super::error::CryptoError;
use super::request::{Curve, SignatureEncoding};

/// `id-ecPublicKey`, what an algorithm identifier says of any elliptic-curve key.
pub(super) const ALGORITHM: ObjectIdentifier = p256::elliptic_curve::ALGORITHM_OID;

/// A private key: a scalar of its curve.
pub(super) enum Private {
    P256(p256::SecretKey),
    P384(p384::SecretKey),
}

#[derive(PartialEq)]
/// A public key: a point on its curve, and not the one at infinity.
pub(super) enum Public {
    P256(p256::PublicKey),
    P384(p384::PublicKey),
}

/// One expression for a key of either curve.
macro_rules! either {
    ($Key:ident, $key:expr, $name:ident => $body:expr) => {
        match $key {
            $Key::P256($name) => $body,
            $Key::P384($name) => $body,
        }
    };
}

impl Curve {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    pub(super) fn bits(self) -> usize {
        self.len() * 8
    }

    /// Bytes of a coordinate or a scalar.
    pub(super) fn len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    fn of(oid: ObjectIdentifier) -> Result<Self, CryptoError> {
        match oid {
            p256::NistP256::OID => Ok(Self::P256),
            p384::NistP384::OID => Ok(Self::P384),
            _ => Err(CryptoError::Key("its curve is neither P-256 nor P-384")),
        }
    }
}

impl Private {
    pub(super) fn generate(curve: Curve) -> Result<Self, CryptoError> {
        let mut scalar = Zeroizing::new(vec![0; curve.len()]);
        // A random number is out of the curve's range once in four thousand million times.
        for _ in 0..4 {
            getrandom::fill(&mut scalar).map_err(|_| CryptoError::Failed("key generation"))?;
            if let Ok(key) = Self::from_scalar(curve, &scalar) {
                return Ok(key);
            }
        }
        Err(CryptoError::Failed("key generation"))
    }

    pub(super) fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::Key("its number is not one of its curve");
        match curve {
            Curve::P256 => p256::SecretKey::from_slice(scalar).map(Self::P256).map_err(invalid),
            Curve::P384 => p384::SecretKey::from_slice(scalar).map(Self::P384).map_err(invalid),
        }
    }

    /// From the inside of PKCS#8. A public key that is in there too must belong to it.
    pub(super) fn from_pkcs8(info: PrivateKeyInfoRef<'_>) -> Result<Self, CryptoError> {
        let curve = info.algorithm.parameters_oid().map_err(|_| CryptoError::Key("it names no curve"))?;
        let invalid = |_| CryptoError::Key("it is not a private key of its curve");
        match Curve::of(curve)? {
            Curve::P256 => info.try_into().map(Self::P256).map_err(invalid),
            Curve::P384 => info.try_into().map(Self::P384).map_err(invalid),
        }
    }

    pub(super) fn from_sec1(der: &[u8]) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::Key("it is not a SEC1 private key");
        let key = EcPrivateKey::from_der(der).map_err(invalid)?;
        let curve = match key.parameters {
            Some(EcParameters::NamedCurve(curve)) => Curve::of(curve)?,
            None => return Err(CryptoError::Key("it names no curve")),
        };
        match curve {
            Curve::P256 => key.try_into().map(Self::P256).map_err(invalid),
            Curve::P384 => key.try_into().map(Self::P384).map_err(invalid),
        }
    }

    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let document = either!(Self, self, key => key.to_pkcs8_der()).map_err(|_| CryptoError::KeyType("PKCS#8"))?;
        Ok(document.to_bytes())
    }

    pub(super) fn to_sec1(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        either!(Self, self, key => key.to_sec1_der()).map_err(|_| CryptoError::KeyType("SEC1"))
    }

    pub(super) fn scalar(&self) -> Zeroizing<Vec<u8>> {
        either!(Self, self, key => Zeroizing::new(key.to_bytes().to_vec()))
    }

    pub(super) fn public(&self) -> Public {
        match self {
            Self::P256(key) => Public::P256(key.public_key()),
            Self::P384(key) => Public::P384(key.public_key()),
        }
    }

    pub(super) fn curve(&self) -> Curve {
        match self {
            Self::P256(_) => Curve::P256,
            Self::P384(_) => Curve::P384,
        }
    }

    /// Signs a digest.
    pub(super) fn sign(&self, digest: &[u8], encoding: SignatureEncoding) -> Result<Vec<u8>, CryptoError> {
        use p256::ecdsa::signature::hazmat::PrehashSigner;
        let failed = |_| CryptoError::Failed("signing");
        match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = p256::ecdsa::SigningKey::from(key).sign_prehash(digest).map_err(failed)?;
                Ok(if encoding == SignatureEncoding::Der { signature.to_der().as_bytes().to_vec() } else { signature.to_vec() })
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = p384::ecdsa::SigningKey::from(key).sign_prehash(digest).map_err(failed)?;
                Ok(if encoding == SignatureEncoding::Der { signature.to_der().as_bytes().to_vec() } else { signature.to_vec() })
            }
        }
    }
}

impl Public {
    pub(super) fn from_spki(curve: ObjectIdentifier, der: &[u8]) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::Key("it is not a point of its curve");
        match Curve::of(curve)? {
            Curve::P256 => p256::PublicKey::from_public_key_der(der).map(Self::P256).map_err(invalid),
            Curve::P384 => p384::PublicKey::from_public_key_der(der).map(Self::P384).map_err(invalid),
        }
    }

    pub(super) fn from_coordinates(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::Key("it is not a point of its curve");
        if x.len() != curve.len() || y.len() != curve.len() {
            return Err(CryptoError::Key("its coordinates are not as long as its curve has them"));
        }
        let point = [&[UNCOMPRESSED], x, y].concat();
        match curve {
            Curve::P256 => p256::PublicKey::from_sec1_bytes(&point).map(Self::P256).map_err(invalid),
            Curve::P384 => p384::PublicKey::from_sec1_bytes(&point).map(Self::P384).map_err(invalid),
        }
    }

    pub(super) fn to_spki(&self) -> Result<Vec<u8>, CryptoError> {
        let document = either!(Self, self, key => key.to_public_key_der()).map_err(|_| CryptoError::KeyType("SPKI"))?;
        Ok(document.into_vec())
    }

    pub(super) fn coordinates(&self) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        let point = either!(Self, self, key => key.to_sec1_point(false).as_bytes().to_vec());
        let (x, y) = point.get(1..).and_then(|both| both.split_at_checked(self.curve().len())).ok_or(CryptoError::KeyType("JWK"))?;
        Ok((x.to_vec(), y.to_vec()))
    }

    pub(super) fn curve(&self) -> Curve {
        match self {
            Self::P256(_) => Curve::P256,
            Self::P384(_) => Curve::P384,
        }
    }

    /// Whether a signature is right. One that cannot be read is wrong.
    pub(super) fn verify(&self, digest: &[u8], signature: &[u8], encoding: SignatureEncoding) -> bool {
        use p256::ecdsa::signature::hazmat::PrehashVerifier;
        match self {
            Self::P256(key) => {
                let signature = match encoding {
                    SignatureEncoding::Der => p256::ecdsa::Signature::from_der(signature),
                    SignatureEncoding::P1363 => p256::ecdsa::Signature::from_slice(signature),
                };
                signature.is_ok_and(|signature| p256::ecdsa::VerifyingKey::from(key).verify_prehash(digest, &signature).is_ok())
            }
            Self::P384(key) => {
                let signature = match encoding {
                    SignatureEncoding::Der => p384::ecdsa::Signature::from_der(signature),
                    SignatureEncoding::P1363 => p384::ecdsa::Signature::from_slice(signature),
                };
                signature.is_ok_and(|signature| p384::ecdsa::VerifyingKey::from(key).verify_prehash(digest, &signature).is_ok())
            }
        }
    }
}

/// What an uncompressed point begins with (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 4;
