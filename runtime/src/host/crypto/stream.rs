//! A message in pieces. The state between two of them is bytes that the guest keeps, so that a cipher that was begun while a hook was
//! deployed goes on in each of its executions, and nothing is held here. What it consists of:
//!
//! * `cbc` and `ecb`: the block before (none with `ecb`), then the data that is less than a block, or that may be the last;
//! * `cfb`, `cfb8` and `ofb`: the shift register, then the data of a block that is under way;
//! * `ctr` and `gcm`: the counter, then how many bytes of its block are used up;
//! * `chacha20-poly1305`: the nonce, then how many bytes are done.

use super::cipher::{self, BLOCK, Mode};
use super::contract::{Cipher, CipherFinal, CipherStart, CipherUpdate, ErrorKind};
use super::error::CryptoError;
use super::lc::{self, Secret};

/// The state that a message begins with.
pub(super) fn start(header: &CipherStart, [key, iv]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    cipher::check_start(header, [key, iv])?;
    Ok(Secret::new(match header.cipher.mode() {
        Mode::Cbc | Mode::Cfb | Mode::Cfb8 | Mode::Ofb => iv.to_vec(),
        Mode::Ctr => [iv, &[0]].concat(),
        Mode::Gcm => [&first_counter(header.cipher, key, iv)?[..], &[0]].concat(),
        Mode::ChaCha => [cipher::nonce(header.cipher, iv).as_slice(), &[0; 8]].concat(),
        Mode::Ecb | Mode::Ccm | Mode::Wrap | Mode::WrapPad => Vec::new(),
    }))
}

/// The counter of the first block of text. A vector of another length than 12 is hashed into it, which only GCM itself does: what it makes
/// of a block of zeros is the counter encrypted.
fn first_counter(cipher: Cipher, key: &[u8], iv: &[u8]) -> Result<[u8; BLOCK], CryptoError> {
    if let Ok(short) = <[u8; 12]>::try_from(iv) {
        let mut counter = [0; BLOCK];
        counter.iter_mut().zip(short.iter().chain(&[0, 0, 0, 2])).for_each(|(to, from)| *to = *from);
        return Ok(counter);
    }
    let sealed = lc::Aead { key, iv, additional: &[], tag_length: BLOCK }.seal(cipher, &[0; BLOCK]).ok_or(ErrorKind::Failed)?;
    let block = sealed.get(..BLOCK).ok_or(ErrorKind::Failed)?;
    let counter = cipher::plain(Cipher::aes(Mode::Ecb, key.len())?, false, [key, &[], block], false)?;
    counter.as_slice().try_into().map_err(|_| ErrorKind::Failed.into())
}

/// What is to be given out now, and the state after it.
pub(super) fn update(header: &CipherUpdate, [key, state, data]: [&[u8]; 3]) -> Result<(Secret, Secret), CryptoError> {
    let cipher = header.cipher;
    if key.len() != cipher.key_length() {
        return Err(ErrorKind::KeyLength.into());
    }
    match cipher.mode() {
        Mode::Cbc | Mode::Ecb => blocks(header, [key, state, data]),
        Mode::Cfb | Mode::Ofb => register(cipher, header.encrypt, [key, state, data]),
        Mode::Cfb8 => shifted(cipher, header.encrypt, [key, state, data]),
        Mode::Ctr => counted(cipher, [key, state, data], u128::MAX),
        Mode::Gcm => counted(Cipher::aes(Mode::Ctr, key.len())?, [key, state, data], u32::MAX.into()),
        Mode::ChaCha => chacha([key, state, data]),
        Mode::Ccm | Mode::Wrap | Mode::WrapPad => Err(CryptoError::malformed("this cipher takes whole messages")),
    }
}

fn split(state: &[u8], at: usize) -> Result<(&[u8], &[u8]), CryptoError> {
    state.split_at_checked(at).ok_or_else(|| CryptoError::malformed("its state is cut off"))
}

fn joined(parts: &[&[u8]]) -> Secret {
    Secret::new(parts.concat())
}

/// The vector's part of a state of block by block.
fn chained(cipher: Cipher) -> usize {
    if cipher.mode() == Mode::Ecb { 0 } else { cipher.block() }
}

fn blocks(header: &CipherUpdate, [key, state, data]: [&[u8]; 3]) -> Result<(Secret, Secret), CryptoError> {
    let (cipher, block) = (header.cipher, header.cipher.block());
    let (before, held) = split(state, chained(cipher))?;
    let all = joined(&[held, data]);
    // With padding, the last block that is decrypted is not known to be the last until the end.
    let held_back = header.padding.unwrap_or(true) && !header.encrypt && all.len().is_multiple_of(block) && !all.is_empty();
    let kept = if held_back { block } else { all.len() % block };
    let (now, later) = split(&all, all.len() - kept)?;
    if now.is_empty() {
        return Ok((joined(&[before, later]), Secret::default()));
    }
    let out = cipher::plain(cipher, header.encrypt, [key, before, now], false)?;
    let ciphertext = if header.encrypt { out.as_slice() } else { now };
    let (_, before) = split(ciphertext, ciphertext.len() - chained(cipher))?;
    Ok((joined(&[before, later]), out))
}

