//! What a function may return: the envelope that all types share. What a command may say is in the file of its type.

mod attributes;
mod command;
mod failure;
mod import;
mod password;
mod patch;
mod registration;
mod saml;
mod telephony;
mod token;
mod words;

use bytes::Bytes;
use hookbox_hooks::hook_type::{Command, InvalidResponse, Verdict, WebAnswer, article};
use hookbox_host_api::{Decision, surrogates};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::kind::Kind;
use command::Said;
pub(super) use patch::{Operation, Verb};
use words::wrong;

/// The most bytes that Okta reads of an answer.
const LONGEST: usize = 256 << 10;

const KEYS: [&str; 3] = ["commands", "error", "debugContext"];

/// The verdict in what a function returned for an event.
pub(super) fn judge(kind: Kind, returned: Box<RawValue>, event: &Bytes) -> Result<Verdict, InvalidResponse> {
    if returned.get().len() > LONGEST {
        return wrong(format!("the response has {} bytes, and Okta reads {LONGEST} at most", returned.get().len()));
    }
    let fields = match surrogates::read(returned.get()).map_err(|error| InvalidResponse(error.to_string()))? {
        Value::Null => Map::new(),
        Value::Object(fields) => fields,
        other => return wrong(format!("the response is {}, and has to be an object, or nothing", article(&other))),
    };
    if let Some(key) = fields.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return wrong(format!("the response has the key `{key}`; it may have `commands`, `error` and `debugContext`"));
    }
    if !fields.get("debugContext").is_none_or(|context| context.is_object() || context.is_null()) {
        return wrong("`debugContext` is not an object");
    }
    let said = said(kind, &fields)?;
    let error = fields.get("error").filter(|error| !error.is_null());
    let message = error.map(failure::check).transpose()?.flatten();
    let decision = match error {
        // It wins over the commands, which have to be right all the same.
        Some(_) => Decision::Deny,
        None => decide(kind, &said, event)?,
    };
    let silent = said.is_empty() && error.is_none() && fields.get("debugContext").is_none_or(Value::is_null);
    let commands = said.iter().filter_map(|one| Some(Command { kind: one.kind.to_owned(), value: to_raw_value(one.value).ok()? }));
    let commands = if error.is_none() { commands.collect() } else { Vec::new() };
    Ok(Verdict { decision, commands, message, body: (!silent).then_some(returned) })
}

/// The verdict in what an app answered, as Okta reads it: the body of a success, and nothing of any other status.
pub(super) fn judge_answer(kind: Kind, answer: &WebAnswer, event: &Bytes) -> Result<Verdict, InvalidResponse> {
    let hint = match answer.status {
        // Okta looks at the status alone.
        200..=299 if kind == Kind::Event => return judge(kind, RawValue::NULL.to_owned(), event),
        200..=299 => return judge(kind, answer.json()?, event),
        300..=399 => ", and Okta follows no redirect",
        401 | 403 => ": the app's own check refuses what Okta sends",
        404 => ": it has no such route; its path stands in the URL behind the hook's id, or in the setting `app_path`",
        _ => "",
    };
    wrong(format!("the app answered {}{hint}. Its body: {}", answer.status, answer.quoted()))
}

/// The commands, with names that the type has.
fn said(kind: Kind, fields: &Map<String, Value>) -> Result<Vec<Said<'_>>, InvalidResponse> {
    match fields.get("commands") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(commands)) => commands.iter().enumerate().map(|(index, one)| Said::read(kind, index, one)).collect(),
        Some(other) => wrong(format!("`commands` is {} and not an array", article(other))),
    }
}

/// The decision in the commands.
fn decide(kind: Kind, said: &[Said<'_>], event: &Bytes) -> Result<Decision, InvalidResponse> {
    let event = || serde_json::from_slice::<Value>(event).unwrap_or_default();
    match kind {
        Kind::PasswordImport => password::decide(said),
        Kind::Telephony => telephony::decide(said),
        Kind::Registration if said.is_empty() => Ok(Decision::NoChange),
        Kind::Registration => registration::decide(said, &event()),
        Kind::Token if said.is_empty() => Ok(Decision::NoChange),
        Kind::Token => token::check(said, &event()).map(|()| Decision::Allow),
        Kind::Saml if said.is_empty() => Ok(Decision::NoChange),
        Kind::Saml => saml::check(said, &event()).map(|()| Decision::Allow),
        Kind::UserImport if said.is_empty() => Ok(Decision::NoChange),
        Kind::UserImport => import::check(said, &event()).map(|()| Decision::Allow),
        Kind::Event => Ok(Decision::NoChange),
    }
}

#[cfg(test)]
mod tests;
