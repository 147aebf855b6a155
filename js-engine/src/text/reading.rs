//! Borrowing the bytes of an array.

use rquickjs::{Ctx, Result, TypedArray};

use crate::bytes::bytes;

/// Runs on the bytes of an array, during which no JavaScript may run.
pub(super) fn reading<'js, R>(ctx: &Ctx<'js>, array: &TypedArray<'js, u8>, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
    let raw = bytes(ctx, array)?;
    // SAFETY: the array is alive and nothing else runs meanwhile.
    Ok(read(unsafe { raw.as_ref() }))
}
