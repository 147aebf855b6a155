//! Okta, as far as an external service meets it: it waits three seconds, follows no redirect, calls once more where its documentation says so,
//! and goes on in the way of the type when the service fails.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long Okta waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// The most bytes that Okta reads of a body.
const LONGEST: usize = 256 << 10;

/// What Okta has done with an answer, or without one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// The commands were carried out.
    Commands(Vec<Value>),
    /// The service refused.
    Refused(String),
    /// The default action: the answer was empty.
    Default,
    /// The service failed, and the flow stops.
    Stopped,
    /// The service failed, and the flow goes on as if there were none.
    WentOn,
}

/// An Okta with one hook.
#[derive(Clone, Debug)]
pub(crate) struct Okta {
    address: SocketAddr,
    path: String,
    hook_type: String,
    /// The headers that it was told to send.
    pub(crate) headers: Vec<(String, String)>,
}

impl Okta {
    pub(crate) fn new(address: SocketAddr, hook_type: &str, id: &str) -> Self {
        let doors = if hook_type == "okta-event" { "event-hooks" } else { "inline-hooks" };
        let headers = vec![("X-Secret".to_owned(), super::SECRET.to_owned())];
        Self { address, path: format!("/okta/{doors}/{id}"), hook_type: hook_type.into(), headers }
    }

    /// The same Okta with a path behind the hook's id.
    pub(crate) fn at(&self, path: &str) -> Self {
        Self { path: format!("{}{path}", self.path), ..self.clone() }
    }

    /// The same Okta, sending something else to authenticate.
    pub(crate) fn sending(&self, name: &str, value: &str) -> Self {
        Self { headers: vec![(name.into(), value.into())], ..self.clone() }
    }

    /// Verifies an event hook: the challenge that comes back.
    pub(crate) fn verify(&self, challenge: &str) -> Option<Value> {
        let asking = Self {
            headers: [self.headers.clone(), vec![("X-Okta-Verification-Challenge".into(), challenge.into())]].concat(),
            ..self.clone()
        };
        let (status, body) = asking.exchange("GET", "")?;
        (status == 200).then(|| serde_json::from_slice(&body).unwrap())
    }

    /// Brings an event, once more if the first answer failed and the type allows it.
    pub(crate) fn bring(&self, event: &Value) -> Effect {
        let retried = !["okta-token", "okta-telephony"].contains(&self.hook_type.as_str());
        let mut answer = self.exchange("POST", &event.to_string());
        if retried && answer.as_ref().is_none_or(|(status, _)| *status >= 500) {
            answer = self.exchange("POST", &event.to_string());
        }
        match answer {
            Some((204, body)) if body.is_empty() && self.hook_type != "okta-telephony" => Effect::Default,
            Some((200, body)) if body.len() <= LONGEST => self.carry_out(&body),
            Some(_) | None => self.failed(),
        }
    }

    fn carry_out(&self, body: &[u8]) -> Effect {
        let Ok(answer) = serde_json::from_slice::<Value>(body) else { return self.failed() };
        match (answer.get("error").filter(|error| !error.is_null()), answer.get("commands").and_then(Value::as_array)) {
            (Some(error), _) => Effect::Refused(error["errorSummary"].as_str().unwrap_or_default().to_owned()),
            (None, Some(commands)) => Effect::Commands(commands.clone()),
            (None, None) => Effect::Default,
        }
    }

    /// What Okta's documentation says of a service that does not answer.
    fn failed(&self) -> Effect {
        match self.hook_type.as_str() {
            "okta-password-import" | "okta-registration" => Effect::Stopped,
            _ => Effect::WentOn,
        }
    }

    /// One call: its status and body; nothing if the answer does not come in time.
    pub(crate) fn exchange(&self, method: &str, body: &str) -> Option<(u16, Vec<u8>)> {
        let until = Instant::now() + PATIENCE;
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE).ok()?;
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "{method} {} HTTP/1.1\r\nhost: hooks.example\r\nconnection: close\r\naccept: application/json\r\n{headers}content-type: \
             application/json\r\ncontent-length: {}\r\n\r\n",
            self.path,
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let left = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            stream.set_read_timeout(Some(left)).ok()?;
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                Err(_) => return None,
            }
        }
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let status = std::str::from_utf8(&bytes[..end]).ok()?.split(' ').nth(1)?.parse().ok()?;
        Some((status, bytes[end + 4..].to_vec()))
    }
}
