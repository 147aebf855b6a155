//! Whether a function in JavaScript is short enough for the place that it is deployed to, said before it is.

use anyhow::Result;

use crate::exit::Problem;
use crate::login;
use crate::output;

/// The most bytes that a server takes unless it is set otherwise (`limits.source_bytes`).
const MOST_BYTES: usize = 1 << 20;
/// Where OneLogin's own API is.
/// The most characters that it takes.
const ONELOGIN_CHARACTERS: usize = 20_000;
const ONELOGIN: &str = ".onelogin.com";

/// What there is to say about a source's length.
#[derive(Debug, PartialEq, Eq)]
enum Length {
    Fits,
    /// It is for some servers.
    Warning(String),
    TooLong(String),
}

/// Refuses a function that will be refused when it is deployed, and warns of one that may be.
///
/// # Errors
/// It is too long.
pub(crate) fn check(function: &[u8]) -> Result<()> {
    if function.starts_with(b"\0asm") {
        return Ok(());
    }
    match judge(function, login::destination().as_deref()) {
        Length::Fits => Ok(()),
        Length::Warning(text) => output::note(&format!("warning: {text}")),
        Length::TooLong(text) => Err(Problem::Usage(text).into()),
    }
}

fn judge(function: &[u8], destination: Option<&str>) -> Length {
    let characters = String::from_utf8_lossy(function).chars().count();
    let onelogin = ONELOGIN_CHARACTERS;
    let is_onelogins =
        |url: &&str| url.split("://").last().and_then(|rest| rest.split(['/', ':']).next()).is_some_and(|host| host.ends_with(ONELOGIN));
    match destination.filter(is_onelogins) {
        Some(url) if characters > onelogin => {
            Length::TooLong(format!("the function has {characters} characters, and {url} takes {onelogin}"))
        }
        None if function.len() > MOST_BYTES => Length::TooLong(format!(
            "the function has {} bytes, and a server takes {MOST_BYTES} bytes of JavaScript unless its limits.source_bytes says otherwise",
            function.len()
        )),
        None if characters > onelogin => {
            Length::Warning(format!("the function has {characters} characters; OneLogin, and strict accounts of Hookbox, take {onelogin}"))
        }
        _ => Length::Fits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_that_of_the_destination() {
        let length = |source: &str, url| judge(source.as_bytes(), url);
        let (short, long, longest) = ("é".repeat(20_000), "é".repeat(20_001), "x".repeat(MOST_BYTES + 1));
        for url in [None, Some("http://127.0.0.1:8080"), Some("https://api.us.onelogin.com.example"), Some("https://x.onelogin.com/")] {
            assert_eq!(length(&short, url), Length::Fits);
        }
        for url in ["https://api.us.onelogin.com", "https://acme.onelogin.com:443/x"] {
            assert!(matches!(length(&long, Some(url)), Length::TooLong(text) if text.contains("20001 characters") && text.contains(url)));
        }
        for url in [None, Some("http://127.0.0.1:8080"), Some("https://api.us.onelogin.com.example")] {
            assert!(matches!(length(&long, url), Length::Warning(text) if text.contains("20001 characters") && text.contains("OneLogin")));
            assert!(matches!(length(&longest, url), Length::TooLong(text) if text.contains("1048577 bytes")));
        }
    }
}
