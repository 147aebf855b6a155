//! Computes the answer to a request. `cost` has decided before whether it may be computed.

use super::contract::{Operation, RsaPadding, Scheme};
use super::error::CryptoError;
use super::lc::{self, Secret};
use super::request::{Request, framed};
use super::{cipher, derive, encryption, keys, passwords, sign, stream};

/// Whether the answer differs each time, so that it must not become part of a hook's image.
pub(super) fn is_random(operation: &Operation) -> bool {
    match operation {
        Operation::Sign(header) => match header.scheme {
            Scheme::RsaPss => header.salt_length != Some(0),
            Scheme::Ecdsa => true,
            Scheme::RsaPkcs1 | Scheme::Ed25519 => false,
        },
        Operation::PublicEncrypt(header) => header.padding != RsaPadding::None,
        Operation::KeyWrite(header) => header.cipher.is_some(),
        operation => operation.random(),
    }
}

pub(super) fn answer(request: &Request) -> Result<Vec<u8>, CryptoError> {
    let answer = computed(request);
    lc::forget_errors();
    answer
}

fn computed(request: &Request) -> Result<Vec<u8>, CryptoError> {
    match &request.operation {
        Operation::Digest(header) => match header.length {
            Some(length) => header.hash.digest_of_length(request.part(0), length as usize),
            None => Ok(header.hash.digest(request.part(0))),
        },
        Operation::Hmac(header) => header.hash.hmac(request.part(0), request.part(1)),
        Operation::Pbkdf2(header) => derive::pbkdf2(header, request.parts()).map(reveal),
        Operation::Hkdf(header) => derive::hkdf(header, request.parts()).map(reveal),
        Operation::Scrypt(header) => derive::scrypt(header, request.parts()).map(reveal),
        Operation::Bcrypt(header) => passwords::bcrypt(header, request.parts()).map(reveal),
        Operation::Argon2(header) => passwords::argon2(header, request.parts()).map(reveal),
        Operation::Encrypt(header) => cipher::encrypt(header, request.parts()).map(reveal),
        Operation::Decrypt(header) => cipher::decrypt(header, request.parts()).map(reveal),
        Operation::CipherStart(header) => stream::start(header, request.parts()).map(reveal),
        Operation::CipherUpdate(header) => {
            let (state, output) = stream::update(header, request.parts())?;
            framed(serde_json::Map::new(), &[&state, &output])
        }
        Operation::CipherFinal(header) => stream::finish(header, request.parts()).map(reveal),
        Operation::KeyRead(header) => keys::read(header, request.parts()),
        Operation::KeyWrite(header) => keys::write(header, request.parts()).map(reveal),
        Operation::KeyGenerate(header) => keys::generate(header),
        Operation::Sign(header) => sign::sign(header, request.part(0), request.part(1)).map(reveal),
        Operation::Verify(header) => {
            let [key, data, signature] = request.parts();
            sign::verify(header, key, data, signature).map(|right| vec![u8::from(right)])
        }
        Operation::PublicEncrypt(header) => encryption::public_encrypt(header, request.parts()).map(reveal),
        Operation::PrivateDecrypt(header) => encryption::private_decrypt(header, request.parts()).map(reveal),
        Operation::PrivateEncrypt(header) => encryption::private_encrypt(header, request.parts()).map(reveal),
        Operation::PublicDecrypt(header) => encryption::public_decrypt(header, request.parts()).map(reveal),
        Operation::Agree(_) => encryption::agree(request.parts()).map(reveal),
        Operation::Power(_) => encryption::power(request.parts()).map(reveal),
    }
}

/// Hands bytes to the guest, whose memory is wiped with its sandbox.
fn reveal(mut bytes: Secret) -> Vec<u8> {
    std::mem::take(&mut *bytes)
}
