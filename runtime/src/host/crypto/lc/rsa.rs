//! RSA: keys, signatures and encryption. Private operations are blinded and in constant time.

use std::ffi::c_int;
use std::ptr;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::number::{Number, bytes_of};
use super::{Pkey, Secret, done, owned, parsed, written};
use crate::host::crypto::contract::Hash;

owned! {
    /// A key; without a private exponent it is a public key.
    Rsa, RSA, RSA_free
}

owned!(Context, EVP_PKEY_CTX, EVP_PKEY_CTX_free);

/// What surrounds a message that the raw operation is done on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::host::crypto) enum Padding {
    Pkcs1,
    None,
}

impl Padding {
    fn number(self) -> c_int {
        match self {
            Self::Pkcs1 => sys::RSA_PKCS1_PADDING,
            Self::None => sys::RSA_NO_PADDING,
        }
    }
}

/// The parameters of OAEP.
pub(in crate::host::crypto) struct Oaep<'a> {
    pub(in crate::host::crypto) hash: Hash,
    pub(in crate::host::crypto) mgf1_hash: Hash,
    pub(in crate::host::crypto) label: &'a [u8],
}

/// Functions that give at most as many bytes as the modulus has.
type Operation = unsafe extern "C" fn(*mut sys::RSA, *mut usize, *mut u8, usize, *const u8, usize, c_int) -> c_int;

/// AWS-LC's own hashes, which it takes for the masks of PSS and OAEP.
fn digest(hash: Hash) -> Option<*const sys::EVP_MD> {
    // SAFETY: the functions have no preconditions, and return constants.
    unsafe {
        Some(match hash {
            Hash::Md5 => sys::EVP_md5(),
            Hash::Sha1 => sys::EVP_sha1(),
            Hash::Sha224 => sys::EVP_sha224(),
            Hash::Sha256 => sys::EVP_sha256(),
            Hash::Sha384 => sys::EVP_sha384(),
            Hash::Sha512 => sys::EVP_sha512(),
            Hash::Sha512_224 => sys::EVP_sha512_224(),
            Hash::Sha512_256 => sys::EVP_sha512_256(),
            Hash::Sha3_224 => sys::EVP_sha3_224(),
            Hash::Sha3_256 => sys::EVP_sha3_256(),
            Hash::Sha3_384 => sys::EVP_sha3_384(),
            Hash::Sha3_512 => sys::EVP_sha3_512(),
            Hash::Ripemd160 => sys::EVP_ripemd160(),
            Hash::Shake128 | Hash::Shake256 | Hash::Blake2b512 | Hash::Blake2s256 => return None,
        })
    }
}

impl Rsa {
    pub(super) fn adopt(raw: *mut sys::RSA) -> Option<Self> {
        Self::own(raw)
    }

    pub(super) fn pointer(&self) -> *mut sys::RSA {
        self.raw()
    }

    pub(in crate::host::crypto) fn from_pkcs1_private(der: &[u8]) -> Option<Self> {
        // SAFETY: the parser reads the bytes, and returns a key that the caller owns.
        Self::own(parsed(der, |bytes| unsafe { sys::RSA_parse_private_key(bytes) }))
    }

    pub(in crate::host::crypto) fn from_pkcs1_public(der: &[u8]) -> Option<Self> {
        // SAFETY: as above.
        Self::own(parsed(der, |bytes| unsafe { sys::RSA_parse_public_key(bytes) }))
    }

    pub(in crate::host::crypto) fn from_public_numbers(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (n, e) = (Number::new(modulus)?, Number::new(exponent)?);
        // SAFETY: the call copies the numbers, which are alive.
        Self::own(unsafe { sys::RSA_new_public_key(n.pointer(), e.pointer()) })
    }

    /// From n, e, d, p, q, d mod p-1, d mod q-1 and the inverse of q; none where they do not belong to each other.
    pub(in crate::host::crypto) fn from_private_numbers(numbers: &[Secret; 8]) -> Option<Self> {
        let [n, e, d, p, q, dp, dq, qi] = numbers.each_ref().map(|bytes| Number::new(bytes));
        let (n, e, d, p, q, dp, dq, qi) = (n?, e?, d?, p?, q?, dp?, dq?, qi?);
        // SAFETY: the call copies the numbers, which are alive.
        Self::own(unsafe {
            sys::RSA_new_private_key(
                n.pointer(),
                e.pointer(),
                d.pointer(),
                p.pointer(),
                q.pointer(),
                dp.pointer(),
                dq.pointer(),
                qi.pointer(),
            )
        })
    }

