//! Where packages come from: the seam between what resolves and installs and the network or the folder behind it.

use std::io::Read;
use std::time::Instant;

use crate::error::Error;
use crate::lock::Entry;
use crate::name::PackageName;
use crate::packument::Packument;

/// What is done with the bytes of a tarball. It may be called again from the beginning, when a connection broke.
pub(crate) type Consume<'a> = &'a mut dyn FnMut(&mut dyn Read) -> Result<(), Error>;

/// A registry, or something in its place.
pub(crate) trait Source: Send + Sync {
    /// The versions of a package. Only a `full` document has the times at which they were published.
    fn document(&self, name: &PackageName, full: bool, until: Instant) -> Result<Packument, Error>;

    /// The bytes of a package.
    fn tarball(&self, entry: &Entry, until: Instant, consume: Consume<'_>) -> Result<(), Error>;

    /// How the lock says where a tarball is.
    fn locked(&self, name: &PackageName, tarball: &str) -> Option<String>;
}
