//! Unpredictable bytes from the host, fit for keys and nonces. Natively they are a repeatable sequence: see `testing`.

use crate::host;

/// The most that the host gives at once.
const AT_ONCE: usize = 4096;

/// `n` bytes.
///
/// # Panics
/// When the host gives none: a hook must not go on with a key that is shorter than it thinks.
#[must_use]
pub fn bytes(n: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < n {
        let wanted = (n - bytes.len()).min(AT_ONCE);
        let got = host::random_bytes(u32::try_from(wanted).unwrap_or(u32::MAX));
        assert!(!got.is_empty(), "the host gave no random bytes");
        bytes.extend(got);
    }
    bytes.truncate(n);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn gives_as_many_as_asked_for_across_the_hosts_limit() {
        assert_eq!(bytes(0), Vec::<u8>::new());
        assert_eq!(bytes(7).len(), 7);
        let long = bytes(10_001);
        assert_eq!(long.len(), 10_001);
        assert_ne!(long[..32], long[4096..4128]);
    }

    #[test]
    fn a_seed_repeats_the_sequence() {
        testing::seed_random(5);
        let first = bytes(16);
        assert_ne!(first, bytes(16));
        testing::seed_random(5);
        assert_eq!(first, bytes(16));
    }
}
