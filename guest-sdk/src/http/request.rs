//! A request, and what it is made of.

use std::time::Duration;

use serde::Serialize;

use super::Error;
use crate::json::without_value;

/// What becomes of an answer that redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// The next address is asked, under the same rules.
    #[default]
    Follow,
    /// The answer is given as it is.
    Manual,
    /// It is an error.
    Error,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    /// `GET`, `POST` ...: any token but `CONNECT` and `TRACE`.
    pub method: String,
    /// An absolute URL of `http` or `https`.
    pub url: String,
    /// Names and values; a character is a byte (ISO 8859-1). `Content-Length` and what belongs to the connection are set by the host.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// What becomes of an answer that redirects.
    pub redirect: Redirect,
    /// How long it may take until the whole answer is there. The host's own limits hold besides.
    pub timeout: Option<Duration>,
}

impl Request {
    /// A request without headers and a body, which follows redirects.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body: None, redirect: Redirect::Follow, timeout: None }
    }

    /// A `GET`.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// A `POST`.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// A `PUT`.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new("PUT", url)
    }

    /// A `PATCH`.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new("PATCH", url)
    }

    /// A `DELETE`.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new("DELETE", url)
    }

    /// Adds a header, beside those of the same name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds `Authorization: Bearer` with this token, which may be the value of a sealed env var.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// The body, as it is sent.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// A body of JSON, with its `Content-Type` unless there is one.
    ///
    /// # Errors
    /// `ERR_JSON` for a value that is none in JSON, such as a map with keys that are not strings.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let body = serde_json::to_vec(value).map_err(|error| Error::new("ERR_JSON", without_value(&error)))?;
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            self = self.header("content-type", "application/json");
        }
        Ok(self.body(body))
    }

    /// What becomes of an answer that redirects.
    pub fn redirect(mut self, redirect: Redirect) -> Self {
        self.redirect = redirect;
        self
    }

    /// How long it may take until the whole answer is there, to the millisecond.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::http::{Response, send_many};
    use crate::testing;

    #[test]
    fn a_request_is_what_its_methods_made_it() {
        testing::answer_http(Response::new(204));
        let made = Request::post("https://a.example/x").bearer("t").json(&[1, 2]).unwrap().timeout(Duration::from_millis(300));
        let sent = made.clone().redirect(Redirect::Error);
        assert_eq!(sent.clone().send().unwrap().url, "https://a.example/x");
        assert_eq!(testing::take_requests(), [sent]);
        assert_eq!(made.body.as_deref(), Some(b"[1,2]".as_slice()));
        let headers: Vec<_> = made.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(headers, [("authorization", "Bearer t"), ("content-type", "application/json")]);
        let typed = Request::put("https://a.example").header("Content-Type", "application/problem+json").json(&1).unwrap();
        assert_eq!(typed.headers.len(), 1);
        let methods = [Request::get(""), Request::patch(""), Request::delete("")].map(|request| request.method);
        assert_eq!(methods, ["GET", "PATCH", "DELETE"]);
    }

    #[test]
    fn what_is_not_json_is_an_error_and_nothing_is_sent() {
        let error = Request::post("https://a.example").json(&BTreeMap::from([(vec![1], 1)])).unwrap_err();
        assert_eq!(error.code, "ERR_JSON");
        assert_eq!(testing::take_requests(), []);
    }

    #[test]
    fn without_an_answer_a_request_is_refused() {
        let error = Request::get("https://a.example/x").send().unwrap_err();
        assert!(error.is_refusal() && error.to_string().contains("no answer is set for GET https://a.example/x"), "{error}");
        assert_eq!(testing::take_requests().len(), 1);
    }

    #[test]
    fn answers_are_given_in_order() {
        testing::answer_http(Response::new(200));
        testing::answer_http(Error::new("ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:80"));
        let answers = send_many(["a", "b", "c"].map(|name| Request::get(format!("https://{name}.example/"))));
        let told: Vec<_> = answers.into_iter().map(|answer| answer.map(|answer| answer.status).map_err(|error| error.code)).collect();
        assert_eq!(told, [Ok(200), Err("ECONNREFUSED".to_owned()), Err("ERR_ACCESS_DENIED".to_owned())]);
    }
}
