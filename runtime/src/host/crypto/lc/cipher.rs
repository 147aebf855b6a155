//! Symmetric ciphers: a whole message at a time, from the key and vector that it is given.

use std::ffi::c_int;
use std::ptr;

use aws_lc_sys as sys;
use zeroize::Zeroizing;

use super::{Secret, done, owned};
use crate::host::crypto::contract::Cipher;

owned!(Context, EVP_CIPHER_CTX, EVP_CIPHER_CTX_free);

/// What a cipher that authenticates is given beside key and data.
pub(in crate::host::crypto) struct Aead<'a> {
    pub(in crate::host::crypto) key: &'a [u8],
    pub(in crate::host::crypto) iv: &'a [u8],
    pub(in crate::host::crypto) additional: &'a [u8],
    pub(in crate::host::crypto) tag_length: usize,
}

/// The library's cipher; none for key wrapping, which is done otherwise.
fn method(cipher: Cipher) -> Option<*const sys::EVP_CIPHER> {
    // SAFETY: the functions have no preconditions, and return constants.
    unsafe {
        Some(match cipher {
            Cipher::Aes128Cbc => sys::EVP_aes_128_cbc(),
            Cipher::Aes192Cbc => sys::EVP_aes_192_cbc(),
            Cipher::Aes256Cbc => sys::EVP_aes_256_cbc(),
            Cipher::Aes128Ecb => sys::EVP_aes_128_ecb(),
            Cipher::Aes192Ecb => sys::EVP_aes_192_ecb(),
            Cipher::Aes256Ecb => sys::EVP_aes_256_ecb(),
            Cipher::Aes128Ctr => sys::EVP_aes_128_ctr(),
            Cipher::Aes192Ctr => sys::EVP_aes_192_ctr(),
            Cipher::Aes256Ctr => sys::EVP_aes_256_ctr(),
            Cipher::Aes128Cfb => sys::EVP_aes_128_cfb128(),
            Cipher::Aes192Cfb => sys::EVP_aes_192_cfb128(),
            Cipher::Aes256Cfb => sys::EVP_aes_256_cfb128(),
            Cipher::Aes128Cfb8 => sys::EVP_aes_128_cfb8(),
            Cipher::Aes192Cfb8 => sys::EVP_aes_192_cfb8(),
            Cipher::Aes256Cfb8 => sys::EVP_aes_256_cfb8(),
            Cipher::Aes128Ofb => sys::EVP_aes_128_ofb(),
            Cipher::Aes192Ofb => sys::EVP_aes_192_ofb(),
            Cipher::Aes256Ofb => sys::EVP_aes_256_ofb(),
            Cipher::DesEde3Cbc => sys::EVP_des_ede3_cbc(),
            Cipher::DesEde3Ecb => sys::EVP_des_ede3_ecb(),
            Cipher::Aes128Gcm => sys::EVP_aes_128_gcm(),
            Cipher::Aes192Gcm => sys::EVP_aes_192_gcm(),
            Cipher::Aes256Gcm => sys::EVP_aes_256_gcm(),
            Cipher::Aes128Ccm => sys::EVP_aes_128_ccm(),
            Cipher::Aes192Ccm => sys::EVP_aes_192_ccm(),
            Cipher::Aes256Ccm => sys::EVP_aes_256_ccm(),
            Cipher::Chacha20Poly1305 => sys::EVP_chacha20_poly1305(),
            Cipher::Aes128Wrap | Cipher::Aes192Wrap | Cipher::Aes256Wrap => return None,
            Cipher::Aes128WrapPad | Cipher::Aes192WrapPad | Cipher::Aes256WrapPad => return None,
        })
    }
}

fn context() -> Option<Context> {
    // SAFETY: the function has no preconditions, and returns a new context.
    Context::own(unsafe { sys::EVP_CIPHER_CTX_new() })
}

impl Context {
    /// Feeds data; where it goes must have room for a block more.
    fn update(&self, out: &mut [u8], data: &[u8]) -> Option<usize> {
        let mut len = 0;
        let data_len = c_int::try_from(data.len()).ok()?;
        // SAFETY: the callers make `out` a block longer than the data.
        done(unsafe { sys::EVP_CipherUpdate(self.raw(), out.as_mut_ptr(), &mut len, data.as_ptr(), data_len) })?;
        usize::try_from(len).ok()
    }

