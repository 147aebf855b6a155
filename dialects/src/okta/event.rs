//! Reads what Okta sends: the envelope that all types share, and what every function of a type relies on. The function gets the body as it came.

use std::borrow::Cow;

use bytes::Bytes;
use hookbox_hooks::ServiceError;
use hookbox_hooks::hook_type::Event;
use hookbox_host_api::{Secret, json, surrogates};
use serde_json::value::RawValue;

use super::kind::Kind;

/// Reads an event of this type.
pub(super) fn read(kind: Kind, body: &Bytes) -> Result<Event, ServiceError> {
    let text = str::from_utf8(body).map_err(|_| ServiceError::invalid_body("the event is not valid UTF-8"))?;
    let event = Object::parse(text).ok_or_else(|| ServiceError::invalid_body("the event is not a JSON object with each key once"))?;
    for (_, value) in &event.0 {
        json::check(value).map_err(|error| ServiceError::invalid_body(format!("the event is not usable JSON: {error}")))?;
    }
    let event_type = event.text("eventType").ok_or_else(|| missing("eventType"))?;
    if event_type != kind.event_type() {
        return Err(ServiceError::invalid("eventType", format!("the hook is for events of the type {}", kind.event_type())));
    }
    let event_id = event.text("eventId").filter(|id| !id.is_empty()).ok_or_else(|| missing("eventId"))?;
    let data = event.object("data").ok_or_else(|| missing("data"))?;
    check(kind, &event, &data)?;
    let secrets = kind.secret_paths().iter().filter_map(|path| data.at(path)).filter_map(secret);
    Ok(Event {
        input: body.clone(),
        request_id: Some(event_id).filter(|id| is_usable(id)),
        correlation_id: data.at(&["context", "request", "id"]).and_then(text_of).filter(|id| is_usable(id)),
        roles: None,
        secrets: secrets.collect(),
        kept: body.clone(),
    })
}

/// What a function of the type relies on.
fn check(kind: Kind, event: &Object<'_>, data: &Object<'_>) -> Result<(), ServiceError> {
    let text = |path: &[&str]| data.at(path).and_then(text_of).map(drop).ok_or_else(|| missing(&format!("data.{}", path.join("."))));
    let object = |name: &str| data.object(name).map(drop).ok_or_else(|| missing(&format!("data.{name}")));
    match kind {
        Kind::PasswordImport => text(&["context", "credential", "username"]).and_then(|()| text(&["context", "credential", "password"])),
        Kind::Telephony => object("messageProfile"),
        Kind::Registration => match event.text("requestType").as_deref() {
            Some(SELF_SERVICE | PROGRESSIVE) => Ok(()),
            Some(_) => Err(ServiceError::invalid("requestType", format!("requestType is neither {SELF_SERVICE} nor {PROGRESSIVE}"))),
            None => Err(missing("requestType")),
        },
        Kind::Token => match (data.object("identity"), data.object("access")) {
            (None, None) => Err(missing("data.identity")),
            _ => Ok(()),
        },
        Kind::Saml => object("assertion"),
        Kind::UserImport => object("context"),
        Kind::Event => match data.get("events").is_some_and(|events| events.get().starts_with('[')) {
            true => Ok(()),
            false => Err(missing("data.events")),
        },
    }
}

/// `requestType` of somebody who registers.
pub(super) const SELF_SERVICE: &str = "self.service.registration";
/// `requestType` of somebody who completes a profile.
pub(super) const PROGRESSIVE: &str = "progressive.profile";

fn missing(field: &str) -> ServiceError {
    ServiceError::invalid(field, format!("the event has no usable {field}"))
}

/// Whether the text can be an id in the log: 1 to 128 of `A-Z a-z 0-9 . _ : -`.
fn is_usable(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

/// The keys of an object, with values that are not read.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if text.trim_start().starts_with('{') { json::fields(text).ok().map(Self) } else { None }
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    fn object(&self, name: &str) -> Option<Self> {
        Self::parse(self.get(name)?.get())
    }

    fn text(&self, name: &str) -> Option<String> {
        text_of(self.get(name)?)
    }

    /// The value at the end of a path of keys.
    fn at(&self, path: &[&str]) -> Option<&'a RawValue> {
        match path {
            [] => None,
            [last] => self.get(last),
            [first, rest @ ..] => self.object(first)?.at(rest),
        }
    }
}

