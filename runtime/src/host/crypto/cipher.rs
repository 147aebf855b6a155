//! Ciphers on whole messages: checks key, vector and tag, then encrypts or decrypts. [`super::stream`] handles messages in pieces.

use super::contract::{Cipher, CipherStart, Decrypt, Encrypt, ErrorKind};
use super::error::CryptoError;
use super::lc::{self, Aead, Secret};

/// How a cipher works on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Cbc,
    Ecb,
    Ctr,
    Cfb,
    Cfb8,
    Ofb,
    Gcm,
    Ccm,
    ChaCha,
    Wrap,
    WrapPad,
}

/// Bytes of a block of AES.
pub(super) const BLOCK: usize = 16;
const WHOLE_TAG: usize = 16;

impl Cipher {
    pub(super) fn mode(self) -> Mode {
        match self {
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc | Self::DesEde3Cbc => Mode::Cbc,
            Self::Aes128Ecb | Self::Aes192Ecb | Self::Aes256Ecb | Self::DesEde3Ecb => Mode::Ecb,
            Self::Aes128Ctr | Self::Aes192Ctr | Self::Aes256Ctr => Mode::Ctr,
            Self::Aes128Cfb | Self::Aes192Cfb | Self::Aes256Cfb => Mode::Cfb,
            Self::Aes128Cfb8 | Self::Aes192Cfb8 | Self::Aes256Cfb8 => Mode::Cfb8,
            Self::Aes128Ofb | Self::Aes192Ofb | Self::Aes256Ofb => Mode::Ofb,
            Self::Aes128Gcm | Self::Aes192Gcm | Self::Aes256Gcm => Mode::Gcm,
            Self::Aes128Ccm | Self::Aes192Ccm | Self::Aes256Ccm => Mode::Ccm,
            Self::Chacha20Poly1305 => Mode::ChaCha,
            Self::Aes128Wrap | Self::Aes192Wrap | Self::Aes256Wrap => Mode::Wrap,
            Self::Aes128WrapPad | Self::Aes192WrapPad | Self::Aes256WrapPad => Mode::WrapPad,
        }
    }

    pub(super) fn is_ccm(self) -> bool {
        self.mode() == Mode::Ccm
    }

    /// Bytes of a key.
    pub(super) fn key_length(self) -> usize {
        match self.name() {
            name if name.starts_with("aes-128") => 16,
            name if name.starts_with("aes-192") || name.starts_with("des-ede3") => 24,
            _ => 32,
        }
    }

    /// Bytes of a block.
    pub(super) fn block(self) -> usize {
        if matches!(self, Self::DesEde3Cbc | Self::DesEde3Ecb) { 8 } else { BLOCK }
    }

    fn takes_iv(self, length: usize) -> bool {
        match self.mode() {
            Mode::Ecb => length == 0,
            Mode::Gcm => length >= 1,
            Mode::Ccm => (7..=13).contains(&length),
            Mode::ChaCha => (1..=12).contains(&length),
            Mode::Wrap => length == 8,
            Mode::WrapPad => length == 4,
            _ => length == self.block(),
        }
    }

    fn takes_tag(self, length: u32) -> bool {
        match self.mode() {
            Mode::Gcm => matches!(length, 4 | 8 | 12..=16),
            Mode::Ccm => matches!(length, 4 | 6 | 8 | 10 | 12 | 14 | 16),
            Mode::ChaCha => (1..=16).contains(&length),
            _ => true,
        }
    }

    /// The ECB, CTR or CBC sibling of an AES cipher, by the length of its key.
    pub(super) fn aes(mode: Mode, key_length: usize) -> Result<Self, CryptoError> {
        match (mode, key_length) {
            (Mode::Ecb, 16) => Ok(Self::Aes128Ecb),
            (Mode::Ecb, 24) => Ok(Self::Aes192Ecb),
            (Mode::Ecb, 32) => Ok(Self::Aes256Ecb),
            (Mode::Ctr, 16) => Ok(Self::Aes128Ctr),
            (Mode::Ctr, 24) => Ok(Self::Aes192Ctr),
            (Mode::Ctr, 32) => Ok(Self::Aes256Ctr),
            _ => Err(ErrorKind::KeyLength.into()),
        }
    }
}

/// The vector that key wrapping with padding has.
const WRAP_PAD_IV: [u8; 4] = [0xa6, 0x59, 0x59, 0xa6];

fn check(cipher: Cipher, key: &[u8], iv: &[u8], tag_length: Option<u32>) -> Result<(), CryptoError> {
    if key.len() != cipher.key_length() {
        return Err(ErrorKind::KeyLength.into());
    }
    if !cipher.takes_iv(iv.len()) || (cipher.mode() == Mode::WrapPad && iv != WRAP_PAD_IV) {
        return Err(ErrorKind::Iv.into());
    }
    match tag_length {
        Some(length) if !cipher.takes_tag(length) => {
            Err(CryptoError::saying(ErrorKind::TagLength, format!("Invalid authentication tag length: {length}")))
        }
        _ => Ok(()),
    }
}

