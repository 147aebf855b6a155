//! How much may be asked of the registry, the disk and the resolver. Every value is the operator's to set.

use std::time::Duration;

/// The limits of one resolution and installation. Bytes of packages are bytes of their files, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Packages that a request names itself.
    pub direct: usize,
    /// Packages of a tree in all.
    pub tree: usize,
    /// Files of a tree.
    pub files: usize,
    /// Bytes of all files of a tree.
    pub unpacked: u64,
    /// Bytes of one tarball as it is fetched.
    pub tarball: u64,
    /// Bytes of the document in which a registry lists the versions of a package.
    pub document: u64,
    /// From the first request to the last byte, for one resolution or one installation.
    pub network_time: Duration,
    /// One request, with its answer.
    pub request_time: Duration,
    /// Tries of a request that meets 429, 5xx or a broken connection.
    pub tries: u32,
    /// The pause before the second try; it doubles with each one.
    pub pause: Duration,
    /// Redirects that one request follows.
    pub redirects: u32,
    /// Requests that are under way at a time.
    pub connections: usize,
    /// Steps of placing packages: what a tree that never settles is stopped by.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            direct: 30,
            tree: 250,
            files: 10_000,
            unpacked: 128 << 20,
            tarball: 40 << 20,
            document: 16 << 20,
            network_time: Duration::from_secs(45),
            request_time: Duration::from_secs(30),
            tries: 3,
            pause: Duration::from_millis(250),
            redirects: 5,
            connections: 12,
            steps: 5_000,
        }
    }
}

/// Bytes as a person reads them: `512 B`, `32 KiB`, `1 MiB`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    match bytes {
        mib if mib >= 1 << 20 && mib.is_multiple_of(1 << 20) => format!("{} MiB", mib >> 20),
        kib if kib >= 1 << 10 && kib.is_multiple_of(1 << 10) => format!("{} KiB", kib >> 10),
        other => format!("{other} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_the_largest_unit_that_fits() {
        assert_eq!([0, 1023, 1024, 1536, 40 << 20].map(bytes_text), ["0 B", "1023 B", "1 KiB", "1536 B", "40 MiB"]);
    }
}
