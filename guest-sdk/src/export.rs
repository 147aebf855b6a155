//! What the expansion of `#[hook]` calls: JSON in, the author's function, JSON out.
//!
//! Public because the expansion lies in the author's crate, hidden because nobody else should lean on it. The export itself
//! exists on wasm32 only; decoding and encoding are the same on every target, so they are tested natively.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::without_value;

#[cfg(target_arch = "wasm32")]
pub use crate::host::bindings;

/// Decodes the context.
///
/// # Errors
/// Names the place and what was expected there, and never the value that was found: the message is kept in the log, and
/// a context may hold a password.
pub fn decode<C: DeserializeOwned>(context: &str) -> Result<C, String> {
    serde_json::from_str(context).map_err(|error| format!("this hook cannot read the context: {}", without_value(&error)))
}

fn encode<R: Serialize>(response: &R) -> Result<String, String> {
    serde_json::to_string(response).map_err(|error| format!("the response cannot be written as JSON: {error}"))
}

/// What the author's function returned.
///
/// A `Result` has an inherent `encode`, everything else gets the trait's: Rust prefers the inherent method, so `Ok` and
/// `Err` are told apart by type, also behind an alias such as `anyhow::Result`, although `Result` itself is `Serialize`.
pub struct Returned<R>(pub R);

impl<T: Serialize, E: Display> Returned<Result<T, E>> {
    /// The response, or the author's error with its causes where the error prints them for `{:#}`.
    ///
    /// # Errors
    /// The author's error, or that the response is not JSON.
    pub fn encode(self) -> Result<String, String> {
        match self.0 {
            Ok(response) => encode(&response),
            Err(error) => Err(format!("{error:#}")),
        }
    }
}

/// See [`Returned`].
pub trait EncodeResponse {
    /// The response as JSON.
    ///
    /// # Errors
    /// The response is not JSON, a map with keys that are not strings for example.
    fn encode(self) -> Result<String, String>;
}

impl<R: Serialize> EncodeResponse for Returned<R> {
    fn encode(self) -> Result<String, String> {
        encode(&self.0)
    }
}

/// Sends a panic's message to the hook's log. Without it a panic on this target ends in a bare `unreachable`.
#[cfg(target_arch = "wasm32")]
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| crate::log::write(crate::log::Level::Error, &panic.to_string())));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::pre_authentication::Context;

    #[test]
    fn a_decode_error_names_the_place_and_not_the_value() {
        let context = r#"{"user": {"user_identifier": "ada", "policy_id": 1}, "device": {"is_mobile": "hunter2, expected x"}}"#;
        let error = decode::<Context>(context).expect_err("a string is not a bool");
        assert!(!error.contains("hunter2"), "{error}");
        assert!(error.contains("expected a boolean at line 1 column"), "{error}");

        let nested = decode::<Context>(r#"{"user": {"user_identifier": "ada", "policy_id": "hunter2"}}"#).expect_err("not a number");
        assert!(!nested.contains("hunter2") && nested.contains("expected `policy_id` to be an integer at line 1"), "{nested}");

        let custom = decode::<Vec<std::net::IpAddr>>(r#"["hunter2"]"#).expect_err("not an address");
        assert!(!custom.contains("hunter2") && custom.contains("at line 1"), "{custom}");
    }

    #[test]
    fn a_decode_error_names_a_missing_field() {
        let error = decode::<Context>("{}").expect_err("no user");
        assert!(error.contains("missing field `user`"), "{error}");
        assert!(decode::<Context>("{").expect_err("cut").contains("EOF"));
    }

    #[test]
    fn plain_values_and_results_are_told_apart_by_type() {
        type Alias = Result<u8, &'static str>;
        assert_eq!(Returned(7).encode(), Ok("7".to_owned()));
        assert_eq!(Returned(Alias::Ok(7)).encode(), Ok("7".to_owned()));
        assert_eq!(Returned(Alias::Err("no")).encode(), Err("no".to_owned()));
        assert_eq!(Returned(Some(1)).encode(), Ok("1".to_owned()));
    }

    #[test]
    fn a_response_that_is_not_json_is_an_error() {
        let response = BTreeMap::from([(vec![1], 1)]);
        assert!(Returned(response).encode().expect_err("keys are lists").contains("cannot be written"));
    }
}
