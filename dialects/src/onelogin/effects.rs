//! What OneLogin does with an answer, in a sentence, for who runs a function on a machine of their own.

use hookbox_host_api::Decision;
use serde_json::Value;
use serde_json::value::RawValue;

use super::kind::Kind;
use super::response;

/// The sentence for an answer to an event; without a body the answer is empty, which denies.
pub(super) fn of(kind: Kind, event: &Value, body: Option<&Value>) -> Vec<String> {
    let decision = body.and_then(|body| {
        let raw = RawValue::from_string(body.to_string()).ok()?;
        response::decide(kind, &raw, false).ok()
    });
    let allowed = decision == Some(Decision::Allow);
    let policy = |of: Option<&Value>| of.and_then(|of| of.pointer("/user/policy_id")).and_then(Value::as_i64);
    vec![match (kind, allowed) {
        (Kind::PreAuthentication, false) => "the login is denied".to_owned(),
        (Kind::PreAuthentication, true) => match (policy(Some(event)), policy(body)) {
            (Some(before), Some(after)) if before != after => format!("the login goes on under policy {after}, not {before}"),
            _ => "the login goes on under the user's policy".to_owned(),
        },
        (Kind::UserMigration, false) => "there is no such user, and the login fails".to_owned(),
        (Kind::UserMigration, true) => "the user is made, with the password, and the login goes on".to_owned(),
    }]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_its_effect() {
        let event = json!({"user": {"policy_id": 7}});
        let effect = |kind, body: Value| of(kind, &event, Some(&body)).join("");
        assert_eq!(
            effect(Kind::PreAuthentication, json!({"success": true, "user": {"policy_id": 9}})),
            "the login goes on under policy 9, not 7"
        );
        assert_eq!(effect(Kind::PreAuthentication, json!({"success": true})), "the login goes on under the user's policy");
        assert_eq!(effect(Kind::PreAuthentication, json!({"success": false, "user": null})), "the login is denied");
        assert_eq!(effect(Kind::UserMigration, Value::Null), "there is no such user, and the login fails");
        assert_eq!(of(Kind::PreAuthentication, &event, None), ["the login is denied"]);
    }
}
