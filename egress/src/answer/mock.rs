//! One answer that a test wrote down, and what it is for. What cannot be meant is refused where it is read, so that the reader names the line.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::pattern;
use crate::error::Error;
use crate::http::{Hop, Reply, Wire, latin1, reply_body};
use crate::policy::Target;

/// One answer and what it is for: `{"request": {...}, "respond": {...}, "times": 1}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mock {
    /// Which requests it answers.
    #[serde(default)]
    pub request: Matcher,
    /// What it answers.
    #[serde(default)]
    pub respond: Respond,
    /// How often it has to answer, and then never again. Without it, once or, where mocks may be asked in any order, more often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<NonZeroU32>,
    /// Whether it need not be asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// What a request must be like. Texts may have stars, each of which stands for any text; what is absent may be anything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Matcher {
    /// The method, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The whole URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Headers that must be there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body as JSON: each member of an object must be there and fit, everything else must be equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
}

/// An answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Respond {
    /// The status; 200 without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body as JSON, with its `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// How long the answer takes, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_ms: u64,
    /// The code of an error, such as `ECONNRESET`, instead of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Self::deserialize(deserializer)?;
        read.check().map_err(D::Error::custom)?;
        Ok(read)
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Respond {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Self::deserialize(deserializer)?;
        read.check().map_err(D::Error::custom)?;
        Ok(read)
    }
}

impl Serialize for Respond {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl Mock {
    /// How often it has to answer, unless it is optional.
    pub(super) fn least(&self) -> u32 {
        self.times.map_or(1, u32::from)
    }
}

impl Matcher {
    /// What no request can be like.
    fn check(&self) -> Result<(), String> {
        if self.method.as_ref().is_some_and(|method| http::Method::from_bytes(method.as_bytes()).is_err()) {
            return Err("`method` is no method of HTTP".to_owned());
        }
        if let Some(url) = self.url.as_ref().filter(|url| !(url.starts_with("http://") || url.starts_with("https://") || url.contains('*')))
        {
            return Err(format!("`url` is {url:?}, and must begin with http:// or https://, or have a `*`"));
        }
        if let Some(name) = self.headers.keys().find(|name| HeaderName::from_bytes(name.as_bytes()).is_err()) {
            return Err(format!("`headers` has {name:?}, which is no name of a header"));
        }
        if self.body.is_some() && self.json.is_some() {
            return Err("`body` and `json` are the same body: one of them is enough".to_owned());
        }
        Ok(())
    }

    /// Whether method and URL fit, and there is a URL to fit.
    pub(super) fn is_about(&self, hop: &Hop) -> bool {
        self.url.is_some() && self.misfit_of_line(hop).is_none()
    }

    fn misfit_of_line(&self, hop: &Hop) -> Option<&'static str> {
        if self.method.as_ref().is_some_and(|method| !method.eq_ignore_ascii_case(hop.method.as_str())) {
            return Some("method");
        }
        // A URL without a path is the same as one with the path `/`.
        let fits = |url: &String| pattern::fits(url, hop.url.as_str()) || pattern::fits(&format!("{url}/"), hop.url.as_str());
        self.url.as_ref().is_some_and(|url| !fits(url)).then_some("url")
    }

    /// The first part in which a request differs.
    pub(super) fn misfit(&self, hop: &Hop, body: &[u8]) -> Option<String> {
        if let Some(part) = self.misfit_of_line(hop) {
            return Some(part.to_owned());
        }
        let fits = |(name, value): &(&String, &String)| {
            let found = hop.headers.get_all(name.to_ascii_lowercase());
            found.iter().any(|one| pattern::fits(value, &latin1(one.as_bytes())))
        };
        if let Some((name, _)) = self.headers.iter().find(|header| !fits(header)) {
            return Some(format!("header {name:?}"));
        }
        if self.body.as_ref().is_some_and(|pattern| !pattern::fits(pattern, &String::from_utf8_lossy(body))) {
            return Some("body".to_owned());
        }
        let json = self.json.as_ref()?;
        match serde_json::from_slice(body) {
            Ok(body) => misfit_of_json(&body, json, String::new()).map(|place| format!("body: {place} differs")),
            Err(_) => Some("body: it is no JSON".to_owned()),
        }
    }
}

/// The first place where a value has not all that is expected of it, as a JSON pointer.
fn misfit_of_json(value: &Value, expected: &Value, place: String) -> Option<String> {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) => expected.iter().find_map(|(name, expected)| {
            let place = format!("{place}/{name}");
            match value.get(name) {
                Some(value) => misfit_of_json(value, expected, place),
                None => Some(place),
            }
        }),
        (value, expected) => (value != expected).then(|| if place.is_empty() { "all of it".to_owned() } else { place }),
    }
}

