//! PEM (RFC 7468) around a key. The label says which form is inside; text before it, as OpenSSL writes it, is passed over.

use pkcs8::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

use super::error::CryptoError;
use super::key::Key;
use super::request::KeyForm;

pub(super) fn read(form: Option<KeyForm>, text: &[u8]) -> Result<Key, CryptoError> {
    // Keys that travel through env vars and JSON come with blanks around their lines.
    let text = str::from_utf8(text).map_err(|_| CryptoError::Key("it is not PEM"))?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = Zeroizing::new(lines.join("\n"));
    let (label, der) = pem::decode_vec(text.as_bytes()).map_err(|_| CryptoError::Key("it is not PEM"))?;
    let der = Zeroizing::new(der);
    let labelled = match label {
        "PRIVATE KEY" => KeyForm::Pkcs8,
        "PUBLIC KEY" => KeyForm::Spki,
        "RSA PRIVATE KEY" | "RSA PUBLIC KEY" => KeyForm::Pkcs1,
        "EC PRIVATE KEY" => KeyForm::Sec1,
        "CERTIFICATE" if form.is_none() => return Key::from_certificate(&der),
        "ENCRYPTED PRIVATE KEY" => return Err(CryptoError::Key("it is encrypted, which is not available")),
        _ => return Err(CryptoError::Key("its PEM label is not that of a key")),
    };
    if form.is_some_and(|form| form != labelled) {
        return Err(CryptoError::Key("its PEM label is not that of its type"));
    }
    Key::from_der(Some(labelled), &der)
}

pub(super) fn write(key: &Key, form: KeyForm) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let label = match (form, key) {
        (KeyForm::Pkcs8, _) => "PRIVATE KEY",
        (KeyForm::Spki, _) => "PUBLIC KEY",
        (KeyForm::Pkcs1, Key::Private(_)) => "RSA PRIVATE KEY",
        (KeyForm::Pkcs1, Key::Public(_)) => "RSA PUBLIC KEY",
        (KeyForm::Sec1, _) => "EC PRIVATE KEY",
    };
    let text = pem::encode_string(label, LineEnding::LF, &key.to_der(form)?).map_err(|_| CryptoError::KeyType("PEM"))?;
    Ok(Zeroizing::new(text.into_bytes()))
}
