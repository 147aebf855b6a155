//! A key of any kind, and its two general forms in ASN.1.

use std::ffi::c_int;
use std::ptr;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::{EcKey, Secret, done, owned, parsed, written};

owned! {
    /// A key of any kind, private or public.
    Pkey, EVP_PKEY, EVP_PKEY_free
}

/// The kinds that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::host::crypto) enum PkeyKind {
    Rsa,
    Ec,
    Ed25519,
    X25519,
}

impl PkeyKind {
    fn number(self) -> c_int {
        match self {
            Self::Rsa => sys::EVP_PKEY_RSA,
            Self::Ec => sys::EVP_PKEY_EC,
            Self::Ed25519 => sys::EVP_PKEY_ED25519,
            Self::X25519 => sys::EVP_PKEY_X25519,
        }
    }
}

impl Pkey {
    pub(in crate::host::crypto) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        // SAFETY: the parser reads the bytes, and returns a key that the caller owns.
        Self::own(parsed(der, |bytes| unsafe { sys::EVP_parse_private_key(bytes) }))
    }

    pub(in crate::host::crypto) fn from_spki(der: &[u8]) -> Option<Self> {
        // SAFETY: as above.
        Self::own(parsed(der, |bytes| unsafe { sys::EVP_parse_public_key(bytes) }))
    }

    pub(in crate::host::crypto) fn from_raw_private(kind: PkeyKind, bytes: &[u8]) -> Option<Self> {
        // SAFETY: the call copies the bytes, whose length is passed.
        Self::own(unsafe { sys::EVP_PKEY_new_raw_private_key(kind.number(), ptr::null_mut(), bytes.as_ptr(), bytes.len()) })
    }

    pub(in crate::host::crypto) fn from_raw_public(kind: PkeyKind, bytes: &[u8]) -> Option<Self> {
        // SAFETY: the call copies the bytes, whose length is passed.
        Self::own(unsafe { sys::EVP_PKEY_new_raw_public_key(kind.number(), ptr::null_mut(), bytes.as_ptr(), bytes.len()) })
    }

    pub(in crate::host::crypto) fn from_ec(ec: &EcKey) -> Option<Self> {
        // SAFETY: the key is reference-counted, and this call takes a reference of its own.
        unsafe {
            let key = Self::own(sys::EVP_PKEY_new())?;
            done(sys::EVP_PKEY_set1_EC_KEY(key.raw(), ec.pointer()))?;
            Some(key)
        }
    }

    /// `None` for an unknown kind.
    pub(in crate::host::crypto) fn kind(&self) -> Option<PkeyKind> {
        // SAFETY: the call reads the key, which is alive.
        let number = unsafe { sys::EVP_PKEY_id(self.raw()) };
        [PkeyKind::Rsa, PkeyKind::Ec, PkeyKind::Ed25519, PkeyKind::X25519].into_iter().find(|kind| kind.number() == number)
    }

    pub(in crate::host::crypto) fn ec(&self) -> Option<EcKey> {
        // SAFETY: the key is reference-counted, and this call takes a reference of its own.
        EcKey::adopt(unsafe { sys::EVP_PKEY_get1_EC_KEY(self.raw()) })
    }

    pub(in crate::host::crypto) fn to_pkcs8(&self) -> Option<Secret> {
        // SAFETY: the call reads the key, which is alive.
        written(|builder| unsafe { sys::EVP_marshal_private_key(builder, self.raw()) })
    }

    pub(in crate::host::crypto) fn to_spki(&self) -> Option<Secret> {
        // SAFETY: the call reads the key, which is alive.
        written(|builder| unsafe { sys::EVP_marshal_public_key(builder, self.raw()) })
    }

    /// The 32 bytes of a private key on Curve25519.
    pub(in crate::host::crypto) fn raw_private(&self) -> Option<Secret> {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        let mut len = bytes.len();
        // SAFETY: the call writes no more than the length that is passed, which is the buffer's.
        done(unsafe { sys::EVP_PKEY_get_raw_private_key(self.raw(), bytes.as_mut_ptr(), &mut len) })?;
        (len == bytes.len()).then_some(bytes)
    }

    /// The 32 bytes of a public key on Curve25519.
    pub(in crate::host::crypto) fn raw_public(&self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        let mut len = bytes.len();
        // SAFETY: the call writes no more than the length that is passed, which is the buffer's.
        done(unsafe { sys::EVP_PKEY_get_raw_public_key(self.raw(), bytes.as_mut_ptr(), &mut len) })?;
        (len == bytes.len()).then_some(bytes)
    }

    /// Takes over a key that the library made.
    pub(super) fn adopt(raw: *mut sys::EVP_PKEY) -> Option<Self> {
        Self::own(raw)
    }

    pub(super) fn pointer(&self) -> *mut sys::EVP_PKEY {
        self.raw()
    }
}
