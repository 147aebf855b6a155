//! RSA keys and signatures. AWS-LC computes, with the algorithms that `rsa_scheme` picks; sizes are checked here, before. Both kinds of key are kept as
//! PKCS#1 DER, which is what the numbers are in, whatever is around them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::VerificationAlgorithm;
use pkcs1::{RsaPrivateKey, RsaPublicKey};
use pkcs8::der::asn1::{OctetStringRef, UintRef};
use pkcs8::der::{Decode, Encode};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use zeroize::Zeroizing;

use super::error::{CryptoError, MAX_RSA_BITS, MIN_RSA_BITS, MIN_RSA_SIGNING_BITS};
use super::request::Signing;
use super::rsa_scheme;

/// The numbers of a private key, as they are in PKCS#1 and in a JWK.
pub(super) type Numbers<'a> = RsaPrivateKey<UintRef<'a>>;

/// A private key of a size that is taken.
pub(super) struct Private {
    der: Zeroizing<Vec<u8>>,
    bits: usize,
}

/// A public key of a size that is taken.
pub(super) struct Public {
    der: Vec<u8>,
    bits: usize,
}

fn bits(modulus: UintRef<'_>) -> Result<usize, CryptoError> {
    let bytes = modulus.as_bytes();
    let leading = bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = bytes.len() * 8 - leading;
    if (MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) { Ok(bits) } else { Err(CryptoError::RsaBits(bits)) }
}

impl Private {
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, CryptoError> {
        Self::from_numbers(&Numbers::from_der(der).map_err(|_| CryptoError::Key("it is not a PKCS#1 private key"))?)
    }

    /// Checks that the numbers belong to each other, where AWS-LC takes keys of that size.
    pub(super) fn from_numbers(numbers: &Numbers<'_>) -> Result<Self, CryptoError> {
        let bits = bits(numbers.modulus)?;
        let invalid = CryptoError::Key("its numbers are not those of an RSA key");
        let Ok(der) = numbers.to_der().map(Zeroizing::new) else { return Err(invalid) };
        if bits >= MIN_RSA_SIGNING_BITS && KeyPair::from_der(&der).is_err() {
            return Err(invalid);
        }
        Ok(Self { der, bits })
    }

    pub(super) fn numbers(&self) -> Result<Numbers<'_>, CryptoError> {
        Numbers::from_der(&self.der).map_err(|_| CryptoError::KeyType("PKCS#1"))
    }

    pub(super) fn public(&self) -> Result<Public, CryptoError> {
        let numbers = self.numbers()?;
        Public::from_numbers(numbers.modulus, numbers.public_exponent)
    }

    pub(super) fn bits(&self) -> usize {
        self.bits
    }

    pub(super) fn to_pkcs1(&self) -> Zeroizing<Vec<u8>> {
        self.der.clone()
    }

    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let failed = |_| CryptoError::KeyType("PKCS#8");
        let key = OctetStringRef::new(&self.der).map_err(failed)?;
        pkcs8::PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, key).to_der().map(Zeroizing::new).map_err(failed)
    }

    pub(super) fn sign(&self, header: &Signing, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let encoding = rsa_scheme::to_sign(header, self.bits)?;
        let key = KeyPair::from_der(&self.der).map_err(|_| CryptoError::Key("its numbers are not those of an RSA key"))?;
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(encoding, &SystemRandom::new(), data, &mut signature).map_err(|_| CryptoError::Failed("signing"))?;
        Ok(signature)
    }
}

impl Public {
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, CryptoError> {
        let key = RsaPublicKey::<UintRef<'_>>::from_der(der).map_err(|_| CryptoError::Key("it is not a PKCS#1 public key"))?;
        Self::from_numbers(key.modulus, key.public_exponent)
    }

    pub(super) fn from_numbers(modulus: UintRef<'_>, public_exponent: UintRef<'_>) -> Result<Self, CryptoError> {
        let bits = bits(modulus)?;
        let der = RsaPublicKey { modulus, public_exponent }.to_der();
        let invalid = CryptoError::Key("its numbers are not those of an RSA key");
        let Ok(der) = der else { return Err(invalid) };
        // Even numbers and exponents of more than 33 bits are not RSA as anybody uses it, and cost more than is charged.
        let odd = |number: UintRef<'_>| number.as_bytes().last().is_some_and(|byte| byte % 2 == 1);
        if odd(modulus) && odd(public_exponent) && public_exponent.as_bytes().len() <= 5 { Ok(Self { der, bits }) } else { Err(invalid) }
    }

    pub(super) fn numbers(&self) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        let key = RsaPublicKey::<UintRef<'_>>::from_der(&self.der).map_err(|_| CryptoError::KeyType("JWK"))?;
        Ok((key.modulus.as_bytes().to_vec(), key.public_exponent.as_bytes().to_vec()))
    }

    pub(super) fn bits(&self) -> usize {
        self.bits
    }

    pub(super) fn to_pkcs1(&self) -> Vec<u8> {
        self.der.clone()
    }

    pub(super) fn to_spki(&self) -> Result<Vec<u8>, CryptoError> {
        let failed = |_| CryptoError::KeyType("SPKI");
        let subject_public_key = pkcs8::der::asn1::BitStringRef::from_bytes(&self.der).map_err(failed)?;
        SubjectPublicKeyInfoRef { algorithm: pkcs1::ALGORITHM_ID, subject_public_key }.to_der().map_err(failed)
    }

    pub(super) fn verify(&self, header: &Signing, data: &[u8], signature: &[u8]) -> Result<bool, CryptoError> {
        let algorithms = rsa_scheme::to_verify(header, self.bits)?;
        Ok(algorithms.iter().any(|algorithm| algorithm.verify_sig(&self.der, data, signature).is_ok()))
    }
}

/// Whether it is a PKCS#1 key of either kind.
pub(super) fn is_pkcs1(der: &[u8]) -> bool {
    Numbers::from_der(der).is_ok() || RsaPublicKey::<UintRef<'_>>::from_der(der).is_ok()
}
