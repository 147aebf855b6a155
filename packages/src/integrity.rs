//! The digest that says what a package is. It is what the store calls it by, and what every byte of it is checked with.

use std::fmt;
use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A digest in the notation of Subresource Integrity: the strongest of those that a registry gave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Integrity {
    algorithm: Algorithm,
    digest: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// A text that holds no digest that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its integrity is no SHA-1, SHA-256, SHA-384 or SHA-512")]
pub struct IntegrityError;

impl Algorithm {
    const ALL: [(Self, &'static str, usize); 4] =
        [(Self::Sha512, "sha512", 64), (Self::Sha384, "sha384", 48), (Self::Sha256, "sha256", 32), (Self::Sha1, "sha1", 20)];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(_, name, _)| name)
    }
}

impl Integrity {
    /// Reads `sha512-<base64>`, or several with spaces between, of which the strongest counts.
    ///
    /// # Errors
    /// None of them is a digest of a known kind and of its length.
    pub fn parse(text: &str) -> Result<Self, IntegrityError> {
        let one = |part: &str| {
            let (name, rest) = part.split_once('-')?;
            let (algorithm, _, length) = Algorithm::ALL.into_iter().find(|(_, known, _)| *known == name)?;
            let digest = STANDARD.decode(rest.split('?').next()?).ok()?;
            (digest.len() == length).then_some(Self { algorithm, digest })
        };
        text.split_ascii_whitespace().filter_map(one).max().ok_or(IntegrityError)
    }

    /// The SHA-1 that registries give in hexadecimal for every version.
    pub(crate) fn of_shasum(text: &str) -> Result<Self, IntegrityError> {
        let digest = unhex(text).filter(|digest| digest.len() == 20).ok_or(IntegrityError)?;
        Ok(Self { algorithm: Algorithm::Sha1, digest })
    }

    /// The SHA-512 of some bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { algorithm: Algorithm::Sha512, digest: Sha512::digest(bytes).to_vec() }
    }

    /// A name for a file: the kind and the digest in hexadecimal.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}", self.algorithm.name(), hex(&self.digest))
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

/// The bytes of a text in hexadecimal.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.algorithm.name(), STANDARD.encode(&self.digest))
    }
}

impl TryFrom<String> for Integrity {
    type Error = IntegrityError;

    fn try_from(text: String) -> Result<Self, IntegrityError> {
        Self::parse(&text)
    }
}

impl From<Integrity> for String {
    fn from(integrity: Integrity) -> Self {
        integrity.to_string()
    }
}

enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

/// Hashes what is read through it, and counts it.
pub(crate) struct Checked<R> {
    inner: R,
    hasher: Hasher,
    expected: Integrity,
    read: u64,
}

impl<R: Read> Checked<R> {
    pub(crate) fn new(inner: R, expected: &Integrity) -> Self {
        let hasher = match expected.algorithm {
            Algorithm::Sha1 => Hasher::Sha1(Sha1::new()),
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha384 => Hasher::Sha384(Sha384::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        };
        Self { inner, hasher, expected: expected.clone(), read: 0 }
    }

    /// Reads what is left, and says how many bytes there were in all and whether they are the expected ones.
    pub(crate) fn finish(mut self) -> io::Result<(u64, bool)> {
        io::copy(&mut self, &mut io::sink())?;
        let digest = match self.hasher {
            Hasher::Sha1(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha256(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha384(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha512(hasher) => hasher.finalize().to_vec(),
        };
        Ok((self.read, digest == self.expected.digest))
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        match &mut self.hasher {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sha384(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
        }
        self.read += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_digest_counts() {
        let weak = Integrity::of_shasum("da39a3ee5e6b4b0d3255bfef95601890afd80709").unwrap();
        assert_eq!(weak.to_string(), "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
        let strong = Integrity::of(b"");
        assert_eq!(Integrity::parse(&format!("{weak} {strong}?x md5-abc")).unwrap(), strong);
        assert!(weak.file_name().starts_with("sha1-da39a3ee"));
        for text in ["", "sha512-", "sha512-AAAA", "md5-1B2M2Y8AsgTpgAmY7PhCfg==", "sha512"] {
            assert_eq!(Integrity::parse(text), Err(IntegrityError), "{text}");
        }
        assert!(Integrity::of_shasum("zz").is_err() && Integrity::of_shasum(&"é".repeat(20)).is_err());
    }

    #[test]
    fn bytes_are_checked_while_they_are_read() {
        for (text, fits) in [("hello", true), ("hullo", false)] {
            let mut reader = Checked::new(text.as_bytes(), &Integrity::of(b"hello"));
            reader.read_exact(&mut [0; 2]).unwrap();
            assert_eq!(reader.finish().unwrap(), (5, fits));
        }
        let sha1 = Integrity::of_shasum("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d").unwrap();
        assert_eq!(Checked::new(&b"hello"[..], &sha1).finish().unwrap(), (5, true));
    }
}