    pub(in crate::host::crypto) fn generate(bits: u32, exponent: u64) -> Option<Self> {
        let exponent = Number::new(&exponent.to_be_bytes())?;
        // SAFETY: key and number are alive.
        unsafe {
            let key = Self::own(sys::RSA_new())?;
            done(sys::RSA_generate_key_ex(key.raw(), c_int::try_from(bits).ok()?, exponent.pointer(), ptr::null_mut()))?;
            Some(key)
        }
    }

    /// Bytes of the modulus.
    pub(in crate::host::crypto) fn len(&self) -> usize {
        // SAFETY: the call reads the key, which is alive.
        unsafe { sys::RSA_size(self.raw()) as usize }
    }

    /// Bits of the modulus.
    pub(in crate::host::crypto) fn bits(&self) -> usize {
        // SAFETY: the call reads the key, which is alive.
        unsafe { sys::RSA_bits(self.raw()) as usize }
    }

    /// n and e.
    pub(in crate::host::crypto) fn public_numbers(&self) -> Option<[Secret; 2]> {
        let (mut n, mut e, mut d) = (ptr::null(), ptr::null(), ptr::null());
        // SAFETY: the numbers belong to the key, which is alive.
        unsafe {
            sys::RSA_get0_key(self.raw(), &mut n, &mut e, &mut d);
            Some([bytes_of(n)?, bytes_of(e)?])
        }
    }

    /// d, p, q, d mod p-1, d mod q-1 and the inverse of q.
    pub(in crate::host::crypto) fn private_numbers(&self) -> Option<[Secret; 6]> {
        let (mut n, mut e, mut d) = (ptr::null(), ptr::null(), ptr::null());
        let (mut p, mut q) = (ptr::null(), ptr::null());
        let (mut dp, mut dq, mut qi) = (ptr::null(), ptr::null(), ptr::null());
        // SAFETY: the numbers belong to the key, which is alive.
        unsafe {
            sys::RSA_get0_key(self.raw(), &mut n, &mut e, &mut d);
            sys::RSA_get0_factors(self.raw(), &mut p, &mut q);
            sys::RSA_get0_crt_params(self.raw(), &mut dp, &mut dq, &mut qi);
            Some([bytes_of(d)?, bytes_of(p)?, bytes_of(q)?, bytes_of(dp)?, bytes_of(dq)?, bytes_of(qi)?])
        }
    }

    pub(in crate::host::crypto) fn to_pkcs1_private(&self) -> Option<Secret> {
        // SAFETY: the call reads the key, which is alive.
        written(|builder| unsafe { sys::RSA_marshal_private_key(builder, self.raw()) })
    }

    pub(in crate::host::crypto) fn to_pkcs1_public(&self) -> Option<Secret> {
        // SAFETY: the call reads the key, which is alive.
        written(|builder| unsafe { sys::RSA_marshal_public_key(builder, self.raw()) })
    }

    fn operate(&self, operation: Operation, data: &[u8], padding: Padding) -> Option<Secret> {
        let mut out = Zeroizing::new(vec![0; self.len()]);
        let mut len = 0;
        // SAFETY: no more is written than there is room; the data is read.
        done(unsafe { operation(self.raw(), &mut len, out.as_mut_ptr(), out.len(), data.as_ptr(), data.len(), padding.number()) })?;
        out.truncate(len);
        Some(out)
    }

    /// The private operation, padded as a signature is.
    pub(in crate::host::crypto) fn sign_raw(&self, data: &[u8], padding: Padding) -> Option<Secret> {
        self.operate(sys::RSA_sign_raw, data, padding)
    }

    /// The reverse with the public key: what was signed.
    pub(in crate::host::crypto) fn verify_raw(&self, signature: &[u8], padding: Padding) -> Option<Secret> {
        self.operate(sys::RSA_verify_raw, signature, padding)
    }

    pub(in crate::host::crypto) fn encrypt_raw(&self, data: &[u8], padding: Padding) -> Option<Secret> {
        self.operate(sys::RSA_encrypt, data, padding)
    }

    /// The private operation without looking at a padding, which would tell by its time whether it is there.
    pub(in crate::host::crypto) fn decrypt_unpadded(&self, data: &[u8]) -> Option<Secret> {
        self.operate(sys::RSA_decrypt, data, Padding::None)
    }

