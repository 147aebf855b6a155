//! Functions that are servers: the request that brings them an event, and what they answer.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_host_api::Secret;
use hookbox_runtime::RequestHead;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Headers that hold credentials, whatever a dialect's doors ask for.
const CREDENTIALS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

/// A longer credential cannot be kept out of the log as a whole, in bytes.
const LONGEST: usize = 1024;

/// The request that brings an event to a function that is a server. The event is its body. Other functions hear nothing of it.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) head: RequestHead,
    /// Its credentials, for the mask of the log.
    pub(crate) secrets: Vec<Secret>,
}

impl Request {
    /// A `POST` of JSON to a path, which may have a query.
    pub fn post(path: &str) -> Self {
        Self::new(path, [("content-type".to_owned(), "application/json".to_owned())], &[])
    }

    /// A `POST` with these headers. `credentials` names those with which the caller has shown who it is, beside the ones that everybody knows. What
    /// they say is hidden wherever the function prints it; one that is too long for that is left out, unless it is a signed token, whose
    /// signature is hidden.
    pub fn new(target: &str, headers: impl IntoIterator<Item = (String, String)>, credentials: &[&str]) -> Self {
        let is_credential = |name: &str| CREDENTIALS.iter().chain(credentials).any(|one| one.eq_ignore_ascii_case(name));
        let mut secrets = Vec::new();
        let mut kept = Vec::new();
        for (name, value) in headers {
            if is_credential(&name) {
                let Some(hidden) = hidden(&value) else { continue };
                secrets.extend(hidden.into_iter().filter(|text| !text.is_empty()).map(Secret::new));
            }
            kept.push((name, value));
        }
        Self { head: RequestHead { method: "POST".to_owned(), target: target.to_owned(), headers: kept }, secrets }
    }

    /// The same request as an author asks for it.
    pub fn as_asked(self, asked: &RequestBody) -> Self {
        let target = asked.path.as_deref().unwrap_or(&self.head.target);
        let own = asked.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let is_replaced = |name: &str| asked.headers.keys().any(|own| own.eq_ignore_ascii_case(name));
        let usual = self.head.headers.iter().filter(|(name, _)| !is_replaced(name)).cloned();
        Self::new(target, usual.chain(own), &[])
    }

    /// The same request with the length of its body, unless it has one.
    pub(crate) fn with_length(mut self, length: usize) -> RequestHead {
        let framed = ["content-length", "transfer-encoding"];
        if !self.head.headers.iter().any(|(name, _)| framed.iter().any(|one| one.eq_ignore_ascii_case(name))) {
            self.head.headers.push(("content-length".to_owned(), length.to_string()));
        }
        self.head
    }
}

/// What has to be hidden of a credential; nothing where it cannot be hidden.
fn hidden(value: &str) -> Option<Vec<String>> {
    let (scheme, token) = value.split_once(' ').map_or(("", value), |(scheme, token)| (scheme, token.trim()));
    if token.len() > LONGEST {
        let signature = token.rsplit_once('.').map(|(_, signature)| signature).filter(|text| (1..=LONGEST).contains(&text.len()));
        return signature.map(|signature| vec![signature.to_owned()]);
    }
    let mut hidden = vec![token.to_owned()];
    if scheme.eq_ignore_ascii_case("basic")
        && let Some(pair) = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok())
        && let Some((_, password)) = pair.split_once(':')
    {
        hidden.extend([pair.clone(), password.to_owned()]);
    } else if value.len() <= LONGEST {
        hidden.push(value.to_owned());
    }
    Some(hidden)
}

/// The request for an event that no request brings: the path that the app has, and headers.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestBody {
    /// The path, which may have a query; that of the type's doors where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Headers beside the usual ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A result that the hook type does not allow; the message names the field and the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidResponse(pub String);

/// What a function that is a server has answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebAnswer {
    /// The status.
    #[serde(rename = "statusCode")]
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    body: String,
    is_base64_encoded: bool,
}

/// How much of a body is quoted, in characters.
const QUOTED: usize = 200;

