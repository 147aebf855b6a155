//! The few structures of ASN.1 that AWS-LC does not look into for us, as lists of values; and the names of hashes in them.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Encode, Reader, SliceReader, Tagged};

use super::contract::Hash;

/// `RSASSA-PSS` as the algorithm of a key.
pub(super) const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
pub(super) const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

const SEQUENCE: u8 = 0x30;

/// The values in a sequence, or in whatever else is made of values.
pub(super) fn list(value: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(value.value()).ok()?;
    let mut values = Vec::new();
    while !reader.is_finished() {
        values.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(values)
}

/// The values in a sequence that is all there is.
pub(super) fn sequence(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    if der.first() == Some(&SEQUENCE) { list(AnyRef::from_der(der).ok()?) } else { None }
}

pub(super) fn identifier(value: AnyRef<'_>) -> Option<ObjectIdentifier> {
    value.decode_as().ok()
}

/// A number that is not negative.
pub(super) fn number(value: AnyRef<'_>) -> Option<u64> {
    value.decode_as().ok()
}

/// An algorithm and its parameters.
pub(super) fn algorithm(value: AnyRef<'_>) -> Option<(ObjectIdentifier, Option<AnyRef<'_>>)> {
    let parts = list(value)?;
    Some((identifier(*parts.first()?)?, parts.get(1).copied()))
}

/// A value as DER, from its tag and what is in it.
pub(super) fn value(tag: u8, content: &[&[u8]]) -> Option<Vec<u8>> {
    let content = content.concat();
    let length = der::Length::try_from(content.len()).ok()?.to_der().ok()?;
    Some([&[tag], length.as_slice(), &content].concat())
}

/// A sequence of values that are DER already.
pub(super) fn sequence_of(values: &[&[u8]]) -> Option<Vec<u8>> {
    value(SEQUENCE, values)
}

/// The public key that a certificate is about, as SPKI. Nothing else in it is looked at: not who signed it, not whether it has expired.
pub(super) fn certified(certificate: &[u8]) -> Option<Vec<u8>> {
    let signed = list(*sequence(certificate)?.first()?)?;
    // The version comes first, and only where it is not the first one.
    let versioned = usize::from(signed.first()?.tag().is_context_specific());
    signed.get(versioned + 5)?.to_der().ok()
}

/// The names of hashes in structures; `blake2` and `shake` are in none that are read here.
const HASHES: [(Hash, &str); 13] = [
    (Hash::Md5, "1.2.840.113549.2.5"),
    (Hash::Sha1, "1.3.14.3.2.26"),
    (Hash::Ripemd160, "1.3.36.3.2.1"),
    (Hash::Sha256, "2.16.840.1.101.3.4.2.1"),
    (Hash::Sha384, "2.16.840.1.101.3.4.2.2"),
    (Hash::Sha512, "2.16.840.1.101.3.4.2.3"),
    (Hash::Sha224, "2.16.840.1.101.3.4.2.4"),
    (Hash::Sha512_224, "2.16.840.1.101.3.4.2.5"),
    (Hash::Sha512_256, "2.16.840.1.101.3.4.2.6"),
    (Hash::Sha3_224, "2.16.840.1.101.3.4.2.7"),
    (Hash::Sha3_256, "2.16.840.1.101.3.4.2.8"),
    (Hash::Sha3_384, "2.16.840.1.101.3.4.2.9"),
    (Hash::Sha3_512, "2.16.840.1.101.3.4.2.10"),
];

/// A hash as an algorithm without parameters.
pub(super) fn hash_algorithm(hash: Hash) -> Option<Vec<u8>> {
    let (_, name) = HASHES.iter().find(|(known, _)| *known == hash)?;
    let name = ObjectIdentifier::new(name).ok()?.to_der().ok()?;
    sequence_of(&[&name, &[0x05, 0x00]])
}

pub(super) fn hash_of(name: ObjectIdentifier) -> Option<Hash> {
    let is = |(_, known): &&(Hash, &str)| ObjectIdentifier::new(known) == Ok(name);
    HASHES.iter().find(is).map(|(hash, _)| *hash)
}
