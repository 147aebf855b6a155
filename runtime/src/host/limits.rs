//! Bounds that several host interfaces share.

/// The most bytes that a guest can make the host copy in one call.
pub(crate) const MAX_CALL_BYTES: usize = 4 << 20;
/// The most random bytes of one call.
pub(crate) const MAX_RANDOM_BYTES: usize = 4096;
