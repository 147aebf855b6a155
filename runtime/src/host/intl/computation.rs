//! What the operations of `Intl` have in common.

use super::error::IntlError;

/// What an operation costs besides its bytes, and how it is answered. Implemented by the header of each operation.
pub(super) trait Computation {
    /// In units of fuel, each about a third of a nanosecond. What costs more than half a millisecond is computed off-thread.
    fn fuel(&self, parts: &[Vec<u8>]) -> u64;

    /// # Errors
    /// What JavaScript is to throw.
    fn answer(&self, parts: &[Vec<u8>]) -> Result<Vec<u8>, IntlError>;
}

/// An answer that is JSON.
pub(super) fn json(answer: &impl serde::Serialize) -> Result<Vec<u8>, IntlError> {
    Ok(serde_json::to_vec(answer)?)
}
