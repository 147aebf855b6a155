//! What is told while packages are found and fetched, for those who wait at a terminal.

/// A sign of life. Numbers only grow; totals may grow with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many packages have their place in the tree, of those known so far.
    Resolved {
        /// Packages that are placed.
        done: usize,
        /// Packages that are placed or wait for it.
        of: usize,
    },
    /// So many packages are in the store, of the lock's.
    Fetched {
        /// Packages that are there, those that were there before among them.
        done: usize,
        /// Packages of the lock that have files.
        of: usize,
        /// Bytes that came over the network so far.
        bytes: u64,
    },
}

/// Somebody who is told. It is called from several threads, and must not block.
pub type Listener<'a> = &'a (dyn Fn(Progress) + Sync);

/// Tells nobody.
pub fn silent(_: Progress) {}
