//! The credentials in a request: a client id with its secret, or an access token, in every form that clients in the field send.
//!
//! This module parses them and does not check them.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hookbox_host_api::Secret;

/// Accepts base64 with and without padding, because clients send both.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// A client id and a secret, not yet checked.
#[derive(Debug, PartialEq, Eq)]
pub struct ClientCredentials {
    /// The client id.
    pub id: String,
    /// The secret.
    pub secret: Secret,
}

impl ClientCredentials {
    /// Reads an `Authorization` header: `Basic`, or `client_id:<id>, client_secret:<secret>`.
    pub fn from_header(value: &str) -> Option<Self> {
        basic(value).or_else(|| named(value))
    }
}

fn basic(value: &str) -> Option<ClientCredentials> {
    let encoded = strip_scheme(value, "basic")?;
    let text = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(ClientCredentials { id: id.to_owned(), secret: Secret::new(secret) })
}

/// The secret comes last and may hold commas and colons.
fn named(value: &str) -> Option<ClientCredentials> {
    let (id, secret) = value.split_once(',')?;
    let (id, secret) = (strip_name(id, "client_id")?, strip_name(secret, "client_secret")?);
    Some(ClientCredentials { id: id.to_owned(), secret: Secret::new(secret) })
}

fn strip_name<'a>(part: &'a str, name: &str) -> Option<&'a str> {
    let (found, text) = part.split_once(':')?;
    found.trim().eq_ignore_ascii_case(name).then(|| text.trim())
}

/// Reads an `Authorization` header with an access token: `Bearer t`, or `bearer:t`.
pub(crate) fn bearer(value: &str) -> Option<&str> {
    strip_scheme(value, "bearer")
}

/// What follows the scheme and a blank or a colon.
fn strip_scheme<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = value.trim().split_at_checked(scheme.len())?;
    let rest = rest.strip_prefix([' ', ':', '\t'])?.trim();
    (found.eq_ignore_ascii_case(scheme) && !rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<(String, String)> {
        ClientCredentials::from_header(value).map(|one| (one.id, one.secret.expose().to_owned()))
    }

    #[test]
    fn every_form_of_client_credentials_is_read() {
        let wanted = Some(("abc".to_owned(), "s:e,c".to_owned()));
        let encoded = BASE64.encode("abc:s:e,c");
        for value in [
            format!("Basic {encoded}"),
            format!("basic  {}", encoded.trim_end_matches('=')),
            "client_id:abc, client_secret:s:e,c".to_owned(),
            "Client_Id: abc,CLIENT_SECRET: s:e,c ".to_owned(),
        ] {
            assert_eq!(read(&value), wanted, "{value}");
        }
    }

    #[test]
    fn anything_else_is_nothing() {
        for value in ["", "Basic", "Basic !!!", "Basic YWJj", "client_id:abc", "client_secret:b, client_id:a", "Bearer abc", "Basicabc"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn every_form_of_token_is_read() {
        for value in ["Bearer t.1", "bearer t.1", "BEARER   t.1 ", "bearer:t.1", "Bearer: t.1"] {
            assert_eq!(bearer(value), Some("t.1"), "{value}");
        }
        for value in ["", "Bearer", "Bearer ", "Basic t", "Bearert"] {
            assert_eq!(bearer(value), None, "{value}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", ClientCredentials::from_header("client_id:abc, client_secret:hunter2"));
        assert!(shown.contains("abc") && !shown.contains("hunter2"), "{shown}");
    }
}
