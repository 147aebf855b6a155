//! What cannot be in a source.

/// Something that cannot be, and where it begins, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}
