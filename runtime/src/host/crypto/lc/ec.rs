//! Keys on elliptic curves, ECDSA and ECDH.

use std::ffi::{c_int, c_uint};
use std::ptr;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::number::{Number, padded};
use super::{Secret, done, owned, parsed, written};
use crate::host::crypto::contract::Curve;

owned! {
    /// A key on a curve; without a private number it is a public key.
    EcKey, EC_KEY, EC_KEY_free
}

owned!(Point, EC_POINT, EC_POINT_free);
owned!(Signature, ECDSA_SIG, ECDSA_SIG_free);

/// How a point is written.
#[derive(Clone, Copy)]
pub(in crate::host::crypto) enum PointForm {
    Compressed,
    Uncompressed,
}

impl Curve {
    const ALL: [Self; 4] = [Self::P256, Self::P384, Self::P521, Self::Secp256k1];

    fn number(self) -> c_int {
        match self {
            Self::P256 => sys::NID_X9_62_prime256v1,
            Self::P384 => sys::NID_secp384r1,
            Self::P521 => sys::NID_secp521r1,
            Self::Secp256k1 => sys::NID_secp256k1,
        }
    }

    /// Bytes of a coordinate or a scalar.
    pub(in crate::host::crypto) fn len(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

impl EcKey {
    pub(super) fn adopt(raw: *mut sys::EC_KEY) -> Option<Self> {
        Self::own(raw)
    }

    pub(super) fn pointer(&self) -> *mut sys::EC_KEY {
        self.raw()
    }

    fn empty(curve: Curve) -> Option<Self> {
        // SAFETY: the function has no preconditions, and returns a new key.
        Self::own(unsafe { sys::EC_KEY_new_by_curve_name(curve.number()) })
    }

    pub(in crate::host::crypto) fn from_sec1(der: &[u8]) -> Option<Self> {
        // SAFETY: the parser reads the bytes, and returns a key that the caller owns.
        Self::own(parsed(der, |bytes| unsafe { sys::EC_KEY_parse_private_key(bytes, ptr::null()) }))
    }

    /// A private key; `None` where the number is not in the curve's range.
    pub(in crate::host::crypto) fn from_scalar(curve: Curve, scalar: &[u8]) -> Option<Self> {
        let key = Self::empty(curve)?;
        let number = Number::new(scalar)?;
        // SAFETY: key, group, point and number are alive; what is set is copied.
        unsafe {
            let group = sys::EC_KEY_get0_group(key.raw());
            let point = Point::own(sys::EC_POINT_new(group))?;
            done(sys::EC_KEY_set_private_key(key.raw(), number.pointer()))?;
            done(sys::EC_POINT_mul(group, point.raw(), number.pointer(), ptr::null(), ptr::null(), ptr::null_mut()))?;
            done(sys::EC_KEY_set_public_key(key.raw(), point.raw()))?;
            done(sys::EC_KEY_check_key(key.raw()))?;
        }
        Some(key)
    }

    /// A public key from a point in any form; `None` where the point is not on the curve.
    pub(in crate::host::crypto) fn from_point(curve: Curve, bytes: &[u8]) -> Option<Self> {
        let key = Self::empty(curve)?;
        // SAFETY: key, group and point are alive; what is set is copied.
        unsafe {
            let group = sys::EC_KEY_get0_group(key.raw());
            let point = Point::own(sys::EC_POINT_new(group))?;
            done(sys::EC_POINT_oct2point(group, point.raw(), bytes.as_ptr(), bytes.len(), ptr::null_mut()))?;
            done(sys::EC_KEY_set_public_key(key.raw(), point.raw()))?;
            done(sys::EC_KEY_check_key(key.raw()))?;
        }
        Some(key)
    }

    pub(in crate::host::crypto) fn generate(curve: Curve) -> Option<Self> {
        let key = Self::empty(curve)?;
        // SAFETY: the key is alive.
        done(unsafe { sys::EC_KEY_generate_key(key.raw()) })?;
        Some(key)
    }

    /// `None` for an unknown curve.
    pub(in crate::host::crypto) fn curve(&self) -> Option<Curve> {
        // SAFETY: the call reads the key, which is alive.
        let number = unsafe { sys::EC_GROUP_get_curve_name(sys::EC_KEY_get0_group(self.raw())) };
        Curve::ALL.into_iter().find(|curve| curve.number() == number)
    }

    /// The private number, as long as the curve has them.
    pub(in crate::host::crypto) fn scalar(&self) -> Option<Secret> {
        let len = self.curve()?.len();
        // SAFETY: the number belongs to the key, which is alive.
        unsafe {
            let number = sys::EC_KEY_get0_private_key(self.raw());
            if number.is_null() { None } else { padded(number, len) }
        }
    }

    pub(in crate::host::crypto) fn point(&self, form: PointForm) -> Option<Vec<u8>> {
        let form = match form {
            PointForm::Compressed => sys::point_conversion_form_t::POINT_CONVERSION_COMPRESSED,
            PointForm::Uncompressed => sys::point_conversion_form_t::POINT_CONVERSION_UNCOMPRESSED,
        };
        let mut bytes = vec![0; 1 + 2 * self.curve()?.len()];
        // SAFETY: group and point belong to the key, which is alive; no more is written than there is room.
        let len = unsafe {
            let (group, point) = (sys::EC_KEY_get0_group(self.raw()), sys::EC_KEY_get0_public_key(self.raw()));
            if point.is_null() {
                return None;
            }
            sys::EC_POINT_point2oct(group, point, form, bytes.as_mut_ptr(), bytes.len(), ptr::null_mut())
        };
        bytes.truncate(len);
        (len > 0).then_some(bytes)
    }

    pub(in crate::host::crypto) fn to_sec1(&self) -> Option<Secret> {
        // SAFETY: the call reads the key, which is alive.
        written(|builder| unsafe { sys::EC_KEY_marshal_private_key(builder, self.raw(), sys::EC_KEY_get_enc_flags(self.raw())) })
    }

    /// A signature of a digest, as DER.
    pub(in crate::host::crypto) fn sign(&self, digest: &[u8]) -> Option<Vec<u8>> {
        // SAFETY: there is room for the longest signature; the digest is read.
        unsafe {
            let mut signature = vec![0; sys::ECDSA_size(self.raw())];
            let mut len: c_uint = 0;
            done(sys::ECDSA_sign(0, digest.as_ptr(), digest.len(), signature.as_mut_ptr(), &mut len, self.raw()))?;
            signature.truncate(len as usize);
            Some(signature)
        }
    }

    pub(in crate::host::crypto) fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        // SAFETY: all is read.
        unsafe { sys::ECDSA_verify(0, digest.as_ptr(), digest.len(), signature.as_ptr(), signature.len(), self.raw()) == 1 }
    }

    /// The x coordinate of the point that this private key and a public one have in common.
    pub(in crate::host::crypto) fn agree(&self, public: &Self) -> Option<Secret> {
        let mut secret = Zeroizing::new(vec![0; self.curve()?.len()]);
        // SAFETY: the point belongs to the other key, which is alive; no more is written than there is room.
        let len = unsafe {
            let point = sys::EC_KEY_get0_public_key(public.raw());
            if point.is_null() || sys::EC_KEY_get0_private_key(self.raw()).is_null() {
                return None;
            }
            sys::ECDH_compute_key(secret.as_mut_ptr().cast(), secret.len(), point, self.raw(), None)
        };
        (usize::try_from(len) == Ok(secret.len())).then_some(secret)
    }
}

/// The two numbers of a signature in DER, each of this length.
pub(in crate::host::crypto) fn signature_numbers(der: &[u8], len: usize) -> Option<Vec<u8>> {
    let (mut r, mut s) = (ptr::null(), ptr::null());
    // SAFETY: the numbers belong to the signature, which is alive.
    unsafe {
        let signature = Signature::own(sys::ECDSA_SIG_from_bytes(der.as_ptr(), der.len()))?;
        sys::ECDSA_SIG_get0(signature.raw(), &mut r, &mut s);
        Some([padded(r, len)?.as_slice(), padded(s, len)?.as_slice()].concat())
    }
}

/// A signature in DER from its two numbers, one behind the other.
pub(in crate::host::crypto) fn signature_from_numbers(numbers: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = numbers.split_at_checked(numbers.len() / 2)?;
    let (r, s) = (Number::new(r)?, Number::new(s)?);
    // SAFETY: the signature takes over the numbers when setting them succeeds.
    unsafe {
        let signature = Signature::own(sys::ECDSA_SIG_new())?;
        done(sys::ECDSA_SIG_set0(signature.raw(), r.pointer(), s.pointer()))?;
        std::mem::forget((r, s));
        written(|builder| sys::ECDSA_SIG_marshal(builder, signature.raw())).map(|der| der.to_vec())
    }
}
