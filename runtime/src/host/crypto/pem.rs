//! PEM around a key. The label says which form is inside. Text around it is passed over, as are blocks that hold no key (the parameters
//! of a curve, which OpenSSL writes before its key).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::contract::{Cipher, KeyForm};
use super::encrypted;
use super::error::{CryptoError, ErrorKind};
use super::key::Key;
use super::lc::Secret;

/// A block: its label, the headers of one that is encrypted the old way, and what it holds.
pub(super) struct Block<'a> {
    label: &'a str,
    headers: Vec<&'a str>,
    der: Secret,
}

const PRIVATE: [&str; 4] = ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];
const PUBLIC: [&str; 5] = ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// The first block with a key of the requested kind. A private key serves as a public one too.
pub(super) fn find(text: &[u8], public: bool) -> Option<Block<'_>> {
    let mut rest = str::from_utf8(text).ok()?;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once(&format!("-----END {label}-----"))?;
        if PRIVATE.contains(&label) || (public && PUBLIC.contains(&label)) {
            return read_block(label, body);
        }
        rest = after;
    }
    None
}

/// Keys that travel through env vars and JSON come with blanks around their lines, and lines of any length.
fn read_block<'a>(label: &'a str, body: &'a str) -> Option<Block<'a>> {
    let (headers, lines): (Vec<&str>, Vec<&str>) = body.lines().map(str::trim).partition(|line| line.contains(':'));
    let digits = Secret::new(lines.concat().bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    let der = Secret::new(STANDARD.decode(&*digits).ok()?);
    Some(Block { label, headers, der })
}

impl Block<'_> {
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// What is encrypted in it, if it is encrypted by a password of PKCS #5.
    pub(super) fn encrypted_pkcs8(&self) -> Option<&[u8]> {
        (self.label == "ENCRYPTED PRIVATE KEY").then_some(&self.der)
    }
}

pub(super) fn read(text: &[u8], public: bool, passphrase: Option<&[u8]>) -> Result<Key, CryptoError> {
    let block = find(text, public).ok_or(ErrorKind::Unsupported)?;
    let form = match block.label {
        "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" => KeyForm::Pkcs8,
        "PUBLIC KEY" => KeyForm::Spki,
        "RSA PRIVATE KEY" | "RSA PUBLIC KEY" => KeyForm::Pkcs1,
        "EC PRIVATE KEY" => KeyForm::Sec1,
        _ => return Key::certified(&block.der),
    };
    let missing = || CryptoError::from(ErrorKind::PassphraseMissingPem);
    let old = block.headers.iter().find_map(|header| header.strip_prefix("DEK-Info:"));
    let read = if let Some(old) = old {
        Key::from_der(form, &encrypted::open_old(old.trim(), &block.der, passphrase.ok_or_else(missing)?)?)
    } else if let Some(sealed) = block.encrypted_pkcs8() {
        Key::from_der(form, &encrypted::open(sealed, passphrase.ok_or_else(missing)?)?)
    } else {
        Key::from_der(form, &block.der)
    };
    // What a wrong password decrypts is no key once in a while.
    match read {
        Err(_) if old.is_some() || block.encrypted_pkcs8().is_some() => Err(ErrorKind::BadDecrypt.into()),
        Err(_) if form == KeyForm::Pkcs8 => Err(ErrorKind::Unsupported.into()),
        read => read,
    }
}

/// With a cipher and a password: encrypted, PKCS #8 as PKCS #5 has it, the other forms the old way.
pub(super) fn write(key: &Key, form: KeyForm, sealed: Option<(Cipher, &[u8])>) -> Result<Secret, CryptoError> {
    let label = match (form, key.private) {
        (KeyForm::Pkcs8, _) => "PRIVATE KEY",
        (KeyForm::Spki, _) => "PUBLIC KEY",
        (KeyForm::Pkcs1, true) => "RSA PRIVATE KEY",
        (KeyForm::Pkcs1, false) => "RSA PUBLIC KEY",
        (KeyForm::Sec1, _) => "EC PRIVATE KEY",
    };
    let der = key.to_der(form)?;
    match sealed {
        None => Ok(armoured(label, "", &der)),
        Some((cipher, password)) if form == KeyForm::Pkcs8 => {
            Ok(armoured("ENCRYPTED PRIVATE KEY", "", &encrypted::seal(&der, cipher, password)?))
        }
        Some((cipher, password)) => {
            let (headers, der) = encrypted::seal_old(&der, cipher, password)?;
            Ok(armoured(label, &headers, &der))
        }
    }
}

fn armoured(label: &str, headers: &str, der: &[u8]) -> Secret {
    let digits = Secret::new(STANDARD.encode(der).into_bytes());
    let mut text = Secret::new(format!("-----BEGIN {label}-----\n{headers}").into_bytes());
    for line in digits.chunks(64) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}