    /// A PSS signature of a digest. The salt's length is in bytes; -1 is that of the hash, -2 the longest.
    pub(in crate::host::crypto) fn sign_pss(&self, digested: &[u8], hash: Hash, mgf1_hash: Hash, salt: c_int) -> Option<Secret> {
        let (hash, mgf1_hash) = (digest(hash)?, digest(mgf1_hash)?);
        let mut out = Zeroizing::new(vec![0; self.len()]);
        let mut len = 0;
        // SAFETY: no more is written than there is room; the digest is as long as the hash gives it, which the function checks.
        done(unsafe {
            sys::RSA_sign_pss_mgf1(
                self.raw(),
                &mut len,
                out.as_mut_ptr(),
                out.len(),
                digested.as_ptr(),
                digested.len(),
                hash,
                mgf1_hash,
                salt,
            )
        })?;
        out.truncate(len);
        Some(out)
    }

    /// With -2 for the salt's length any is right.
    pub(in crate::host::crypto) fn verify_pss(&self, digested: &[u8], hash: Hash, mgf1_hash: Hash, salt: c_int, signature: &[u8]) -> bool {
        let (Some(hash), Some(mgf1_hash)) = (digest(hash), digest(mgf1_hash)) else { return false };
        // SAFETY: all is read.
        unsafe {
            sys::RSA_verify_pss_mgf1(
                self.raw(),
                digested.as_ptr(),
                digested.len(),
                hash,
                mgf1_hash,
                salt,
                signature.as_ptr(),
                signature.len(),
            ) == 1
        }
    }

    pub(in crate::host::crypto) fn encrypt_oaep(&self, oaep: &Oaep<'_>, data: &[u8]) -> Option<Secret> {
        // SAFETY: as `oaep` says.
        unsafe { self.oaep(oaep, data, sys::EVP_PKEY_encrypt_init, sys::EVP_PKEY_encrypt) }
    }

    pub(in crate::host::crypto) fn decrypt_oaep(&self, oaep: &Oaep<'_>, data: &[u8]) -> Option<Secret> {
        // SAFETY: as `oaep` says.
        unsafe { self.oaep(oaep, data, sys::EVP_PKEY_decrypt_init, sys::EVP_PKEY_decrypt) }
    }

    /// # Safety
    /// The functions are those of one operation.
    unsafe fn oaep(
        &self,
        oaep: &Oaep<'_>,
        data: &[u8],
        begin: unsafe extern "C" fn(*mut sys::EVP_PKEY_CTX) -> c_int,
        operate: unsafe extern "C" fn(*mut sys::EVP_PKEY_CTX, *mut u8, *mut usize, *const u8, usize) -> c_int,
    ) -> Option<Secret> {
        let key = Pkey::from_rsa(self)?;
        let mut out = Zeroizing::new(vec![0; self.len()]);
        let mut len = out.len();
        // SAFETY: no more is written than there is room; the label is copied into memory that the context takes over.
        unsafe {
            let context = Context::own(sys::EVP_PKEY_CTX_new(key.pointer(), ptr::null_mut()))?;
            let context = context.raw();
            done(begin(context))?;
            done(sys::EVP_PKEY_CTX_set_rsa_padding(context, sys::RSA_PKCS1_OAEP_PADDING))?;
            done(sys::EVP_PKEY_CTX_set_rsa_oaep_md(context, digest(oaep.hash)?))?;
            done(sys::EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest(oaep.mgf1_hash)?))?;
            if !oaep.label.is_empty() {
                let copy: *mut u8 = sys::OPENSSL_memdup(oaep.label.as_ptr().cast(), oaep.label.len()).cast();
                if copy.is_null() || sys::EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, oaep.label.len()) != 1 {
                    sys::OPENSSL_free(copy.cast());
                    return None;
                }
            }
            done(operate(context, out.as_mut_ptr(), &mut len, data.as_ptr(), data.len()))?;
        }
        out.truncate(len);
        Some(out)
    }

    /// Whether the masks of PSS and OAEP can be made with a hash.
    pub(in crate::host::crypto) fn takes(hash: Hash) -> bool {
        digest(hash).is_some()
    }
}

/// A key of any kind as an RSA key, and the reverse.
impl Pkey {
    pub(in crate::host::crypto) fn from_rsa(rsa: &Rsa) -> Option<Self> {
        // SAFETY: the key is reference-counted, and this call takes a reference of its own.
        unsafe {
            let key = Self::adopt(sys::EVP_PKEY_new())?;
            done(sys::EVP_PKEY_set1_RSA(key.pointer(), rsa.pointer()))?;
            Some(key)
        }
    }

    pub(in crate::host::crypto) fn rsa(&self) -> Option<Rsa> {
        // SAFETY: the key is reference-counted, and this call takes a reference of its own.
        Rsa::adopt(unsafe { sys::EVP_PKEY_get1_RSA(self.pointer()) })
    }
}