fn text_of(value: &RawValue) -> Option<String> {
    surrogates::read(value.get()).ok()
}

/// The secret in a value: a text, or a number, which some senders make of a code.
fn secret(value: &RawValue) -> Option<Secret> {
    let number = || value.get().starts_with(|c: char| c.is_ascii_digit()).then(|| value.get().to_owned());
    text_of(value).or_else(number).filter(|text| !text.is_empty()).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::okta::samples::sample;

    fn read_value(kind: Kind, event: &Value) -> Result<Event, String> {
        read(kind, &event.to_string().into()).map_err(|error| error.to_string())
    }

    fn secrets(kind: Kind, event: &Value) -> Vec<String> {
        read_value(kind, event).unwrap().secrets.iter().map(|secret| secret.expose().to_owned()).collect()
    }

    #[test]
    fn an_event_is_passed_on_as_it_came() {
        for kind in Kind::ALL {
            let event = sample(kind);
            let read = read_value(kind, &event).unwrap();
            assert_eq!(read.input, event.to_string());
            assert_eq!(read.request_id.as_deref(), event["eventId"].as_str(), "{kind:?}");
        }
    }

    #[test]
    fn what_a_function_relies_on_is_there() {
        for (kind, pointer, says) in [
            (Kind::PasswordImport, "/eventType", "no usable eventType"),
            (Kind::PasswordImport, "/eventId", "no usable eventId"),
            (Kind::PasswordImport, "/data", "no usable data"),
            (Kind::PasswordImport, "/data/context/credential", "no usable data.context.credential.username"),
            (Kind::PasswordImport, "/data/context/credential/password", "no usable data.context.credential.password"),
            (Kind::Telephony, "/data/messageProfile", "no usable data.messageProfile"),
            (Kind::Registration, "/requestType", "no usable requestType"),
            (Kind::Saml, "/data/assertion", "no usable data.assertion"),
            (Kind::UserImport, "/data/context", "no usable data.context"),
            (Kind::Event, "/data/events", "no usable data.events"),
        ] {
            let mut event = sample(kind);
            *event.pointer_mut(pointer).unwrap() = Value::Null;
            assert!(read_value(kind, &event).map(drop).unwrap_err().ends_with(says), "{kind:?} {pointer}");
        }
        let other = read_value(Kind::Token, &sample(Kind::Saml)).map(drop).unwrap_err();
        assert_eq!(other, "the hook is for events of the type com.okta.oauth2.tokens.transform");
        assert!(read(Kind::Token, &Bytes::from_static(b"{\"a\":1,\"a\":2}")).is_err());
        assert!(read(Kind::Token, &Bytes::from_static(b"[]")).is_err());
    }

    #[test]
    fn versions_may_be_numbers() {
        let mut event = sample(Kind::Token);
        event["eventTypeVersion"] = json!(1);
        event["cloudEventVersion"] = json!(0.1);
        assert!(read_value(Kind::Token, &event).is_ok());
    }

    #[test]
    fn secrets_are_found_as_texts_and_as_numbers() {
        assert_eq!(secrets(Kind::PasswordImport, &sample(Kind::PasswordImport)), ["Abcd1234"]);
        let mut event = sample(Kind::Telephony);
        assert_eq!(secrets(Kind::Telephony, &event), ["11111"]);
        event["data"]["messageProfile"]["otpCode"] = json!(11111);
        assert_eq!(secrets(Kind::Telephony, &event), ["11111"]);
        let mut event = sample(Kind::Token);
        event["data"]["refresh_token"] = json!({"jti": "oar579M"});
        event["data"]["context"]["protocol"]["OriginalGrant"] = json!({"refresh_token": "secret-refresh"});
        let found = secrets(Kind::Token, &event);
        assert!(found.contains(&"oar579M".to_owned()) && found.contains(&"secret-refresh".to_owned()), "{found:?}");
    }

    #[test]
    fn the_keys_of_secrets_are_those_of_their_paths() {
        for kind in Kind::ALL {
            for path in kind.secret_paths() {
                assert!(kind.secrets().contains(path.last().unwrap()), "{kind:?}");
            }
        }
    }
}
