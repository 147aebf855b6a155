//! An answer, and how it is read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Error;
use crate::json::without_value;

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 200 to 999.
    pub status: u16,
    /// Names in lower case and values, in the order of the answer; a character is a byte (ISO 8859-1).
    pub headers: Vec<(String, String)>,
    /// The whole body, unpacked.
    pub body: Vec<u8>,
    /// The URL that answered, which is another than the request's after a redirect.
    pub url: String,
}

impl Response {
    /// An answer with a status and nothing else, for `testing::answer_http`. Its URL is that of the request that it answers.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The same with a header more. The name is kept in lower case.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with a body of JSON.
    ///
    /// # Errors
    /// `ERR_JSON` for a value that is none in JSON.
    pub fn with_json(self, value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let body = serde_json::to_vec(value).map_err(|error| Error::new("ERR_JSON", without_value(&error)))?;
        Ok(self.with_header("content-type", "application/json").with_body(body))
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The answer, if its status is 200 to 299.
    ///
    /// # Errors
    /// `ERR_STATUS` with the status, and neither a path nor the body, which may hold what does not belong into a log.
    pub fn success(self) -> Result<Self, Error> {
        if self.is_success() {
            return Ok(self);
        }
        Err(Error::new("ERR_STATUS", format!("{} answered with status {}", self.origin(), self.status)))
    }

    /// `https://host:port` of the URL, for messages.
    fn origin(&self) -> &str {
        let from = self.url.find("://").map_or(0, |at| at + 3);
        let to = self.url.get(from..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(self.url.len(), |at| from + at);
        self.url.get(..to).unwrap_or_default()
    }

    /// The first header of a name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Errors
    /// `ERR_TEXT`: it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|_| Error::new("ERR_TEXT", format!("the answer of {} is not UTF-8", self.origin())))
    }

    /// The value that the body is in JSON.
    ///
    /// # Errors
    /// `ERR_JSON` with the place and what was expected there, and never the value that was found.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let told = |error| Error::new("ERR_JSON", format!("the answer of {} is not as expected: {}", self.origin(), without_value(&error)));
        serde_json::from_slice(&self.body).map_err(told)
    }
}

impl From<Response> for Result<Response, Error> {
    fn from(response: Response) -> Self {
        Ok(response)
    }
}

impl From<Error> for Result<Response, Error> {
    fn from(error: Error) -> Self {
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Response {
        Response { url: "https://a.example:8443/secret?key=1".to_owned(), ..Response::new(200).with_body(body) }
    }

    #[test]
    fn an_answer_is_read_as_text_and_as_json() {
        let answer = answer("{\"score\": 7}").with_header("Retry-After", "3");
        assert_eq!((answer.header("retry-AFTER"), answer.header("etag")), (Some("3"), None));
        assert_eq!(answer.text(), Ok("{\"score\": 7}"));
        assert_eq!(answer.json::<std::collections::BTreeMap<String, u8>>().unwrap()["score"], 7);
        assert_eq!(Response::new(200).with_json("a").unwrap().body, b"\"a\"");
    }

    #[test]
    fn an_error_names_the_origin_and_nothing_that_was_sent() {
        let error = answer(r#"["hunter2"]"#).json::<Vec<u8>>().unwrap_err().to_string();
        assert!(error.starts_with("the answer of https://a.example:8443 is not as expected: expected u8 at line 1"), "{error}");
        assert!(!error.contains("hunter2") && !error.contains("key"), "{error}");
        let unreadable = Response { body: vec![0xff], ..answer("") };
        assert_eq!(unreadable.text().unwrap_err().to_string(), "the answer of https://a.example:8443 is not UTF-8 (ERR_TEXT)");
        let denied = Response { status: 403, ..answer("hunter2") };
        assert!(!denied.is_success());
        assert_eq!(denied.success().unwrap_err().to_string(), "https://a.example:8443 answered with status 403 (ERR_STATUS)");
        let bare = Response { url: "https://a.example".to_owned(), ..Response::new(500) };
        assert_eq!(bare.success().unwrap_err().message, "https://a.example answered with status 500");
        assert!(answer("").success().is_ok());
    }
}
