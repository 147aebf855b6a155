//! AES in the three modes that Node programs use. GCM carries its tag at the end of the data, both ways.

use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;
use aes_gcm::aead::array::ArraySize;
use aes_gcm::aead::consts::{U8, U12, U16, U32};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, StreamCipher, consts};

use super::error::CryptoError;
use super::request::{Aes, AesMode};

/// Bytes of a block, of a CBC or CTR initialization vector and of a GCM tag. Shorter tags are easier to forge and are not taken.
const BLOCK: usize = 16;

/// What to encrypt or decrypt, and with what.
struct Task<'a> {
    key: &'a [u8],
    iv: &'a [u8],
    data: &'a [u8],
    additional: &'a [u8],
    encrypt: bool,
    padding: bool,
}

pub(super) fn aes(header: &Aes, [key, iv, data, additional]: [&[u8]; 4]) -> Result<Vec<u8>, CryptoError> {
    let task = Task { key, iv, data, additional, encrypt: header.encrypt, padding: header.padding.unwrap_or(true) };
    if let (AesMode::Gcm, Some(length)) = (header.mode, header.tag_length)
        && length as usize != BLOCK
    {
        return Err(CryptoError::TagLength(length));
    }
    match key.len() {
        16 => with_cipher::<Aes128>(header.mode, &task),
        24 => with_cipher::<Aes192>(header.mode, &task),
        32 => with_cipher::<Aes256>(header.mode, &task),
        _ => Err(CryptoError::KeyLength),
    }
}

trait Cipher: BlockCipherEncrypt<BlockSize = consts::U16> + BlockCipherDecrypt<BlockSize = consts::U16> + KeyInit {}
impl Cipher for Aes128 {}
impl Cipher for Aes192 {}
impl Cipher for Aes256 {}

fn with_cipher<C: Cipher>(mode: AesMode, task: &Task<'_>) -> Result<Vec<u8>, CryptoError> {
    match mode {
        AesMode::Gcm => gcm::<C>(task),
        _ if task.iv.len() != BLOCK => Err(CryptoError::Nonce),
        AesMode::Cbc => cbc::<C>(task),
        AesMode::Ctr => ctr::<C>(task),
    }
}

/// The nonce's length is part of the cipher's type, so the usual ones are listed.
fn gcm<C: Cipher>(task: &Task<'_>) -> Result<Vec<u8>, CryptoError> {
    match task.iv.len() {
        8 => gcm_with_nonce::<C, U8>(task),
        12 => gcm_with_nonce::<C, U12>(task),
        16 => gcm_with_nonce::<C, U16>(task),
        32 => gcm_with_nonce::<C, U32>(task),
        _ => Err(CryptoError::Nonce),
    }
}

fn gcm_with_nonce<C: Cipher, N: ArraySize>(task: &Task<'_>) -> Result<Vec<u8>, CryptoError> {
    let cipher = AesGcm::<C, N>::new_from_slice(task.key).map_err(|_| CryptoError::KeyLength)?;
    let nonce = task.iv.try_into().map_err(|_| CryptoError::Nonce)?;
    let payload = Payload { msg: task.data, aad: task.additional };
    if task.encrypt {
        return cipher.encrypt(nonce, payload).map_err(|_| CryptoError::Failed("encryption"));
    }
    cipher.decrypt(nonce, payload).map_err(|_| CryptoError::Unauthentic)
}

fn cbc<C: Cipher>(task: &Task<'_>) -> Result<Vec<u8>, CryptoError> {
    let filled_up = task.encrypt && task.padding;
    if !(filled_up || task.data.len().is_multiple_of(BLOCK)) {
        return Err(CryptoError::BlockLength);
    }
    if task.encrypt {
        let cipher = cbc::Encryptor::<C>::new_from_slices(task.key, task.iv).map_err(|_| CryptoError::KeyLength)?;
        return Ok(match task.padding {
            true => cipher.encrypt_padded_vec::<Pkcs7>(task.data),
            false => cipher.encrypt_padded_vec::<NoPadding>(task.data),
        });
    }
    let cipher = cbc::Decryptor::<C>::new_from_slices(task.key, task.iv).map_err(|_| CryptoError::KeyLength)?;
    match task.padding {
        // An empty text has no padding: a block is missing.
        true if task.data.is_empty() => Err(CryptoError::BlockLength),
        true => cipher.decrypt_padded_vec::<Pkcs7>(task.data).map_err(|_| CryptoError::Padding),
        false => cipher.decrypt_padded_vec::<NoPadding>(task.data).map_err(|_| CryptoError::BlockLength),
    }
}

fn ctr<C: Cipher>(task: &Task<'_>) -> Result<Vec<u8>, CryptoError> {
    let mut cipher = ctr::Ctr128BE::<C>::new_from_slices(task.key, task.iv).map_err(|_| CryptoError::KeyLength)?;
    let mut data = task.data.to_vec();
    cipher.try_apply_keystream(&mut data).map_err(|_| CryptoError::Failed("encryption"))?;
    Ok(data)
}