impl WebAnswer {
    /// Reads what the sandbox returned.
    pub(crate) fn read(returned: &RawValue) -> Result<Self, InvalidResponse> {
        serde_json::from_str(returned.get()).map_err(|error| InvalidResponse(format!("the answer is not usable: {error}")))
    }

    /// The body, which has to be JSON; null where there is none.
    ///
    /// # Errors
    /// It is something else.
    pub fn json(&self) -> Result<Box<RawValue>, InvalidResponse> {
        if self.is_base64_encoded {
            return Err(InvalidResponse(format!("the body of the answer {} is not text", self.status)));
        }
        let body = if self.body.trim().is_empty() { "null" } else { &self.body };
        let value = RawValue::from_string(body.to_owned());
        let value = value.map_err(|error| InvalidResponse(format!("the body of the answer {} is not JSON: {error}", self.status)))?;
        hookbox_host_api::json::check(&value)
            .map_err(|error| InvalidResponse(format!("the body of the answer {} is not usable: {error}", self.status)))?;
        Ok(value)
    }

    /// The beginning of the body, in a line.
    pub fn quoted(&self) -> String {
        if self.is_base64_encoded {
            return "bytes that are no text".to_owned();
        }
        let text: String = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(QUOTED) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None if text.is_empty() => "nothing".to_owned(),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(name: &str, value: &str) -> (bool, Vec<String>) {
        let request = Request::new("/", [(name.to_owned(), value.to_owned())], &["X-Secret"]);
        (!request.head.headers.is_empty(), request.secrets.iter().map(|secret| secret.expose().to_owned()).collect())
    }

    #[test]
    fn credentials_are_hidden_in_each_form() {
        assert_eq!(secrets("x-secret", "1234 5"), (true, vec!["5".into(), "1234 5".into()]));
        assert_eq!(secrets("X-SECRET", "1234"), (true, vec!["1234".into(), "1234".into()]));
        assert_eq!(secrets("accept", "1234"), (true, vec![]));
        let basic = "YWRtaW46c3VwZXJzZWNyZXQ=";
        assert_eq!(
            secrets("authorization", &format!("Basic {basic}")),
            (true, vec![basic.into(), "admin:supersecret".into(), "supersecret".into()])
        );
        let token = format!("{}.{}.signature", "h".repeat(40), "c".repeat(1200));
        assert_eq!(secrets("authorization", &format!("Bearer {token}")), (true, vec!["signature".into()]));
        assert_eq!(secrets("authorization", &format!("Bearer {}", "c".repeat(1200))), (false, vec![]));
        assert!(!format!("{:?}", Request::new("/", [("authorization".to_owned(), "hunter2".to_owned())], &[])).contains("hunter2"));
    }

    #[test]
    fn an_author_asks_for_a_path_and_headers() {
        let asked =
            RequestBody { path: Some("/import?x=1".into()), headers: [("Content-Type".to_owned(), "text/plain".to_owned())].into() };
        let head = Request::post("/").as_asked(&asked).with_length(3);
        assert_eq!((head.target.as_str(), head.method.as_str()), ("/import?x=1", "POST"));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(head.headers, [pair("content-type", "text/plain"), pair("content-length", "3")]);
    }

    #[test]
    fn a_body_is_json_or_nothing() {
        let read = |status: u16, body: &str, encoded: bool| {
            let answer = serde_json::json!({"statusCode": status, "headers": [], "body": body, "isBase64Encoded": encoded});
            WebAnswer::read(&serde_json::value::to_raw_value(&answer).unwrap()).unwrap()
        };
        assert_eq!(read(200, "", false).json().unwrap().get(), "null");
        assert_eq!(read(200, " {\"a\": 1}", false).json().unwrap().get(), "{\"a\": 1}");
        for (body, encoded, says) in
            [("OK", false, "is not JSON"), ("/w==", true, "is not text"), ("{\"a\":1,\"a\":2}", false, "is not usable")]
        {
            assert!(read(200, body, encoded).json().unwrap_err().0.contains(says), "{body}");
        }
        assert_eq!(read(500, "a\n  b", false).quoted(), "a b");
        assert_eq!(read(500, &"é".repeat(300), false).quoted().chars().count(), 201);
    }
}
