//! Numbers of any length.

use std::ptr;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::{Secret, done, owned};

owned! {
    /// A natural number; wiped when it is freed.
    Number, BIGNUM, BN_clear_free
}

owned!(Context, BN_CTX, BN_CTX_free);

impl Number {
    /// From big-endian bytes.
    pub(in crate::host::crypto) fn new(bytes: &[u8]) -> Option<Self> {
        // SAFETY: the bytes are read, and a new number is given.
        Self::own(unsafe { sys::BN_bin2bn(bytes.as_ptr(), bytes.len(), ptr::null_mut()) })
    }

    pub(super) fn pointer(&self) -> *mut sys::BIGNUM {
        self.raw()
    }

    /// How many bits it has without leading zeros.
    pub(in crate::host::crypto) fn bits(&self) -> usize {
        // SAFETY: reads the number.
        unsafe { sys::BN_num_bits(self.raw()) as usize }
    }

    fn is_odd(&self) -> bool {
        // SAFETY: reads the number.
        unsafe { sys::BN_is_odd(self.raw()) == 1 }
    }
}

/// The bytes of a number that something else owns, as short as they can be; none for a null pointer.
///
/// # Safety
/// The pointer is null or that of a number.
pub(super) unsafe fn bytes_of(number: *const sys::BIGNUM) -> Option<Secret> {
    if number.is_null() {
        return None;
    }
    // SAFETY: it is a number.
    let len = unsafe { sys::BN_num_bytes(number) } as usize;
    // SAFETY: as above.
    unsafe { padded(number, len) }
}

/// The bytes of a number that something else owns, filled up to a length; none where it is longer.
///
/// # Safety
/// The pointer is that of a number.
pub(super) unsafe fn padded(number: *const sys::BIGNUM, len: usize) -> Option<Secret> {
    let mut bytes = Zeroizing::new(vec![0; len]);
    // SAFETY: as many bytes are written as there are.
    done(unsafe { sys::BN_bn2bin_padded(bytes.as_mut_ptr(), len, number) })?;
    Some(bytes)
}

/// `base` to the `exponent`, modulo an odd number, as long as that; in a time that tells nothing of the exponent but its length.
pub(in crate::host::crypto) fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Secret> {
    let (base, exponent, number) = (Number::new(base)?, Number::new(exponent)?, Number::new(modulus)?);
    if !number.is_odd() || number.bits() < 2 {
        return None;
    }
    let result = Number::new(&[])?;
    // SAFETY: all are numbers and alive; `result` and the reduced base are written to.
    unsafe {
        let context = Context::own(sys::BN_CTX_new())?;
        done(sys::BN_nnmod(base.raw(), base.raw(), number.raw(), context.raw()))?;
        done(sys::BN_mod_exp_mont_consttime(result.raw(), base.raw(), exponent.raw(), number.raw(), context.raw(), ptr::null()))?;
        padded(result.raw(), modulus.len())
    }
}