impl Respond {
    /// What cannot be answered.
    fn check(&self) -> Result<(), String> {
        let answers = self.status.is_some() || !self.headers.is_empty() || self.body.is_some() || self.json.is_some();
        match &self.error {
            Some(_) if answers => {
                return Err("`error` comes instead of an answer: `status`, `headers`, `body` and `json` have no use beside it".to_owned());
            }
            Some(code)
                if !code.starts_with(|c: char| c.is_ascii_uppercase())
                    || !code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') =>
            {
                return Err(format!("`error` is {code:?}, and must be a code such as ECONNREFUSED"));
            }
            _ => {}
        }
        if self.body.is_some() && self.json.is_some() {
            return Err("`body` and `json` are the same body: one of them is enough".to_owned());
        }
        self.head().map(drop)
    }

    fn head(&self) -> Result<(StatusCode, HeaderMap), String> {
        let number = self.status.unwrap_or(200);
        let status = StatusCode::from_u16(number).ok().filter(|status| (200..600).contains(&status.as_u16()));
        let status = status.ok_or_else(|| format!("`status` is {number}, and must be 200 to 599"))?;
        let mut headers = HeaderMap::new();
        if self.json.is_some() {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            let unfit = || format!("`headers` has {name:?}, which cannot be sent");
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| unfit())?);
        }
        Ok((status, headers))
    }

    pub(super) fn reply(self, to: &Target) -> Result<Reply, Error> {
        if let Some(code) = self.error {
            let message = format!("{code} {} (so says the test)", to.place());
            return Err(Error::new(code, message));
        }
        let (status, headers) = self.head().map_err(|message| Error::new("ERR_INVALID_MOCK", message))?;
        let body = self.json.map(|json| json.to_string()).or(self.body).unwrap_or_default();
        let reason = status.canonical_reason().unwrap_or_default().to_owned();
        Ok(Reply { status: status.as_u16(), reason, version: "1.1", headers, body: reply_body(body), wire: Wire::default(), cached: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line() {
        for (text, says) in [
            (r#"{"request": {"method": "GE T"}}"#, "`method` is no method"),
            (r#"{"request": {"url": "api.example/x"}}"#, "must begin with http:// or https://"),
            (r#"{"request": {"headers": {"a b": "c"}}}"#, "no name of a header"),
            (r#"{"request": {"body": "", "json": {}}}"#, "one of them is enough"),
            (r#"{"request": {"uri": "x"}}"#, "unknown field `uri`"),
            (r#"{"respond": {"body": "", "json": {}}}"#, "one of them is enough"),
            (r#"{"respond": {"error": "refused"}}"#, "a code such as ECONNREFUSED"),
            (r#"{"respond": {"error": "ECONNREFUSED", "status": 500}}"#, "instead of an answer"),
            (r#"{"respond": {"status": 101}}"#, "must be 200 to 599"),
            (r#"{"respond": {"status": 600}}"#, "must be 200 to 599"),
            (r#"{"respond": {"headers": {"a": "b\nc"}}}"#, "cannot be sent"),
            (r#"{"times": 0}"#, "expected a nonzero"),
            (r#"{"tmes": 1}"#, "unknown field `tmes`"),
        ] {
            let error = serde_json::from_str::<Vec<Mock>>(&format!("[\n{text}]")).unwrap_err();
            assert!(error.to_string().contains(says) && error.line() == 2, "{text}: {error}");
        }
    }

    #[test]
    fn what_is_read_is_written_again() {
        let text = r#"{"request":{"method":"POST","url":"https://a/*","json":{"a":1}},"respond":{"status":201,"delay_ms":5,"json":[]},"times":2,"optional":true}"#;
        let read: Mock = serde_json::from_str(text).unwrap();
        let written: Value = serde_json::to_value(&read).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(text).unwrap());
        let least: Mock = serde_json::from_str("{}").unwrap();
        assert_eq!(serde_json::to_string(&least).unwrap(), r#"{"request":{},"respond":{}}"#);
    }

    #[test]
    fn the_place_that_differs_is_named() {
        let value = serde_json::json!({"a": {"b": [1, 2], "c": 3}, "d": null});
        for (expected, place) in [
            (r#"{"a": {"b": [1, 2]}}"#, None),
            (r#"{"a": {"b": [1]}}"#, Some("/a/b")),
            (r#"{"a": {"e": 1}}"#, Some("/a/e")),
            (r#"{"d": null}"#, None),
            ("[]", Some("all of it")),
        ] {
            let expected: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(misfit_of_json(&value, &expected, String::new()).as_deref(), place);
        }
    }
}