/// The stream of a block depends on the ciphertext (cfb) or the stream (ofb) of the block before.
fn register(cipher: Cipher, encrypt: bool, [key, state, data]: [&[u8]; 3]) -> Result<(Secret, Secret), CryptoError> {
    let (before, under_way) = split(state, BLOCK)?;
    let all = joined(&[under_way, data]);
    let out = cipher::plain(cipher, encrypt, [key, before, &all], false)?;
    let whole = all.len() - all.len() % BLOCK;
    let next: Vec<u8> = match whole.checked_sub(BLOCK) {
        None => before.to_vec(),
        Some(last) => {
            let (given, made) = (all.get(last..whole).unwrap_or_default(), out.get(last..whole).unwrap_or_default());
            match cipher.mode() {
                Mode::Ofb => given.iter().zip(made).map(|(a, b)| a ^ b).collect(),
                _ if encrypt => made.to_vec(),
                _ => given.to_vec(),
            }
        }
    };
    let state = joined(&[&next, all.get(whole..).unwrap_or_default()]);
    Ok((state, joined(&[out.get(under_way.len()..).unwrap_or_default()])))
}

fn shifted(cipher: Cipher, encrypt: bool, [key, state, data]: [&[u8]; 3]) -> Result<(Secret, Secret), CryptoError> {
    let (before, _) = split(state, BLOCK)?;
    let out = cipher::plain(cipher, encrypt, [key, before, data], false)?;
    let ciphertext = if encrypt { out.as_slice() } else { data };
    let passed = joined(&[before, ciphertext]);
    Ok((joined(&[split(&passed, passed.len() - BLOCK)?.1]), out))
}

/// The counter's bits in the mask count, and begin again at zero where they run over.
fn counted(cipher: Cipher, [key, state, data]: [&[u8]; 3], mask: u128) -> Result<(Secret, Secret), CryptoError> {
    let (counter, used) = split(state, BLOCK)?;
    let used = used.first().map_or(0, |used| usize::from(*used));
    if used >= BLOCK {
        return Err(CryptoError::malformed("its state is no counter"));
    }
    let mut counter = u128::from_be_bytes(counter.try_into().map_err(|_| ErrorKind::Iv)?);
    let after = |counter: u128, blocks: usize| (counter & !mask) | (counter.wrapping_add(blocks as u128) & mask);
    let all = joined(&[&vec![0; used], data]);
    let mut out = Secret::default();
    let mut rest = all.as_slice();
    while !rest.is_empty() {
        let room = usize::try_from((mask - (counter & mask)).saturating_add(1)).unwrap_or(usize::MAX);
        let (now, later) = split(rest, room.saturating_mul(BLOCK).min(rest.len()))?;
        out.extend_from_slice(&cipher::plain(cipher, true, [key, &counter.to_be_bytes(), now], false)?);
        counter = after(counter, now.len() / BLOCK);
        rest = later;
    }
    let state = joined(&[&counter.to_be_bytes(), &[(all.len() % BLOCK) as u8]]);
    Ok((state, joined(&[out.get(used..).unwrap_or_default()])))
}

/// Block 0 of the stream is the key of the tag.
fn chacha([key, state, data]: [&[u8]; 3]) -> Result<(Secret, Secret), CryptoError> {
    let (nonce, done) = split(state, 12)?;
    let cut = || CryptoError::malformed("its state is cut off");
    let done = u64::from_le_bytes(done.try_into().map_err(|_| cut())?);
    let used = (done % 64) as usize;
    let block = u32::try_from(done / 64 + 1).map_err(|_| ErrorKind::Failed)?;
    let all = joined(&[&vec![0; used], data]);
    let out = lc::chacha20(key.try_into().map_err(|_| ErrorKind::KeyLength)?, nonce.try_into().map_err(|_| cut())?, block, &all);
    let state = joined(&[nonce, &done.saturating_add(data.len() as u64).to_le_bytes()]);
    Ok((state, joined(&[out.get(used..).unwrap_or_default()])))
}

/// The rest of a message.
pub(super) fn finish(header: &CipherFinal, [key, state]: [&[u8]; 2]) -> Result<Secret, CryptoError> {
    let cipher = header.cipher;
    if key.len() != cipher.key_length() {
        return Err(ErrorKind::KeyLength.into());
    }
    if !matches!(cipher.mode(), Mode::Cbc | Mode::Ecb) {
        return Ok(Secret::default());
    }
    let (before, held) = split(state, chained(cipher))?;
    let padding = header.padding.unwrap_or(true);
    if held.is_empty() && !padding {
        return Ok(Secret::default());
    }
    cipher::plain(cipher, header.encrypt, [key, before, held], padding)
}
