//! What Okta would do with an answer, in sentences, for who runs a function on a machine of their own.

use serde_json::Value;

use super::kind::Kind;
use super::response::{Operation, Verb};

/// The sentences for an answer to an event; without a body the answer is empty.
pub(super) fn of(kind: Kind, event: &Value, body: Option<&Value>) -> Vec<String> {
    if let Some(error) = body.and_then(|body| body.get("error")).filter(|error| !error.is_null()) {
        return vec![refusal(kind, error.get("errorSummary").and_then(Value::as_str))];
    }
    let commands: Vec<&Value> = body.and_then(|body| body.get("commands")).and_then(Value::as_array).into_iter().flatten().collect();
    if commands.is_empty() {
        return vec![silence(kind).to_owned()];
    }
    commands.into_iter().flat_map(|command| effect(event, command)).collect()
}

fn refusal(kind: Kind, summary: Option<&str>) -> String {
    let summary = summary.unwrap_or("The callback service returned an error");
    match kind {
        Kind::PasswordImport => format!("the sign-in fails, and the password is not imported: {summary}"),
        Kind::Telephony => format!("Okta's own provider sends the message, and the error is shown: {summary}"),
        Kind::Registration => format!("the registration is denied: {summary}"),
        Kind::Token => format!("no token is issued; the client gets server_error: {summary}"),
        Kind::Saml => format!("no assertion is sent; an error page shows: {summary}"),
        Kind::UserImport => format!("the user is not imported, and the System Log says: {summary}"),
        Kind::Event => format!("the events are delivered once more: {summary}"),
    }
}

fn silence(kind: Kind) -> &'static str {
    match kind {
        Kind::PasswordImport => "the password is not imported, and the user is not signed in",
        Kind::Telephony => "Okta's own provider sends the message",
        Kind::Registration => "the registration is allowed as it is",
        Kind::Token => "the tokens are issued unchanged",
        Kind::Saml => "the assertion is sent unchanged",
        Kind::UserImport => "the user is imported by Okta's own rules",
        Kind::Event => "the events count as delivered",
    }
}

fn effect(event: &Value, command: &Value) -> Vec<String> {
    let (name, value) = (command["type"].as_str().unwrap_or_default(), &command["value"]);
    match name {
        "com.okta.action.update" => action(value),
        "com.okta.telephony.action" => value.as_array().into_iter().flatten().map(message).collect(),
        "com.okta.identity.patch" => patches("the ID token", event.pointer("/data/identity"), value),
        "com.okta.access.patch" => patches("the access token", event.pointer("/data/access"), value),
        "com.okta.assertion.patch" => patches("the assertion", event.pointer("/data/assertion"), value),
        "com.okta.user.update" => vec![format!("the user is linked to {}", value["id"].as_str().unwrap_or_default())],
        "com.okta.appUser.profile.update" => attributes("of the application's user", value),
        "com.okta.user.profile.update" | "com.okta.user.progressive.profile.update" => attributes("of the user", value),
        _ => Vec::new(),
    }
}

fn action(value: &Value) -> Vec<String> {
    let said = |key: &str| value.get(key).and_then(Value::as_str);
    let sentence = match (said("credential"), said("registration"), said("result")) {
        (Some("VERIFIED"), ..) => "the password is imported, and the user is signed in",
        (Some(_), ..) => silence(Kind::PasswordImport),
        (_, Some("DENY"), _) => "the registration is denied",
        (_, Some(_), _) => "the registration is allowed",
        (.., Some("LINK_USER")) => "the user is linked to one that is there",
        (.., Some(_)) => "a user is created",
        _ => return Vec::new(),
    };
    vec![sentence.to_owned()]
}

fn message(action: &Value) -> String {
    let provider = action["provider"].as_str().unwrap_or("the hook's provider");
    match action["status"].as_str() {
        Some("SUCCESSFUL") => format!("the message is sent by {provider}"),
        Some("PENDING") => format!("the message is on its way with {provider}"),
        _ => format!("{provider} failed, and Okta's own provider sends the message"),
    }
}

fn patches(of: &str, before: Option<&Value>, operations: &Value) -> Vec<String> {
    let operations = operations.as_array().into_iter().flatten().filter_map(|one| Operation::read(one).ok());
    let sentence = |operation: Operation| {
        let (pointer, value) = (operation.pointer(), &operation.value);
        let what = match operation.path.as_slice() {
            [first, claim] if first == "claims" => format!("claim {claim}"),
            _ => pointer.clone(),
        };
        match operation.verb {
            Verb::Remove => format!("{of}: {what} is removed"),
            Verb::Add if before.and_then(|before| before.pointer(&pointer)).is_none() => format!("{of}: {what} is added: {value}"),
            Verb::Add | Verb::Replace => format!("{of}: {what} becomes {value}"),
        }
    };
    operations.map(sentence).collect()
}

fn attributes(whose: &str, value: &Value) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| format!("attribute {name} {whose} becomes {value}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::okta::samples::sample;

    fn effects(kind: Kind, body: Value) -> Vec<String> {
        of(kind, &sample(kind), Some(&body))
    }

    #[test]
    fn effects_are_told_command_by_command() {
        let commands = |kind: &str, value: Value| json!({"commands": [{"type": kind, "value": value}]});
        for (kind, body, told) in [
            (
                Kind::PasswordImport,
                commands("com.okta.action.update", json!({"credential": "VERIFIED"})),
                vec!["the password is imported, and the user is signed in"],
            ),
            (
                Kind::Telephony,
                commands("com.okta.telephony.action", json!([{"status": "SUCCESSFUL", "provider": "8x8"}])),
                vec!["the message is sent by 8x8"],
            ),
            (
                Kind::Token,
                commands(
                    "com.okta.identity.patch",
                    json!([
                        {"op": "add", "path": "/claims/https:~1~1a.example~1b", "value": 1},
                        {"op": "replace", "path": "/claims/email", "value": "x"},
                        {"op": "replace", "path": "/token/lifetime/expiration", "value": 300},
                        {"op": "remove", "path": "/claims/email"},
                    ]),
                ),
                vec![
                    "the ID token: claim https://a.example/b is added: 1",
                    "the ID token: claim email becomes \"x\"",
                    "the ID token: /token/lifetime/expiration becomes 300",
                    "the ID token: claim email is removed",
                ],
            ),
            (Kind::UserImport, commands("com.okta.user.update", json!({"id": "00u1"})), vec!["the user is linked to 00u1"]),
            (
                Kind::Registration,
                commands("com.okta.user.profile.update", json!({"title": "x"})),
                vec!["attribute title of the user becomes \"x\""],
            ),
            (Kind::Registration, json!({"error": {}}), vec!["the registration is denied: The callback service returned an error"]),
            (Kind::Saml, json!({}), vec!["the assertion is sent unchanged"]),
        ] {
            assert_eq!(effects(kind, body), told, "{kind:?}");
        }
        assert_eq!(of(Kind::Telephony, &Value::Null, None), ["Okta's own provider sends the message"]);
    }
}
