//! AWS-LC behind a safe interface: values that free themselves, functions that take and return bytes. The callers decide which key may do
//! what, and name the failures.
//!
//! AWS-LC records reasons of failures in a queue of the thread. They are not used; [`forget_errors`] empties the queue.

mod agreement;
mod cipher;
mod ec;
mod number;
mod pkey;
mod rsa;

use std::ffi::c_int;
use std::ptr;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

pub(super) use self::agreement::{ed25519_sign, ed25519_verify, x25519};
pub(super) use self::cipher::{Aead, chacha20, run, unwrap_key, wrap_key};
pub(super) use self::ec::{EcKey, PointForm, signature_from_numbers, signature_numbers};
pub(super) use self::number::power;
pub(super) use self::pkey::{Pkey, PkeyKind};
pub(super) use self::rsa::{Oaep, Padding, Rsa};

/// Bytes that may be secret.
pub(super) type Secret = Zeroizing<Vec<u8>>;

/// A type that owns a value of the library's, and frees it.
macro_rules! owned {
    ($(#[$doc:meta])* $name:ident, $raw:ident, $free:ident) => {
        $(#[$doc])*
        pub(in crate::host::crypto) struct $name(std::ptr::NonNull<sys::$raw>);

        impl $name {
            /// Takes ownership of a value that the library made; `None` where it made none.
            fn own(raw: *mut sys::$raw) -> Option<Self> {
                std::ptr::NonNull::new(raw).map(Self)
            }

            fn raw(&self) -> *mut sys::$raw {
                self.0.as_ptr()
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: this value owns it exclusively.
                unsafe { sys::$free(self.0.as_ptr()) };
            }
        }
    };
}
use owned;

/// Forgets why something failed on this thread.
pub(super) fn forget_errors() {
    // SAFETY: touches the thread's own queue.
    unsafe { sys::ERR_clear_error() };
}

/// What the library calls success.
fn done(result: c_int) -> Option<()> {
    (result == 1).then_some(())
}

/// Parses the structure at the beginning of some DER. Bytes behind it are ignored, as in OpenSSL.
fn parsed<T>(der: &[u8], parse: impl FnOnce(*mut sys::CBS) -> *mut T) -> *mut T {
    let mut bytes = sys::cbs_st { data: der.as_ptr(), len: der.len() };
    parse(&mut bytes)
}

/// Has a structure written as DER.
fn written(write: impl FnOnce(*mut sys::CBB) -> c_int) -> Option<Secret> {
    let mut builder = std::mem::MaybeUninit::<sys::CBB>::zeroed();
    let builder = builder.as_mut_ptr();
    let (mut bytes, mut len) = (ptr::null_mut(), 0);
    // SAFETY: the builder is initialized before it is written to, and cleaned up where it is not finished; what it gives is copied and freed.
    unsafe {
        done(sys::CBB_init(builder, 256))?;
        if write(builder) != 1 || sys::CBB_finish(builder, &mut bytes, &mut len) != 1 {
            sys::CBB_cleanup(builder);
            return None;
        }
        let copy = Zeroizing::new(std::slice::from_raw_parts(bytes, len).to_vec());
        sys::OPENSSL_free(bytes.cast());
        Some(copy)
    }
}
