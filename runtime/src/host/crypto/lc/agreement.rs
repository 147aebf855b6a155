//! Curve25519: signatures and secrets in common.

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::{Secret, done};

/// Signs with a seed of 32 bytes.
pub(in crate::host::crypto) fn ed25519_sign(seed: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let seed: &[u8; 32] = seed.try_into().ok()?;
    let (mut public, mut private, mut signature) = ([0; 32], Zeroizing::new([0; 64]), vec![0; 64]);
    // SAFETY: all buffers are as long as the functions say.
    unsafe {
        sys::ED25519_keypair_from_seed(public.as_mut_ptr(), private.as_mut_ptr(), seed.as_ptr());
        done(sys::ED25519_sign(signature.as_mut_ptr(), message.as_ptr(), message.len(), private.as_ptr()))?;
    }
    Some(signature)
}

pub(in crate::host::crypto) fn ed25519_verify(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    // SAFETY: key and signature are as long as the function says.
    signature.len() == 64 && unsafe { sys::ED25519_verify(message.as_ptr(), message.len(), signature.as_ptr(), public.as_ptr()) } == 1
}

/// `None` where the secret would be all zeros.
pub(in crate::host::crypto) fn x25519(private: &[u8], public: &[u8; 32]) -> Option<Secret> {
    let private: &[u8; 32] = private.try_into().ok()?;
    let mut secret = Zeroizing::new(vec![0; 32]);
    // SAFETY: all buffers are as long as the function says.
    done(unsafe { sys::X25519(secret.as_mut_ptr(), private.as_ptr(), public.as_ptr()) })?;
    Some(secret)
}
