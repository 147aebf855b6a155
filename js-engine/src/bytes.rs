//! The bytes of typed arrays.

use std::ptr::NonNull;

use rquickjs::{Ctx, Exception, Result, TypedArray};

/// The bytes of a typed array. The pointer is valid as long as no JavaScript runs.
pub(crate) fn bytes(ctx: &Ctx<'_>, array: &TypedArray<'_, u8>) -> Result<NonNull<[u8]>> {
    array.as_raw().ok_or_else(|| Exception::throw_type(ctx, "the array's buffer is detached"))
}
