//! How far the conversion of a text came.

/// What was converted of a text, and to how many bytes.
#[derive(Default)]
pub(super) struct Progress {
    /// Units of the text.
    pub(super) read: usize,
    /// Bytes.
    pub(super) written: usize,
}