/// Checks the key, vector and tag that a cipher is begun with.
pub(super) fn check_start(header: &CipherStart, [key, iv]: [&[u8]; 2]) -> Result<(), CryptoError> {
    check(header.cipher, key, iv, header.tag_length)
}

fn tag_length(asked: Option<u32>) -> usize {
    asked.map_or(WHOLE_TAG, |length| length as usize)
}

/// ChaCha20 fills a short nonce up with zeros in front.
pub(super) fn nonce(cipher: Cipher, iv: &[u8]) -> Vec<u8> {
    let missing = if cipher.mode() == Mode::ChaCha { 12_usize.saturating_sub(iv.len()) } else { 0 };
    [&vec![0; missing], iv].concat()
}

fn wrap_iv(cipher: Cipher, iv: &[u8]) -> Option<&[u8; 8]> {
    if cipher.mode() == Mode::Wrap { iv.try_into().ok() } else { None }
}

pub(super) fn encrypt(header: &Encrypt, [key, iv, data, additional]: [&[u8]; 4]) -> Result<Secret, CryptoError> {
    let cipher = header.cipher;
    check(cipher, key, iv, header.tag_length)?;
    match cipher.mode() {
        Mode::Gcm | Mode::Ccm | Mode::ChaCha => {
            let iv = &nonce(cipher, iv);
            let aead = Aead { key, iv, additional, tag_length: tag_length(header.tag_length) };
            aead.seal(cipher, data).ok_or_else(|| ErrorKind::Failed.into())
        }
        Mode::Wrap | Mode::WrapPad => lc::wrap_key(key, wrap_iv(cipher, iv), data).ok_or_else(|| ErrorKind::Wrap.into()),
        Mode::Ctr => counted(cipher, [key, iv, data], header.counter_bits),
        _ => plain(cipher, true, [key, iv, data], header.padding.unwrap_or(true)),
    }
}

pub(super) fn decrypt(header: &Decrypt, [key, iv, data, additional]: [&[u8]; 4]) -> Result<Secret, CryptoError> {
    let cipher = header.cipher;
    check(cipher, key, iv, header.tag_length)?;
    match cipher.mode() {
        Mode::Gcm | Mode::Ccm | Mode::ChaCha => {
            let iv = &nonce(cipher, iv);
            let aead = Aead { key, iv, additional, tag_length: tag_length(header.tag_length) };
            aead.open(cipher, data).ok_or_else(|| ErrorKind::Unauthentic.into())
        }
        Mode::Wrap | Mode::WrapPad => lc::unwrap_key(key, wrap_iv(cipher, iv), data).ok_or_else(|| ErrorKind::Wrap.into()),
        Mode::Ctr => counted(cipher, [key, iv, data], header.counter_bits),
        _ => plain(cipher, false, [key, iv, data], header.padding.unwrap_or(true)),
    }
}

/// A cipher that does not authenticate, on a message that is whole blocks unless padding fills it up.
pub(super) fn plain(cipher: Cipher, encrypt: bool, [key, iv, data]: [&[u8]; 3], padding: bool) -> Result<Secret, CryptoError> {
    let blocks = matches!(cipher.mode(), Mode::Cbc | Mode::Ecb);
    let fits = data.len().is_multiple_of(cipher.block()) && !(padding && !encrypt && data.is_empty());
    if blocks && !(fits || (padding && encrypt)) {
        return Err(ErrorKind::WrongFinalBlockLength.into());
    }
    lc::run(cipher, encrypt, [key, iv, data], padding).ok_or_else(|| ErrorKind::BadDecrypt.into())
}

/// Counter mode where only some low bits of the block count, as WebCrypto has it: they begin again at zero where they run over.
fn counted(cipher: Cipher, [key, iv, data]: [&[u8]; 3], bits: Option<u32>) -> Result<Secret, CryptoError> {
    let bits = bits.unwrap_or(128);
    if !(1..=128).contains(&bits) {
        return Err(CryptoError::too_much("length", 128, "bits of the counter"));
    }
    let counter = u128::from_be_bytes(iv.try_into().map_err(|_| ErrorKind::Iv)?);
    let mask = if bits == 128 { u128::MAX } else { (1 << bits) - 1 };
    let until_it_runs_over = (mask - (counter & mask)).saturating_add(1);
    if data.len().div_ceil(BLOCK) as u128 > mask.saturating_add(1) {
        return Err(ErrorKind::Failed.into());
    }
    let first = usize::try_from(until_it_runs_over).unwrap_or(usize::MAX).saturating_mul(BLOCK).min(data.len());
    let (before, after) = data.split_at_checked(first).unwrap_or((data, &[]));
    let mut out = plain(cipher, true, [key, iv, before], false)?;
    if !after.is_empty() {
        let begun_again = (counter & !mask).to_be_bytes();
        out.extend_from_slice(&plain(cipher, true, [key, &begun_again, after], false)?);
    }
    Ok(out)
}