    /// Additional data, or with CCM the length of what comes, which give nothing.
    fn announce(&self, data: *const u8, len: usize) -> Option<()> {
        let mut given = 0;
        // SAFETY: the data is read, or there is none.
        done(unsafe { sys::EVP_CipherUpdate(self.raw(), ptr::null_mut(), &mut given, data, c_int::try_from(len).ok()?) })
    }

    fn control(&self, command: c_int, number: usize, data: *mut u8) -> Option<()> {
        // SAFETY: the data is as long as the number says.
        done(unsafe { sys::EVP_CIPHER_CTX_ctrl(self.raw(), command, c_int::try_from(number).ok()?, data.cast()) })
    }
}

/// A cipher without authentication. The caller has checked the lengths of key and vector.
pub(in crate::host::crypto) fn run(cipher: Cipher, encrypt: bool, [key, iv, data]: [&[u8]; 3], padding: bool) -> Option<Secret> {
    let context = context()?;
    let mut out = Zeroizing::new(vec![0; data.len() + 32]);
    // SAFETY: key and vector are read as far as the cipher has them.
    unsafe {
        done(sys::EVP_CipherInit_ex(context.raw(), method(cipher)?, ptr::null_mut(), key.as_ptr(), iv.as_ptr(), c_int::from(encrypt)))?;
        sys::EVP_CIPHER_CTX_set_padding(context.raw(), c_int::from(padding));
    }
    let len = context.update(&mut out, data)?;
    let mut rest = 0;
    // SAFETY: the buffer is a block longer than the data.
    done(unsafe { sys::EVP_CipherFinal_ex(context.raw(), out.get_mut(len..)?.as_mut_ptr(), &mut rest) })?;
    out.truncate(len + usize::try_from(rest).ok()?);
    Some(out)
}

impl Aead<'_> {
    fn begin(&self, cipher: Cipher, encrypt: bool, tag: Option<&[u8]>, length: usize) -> Option<Context> {
        let ccm = cipher.is_ccm();
        let context = context()?;
        let start = |method, key, iv| {
            // SAFETY: key and vector are read as far as the cipher has them, the vector after its length is set.
            done(unsafe { sys::EVP_CipherInit_ex(context.raw(), method, ptr::null_mut(), key, iv, c_int::from(encrypt)) })
        };
        start(method(cipher)?, ptr::null(), ptr::null())?;
        context.control(sys::EVP_CTRL_AEAD_SET_IVLEN, self.iv.len(), ptr::null_mut())?;
        match tag {
            Some(tag) => context.control(sys::EVP_CTRL_AEAD_SET_TAG, tag.len(), tag.as_ptr().cast_mut())?,
            None if ccm => context.control(sys::EVP_CTRL_AEAD_SET_TAG, self.tag_length, ptr::null_mut())?,
            None => {}
        }
        start(ptr::null(), self.key.as_ptr(), self.iv.as_ptr())?;
        if ccm {
            context.announce(ptr::null(), length)?;
        }
        if !self.additional.is_empty() {
            context.announce(self.additional.as_ptr(), self.additional.len())?;
        }
        Some(context)
    }

    /// The ciphertext and the tag behind it.
    pub(in crate::host::crypto) fn seal(&self, cipher: Cipher, data: &[u8]) -> Option<Secret> {
        let context = self.begin(cipher, true, None, data.len())?;
        let mut out = Zeroizing::new(vec![0; data.len() + 32]);
        let mut len = if data.is_empty() && !cipher.is_ccm() { 0 } else { context.update(&mut out, data)? };
        let mut rest = 0;
        // SAFETY: the buffer is a block longer than the data.
        done(unsafe { sys::EVP_CipherFinal_ex(context.raw(), out.get_mut(len..)?.as_mut_ptr(), &mut rest) })?;
        len += usize::try_from(rest).ok()?;
        context.control(sys::EVP_CTRL_AEAD_GET_TAG, self.tag_length, out.get_mut(len..len + self.tag_length)?.as_mut_ptr())?;
        out.truncate(len + self.tag_length);
        Some(out)
    }

    /// The reverse; `None` where the tag is wrong.
    pub(in crate::host::crypto) fn open(&self, cipher: Cipher, sealed: &[u8]) -> Option<Secret> {
        let (data, tag) = sealed.split_at_checked(sealed.len().checked_sub(self.tag_length)?)?;
        let context = self.begin(cipher, false, Some(tag), data.len())?;
        let mut out = Zeroizing::new(vec![0; data.len() + 32]);
        let mut len = if data.is_empty() && !cipher.is_ccm() { 0 } else { context.update(&mut out, data)? };
        // CCM has checked its tag already.
        if !cipher.is_ccm() {
            let mut rest = 0;
            // SAFETY: the buffer is a block longer than the data.
            done(unsafe { sys::EVP_CipherFinal_ex(context.raw(), out.get_mut(len..)?.as_mut_ptr(), &mut rest) })?;
            len += usize::try_from(rest).ok()?;
        }
        out.truncate(len);
        Some(out)
    }
}

