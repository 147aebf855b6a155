//! What can go wrong with a request.

use std::fmt;

/// Why there is no answer, or none that can be used. An answer with a status such as 404 is no error until [`Response::success`](super::Response::success) makes it one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// A code: of Node.js (`ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT` ...), `ERR_ACCESS_DENIED` for what the hook may not call,
    /// `ERR_HOOK_LIMIT` for a limit that was crossed, `ERR_STATUS` for a status that is no success, `ERR_JSON` for a body that is not the JSON
    /// that was expected, `ERR_TEXT` for one that is no text.
    pub code: String,
    /// A sentence for people. It has no value of a body or a header.
    pub message: String,
}

impl Error {
    /// An error of a code and a message, to be set as an answer in a test or for a failure of the hook's own.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// Whether the hook may not call that host.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.code == "ERR_ACCESS_DENIED"
    }

    /// Whether a limit was crossed.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.code == "ERR_HOOK_LIMIT"
    }
}

/// The message, with the code where the message does not say it.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.contains(&self.code) { f.write_str(&self.message) } else { write!(f, "{} ({})", self.message, self.code) }
    }
}

impl std::error::Error for Error {}

impl From<Error> for String {
    fn from(error: Error) -> Self {
        error.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_shown_once() {
        assert_eq!(Error::new("ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:80").to_string(), "connect ECONNREFUSED 192.0.2.1:80");
        let limit = Error::new("ERR_HOOK_LIMIT", "there are too many calls: the limit is 20 (egress.calls)");
        assert_eq!(limit.to_string(), "there are too many calls: the limit is 20 (egress.calls) (ERR_HOOK_LIMIT)");
        assert!(limit.is_limit() && !limit.is_refusal());
    }
}