/// The stream of ChaCha20 over data, from one of its blocks of 64 bytes on.
pub(in crate::host::crypto) fn chacha20(key: &[u8; 32], nonce: &[u8; 12], block: u32, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0; data.len()];
    // SAFETY: as much is written as is read.
    unsafe { sys::CRYPTO_chacha_20(out.as_mut_ptr(), data.as_ptr(), data.len(), key.as_ptr(), nonce.as_ptr(), block) };
    out
}

/// The library's form of an AES key; wiped when it is dropped.
struct AesKey(sys::AES_KEY);

impl AesKey {
    fn new(key: &[u8], encrypt: bool) -> Option<Self> {
        let mut made = std::mem::MaybeUninit::<sys::AES_KEY>::zeroed();
        let bits = u32::try_from(key.len() * 8).ok()?;
        // SAFETY: the key is as long as its bits say; zeros are a valid value of the plain structure.
        unsafe {
            let set = if encrypt { sys::AES_set_encrypt_key } else { sys::AES_set_decrypt_key };
            (set(key.as_ptr(), bits, made.as_mut_ptr()) == 0).then(|| Self(made.assume_init()))
        }
    }
}

impl Drop for AesKey {
    fn drop(&mut self) {
        // SAFETY: the structure is plain.
        unsafe { sys::OPENSSL_cleanse((&raw mut self.0).cast(), size_of::<sys::AES_KEY>()) };
    }
}

/// AES key wrap (RFC 3394), or with padding (RFC 5649), which has its own vector.
pub(in crate::host::crypto) fn wrap_key(key: &[u8], iv: Option<&[u8; 8]>, data: &[u8]) -> Option<Secret> {
    let key = AesKey::new(key, true)?;
    let mut out = Zeroizing::new(vec![0; data.len() + 16]);
    // SAFETY: there is room for a block more than is read.
    let len = unsafe {
        match iv {
            Some(iv) => usize::try_from(sys::AES_wrap_key(&key.0, iv.as_ptr(), out.as_mut_ptr(), data.as_ptr(), data.len())).ok()?,
            None => {
                let mut len = 0;
                done(sys::AES_wrap_key_padded(&key.0, out.as_mut_ptr(), &mut len, out.len(), data.as_ptr(), data.len()))?;
                len
            }
        }
    };
    out.truncate(len);
    Some(out)
}

/// The reverse; `None` where the data is not a wrapped key.
pub(in crate::host::crypto) fn unwrap_key(key: &[u8], iv: Option<&[u8; 8]>, data: &[u8]) -> Option<Secret> {
    let key = AesKey::new(key, false)?;
    let mut out = Zeroizing::new(vec![0; data.len() + 16]);
    // SAFETY: there is room for more than is read.
    let len = unsafe {
        match iv {
            Some(iv) => usize::try_from(sys::AES_unwrap_key(&key.0, iv.as_ptr(), out.as_mut_ptr(), data.as_ptr(), data.len())).ok()?,
            None => {
                let mut len = 0;
                done(sys::AES_unwrap_key_padded(&key.0, out.as_mut_ptr(), &mut len, out.len(), data.as_ptr(), data.len()))?;
                len
            }
        }
    };
    out.truncate(len);
    Some(out)
}
