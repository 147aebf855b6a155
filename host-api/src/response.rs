//! What a function may answer, by hook type, and the decision in it.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::{Decision, HookType};

/// A response that its hook type does not allow; the message names the field and the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidResponse(String);

/// The decision in what the function returned.
///
/// `null` and `{"success": false, ...}` deny. An allow is an object with a usable `user`: one with a number as `policy_id` for
/// [`HookType::PreAuthentication`], one with the fields of a new user for [`HookType::UserMigration`]. Where `success` is missing a user
/// stands for it, unless the account is `strict`.
pub fn decide(hook_type: HookType, result: &RawValue, strict: bool) -> Result<Decision, InvalidResponse> {
    #[derive(Deserialize)]
    struct Response {
        #[serde(default)]
        success: Option<Value>,
        #[serde(default)]
        user: Option<Value>,
    }
    if result.get() == "null" {
        return Ok(Decision::Deny);
    }
    if !result.get().starts_with('{') {
        return Err(InvalidResponse("the response is neither an object nor null".into()));
    }
    let response: Response = serde_json::from_str(result.get()).map_err(|error| InvalidResponse(error.to_string()))?;
    match response.success {
        Some(Value::Bool(false)) => return Ok(Decision::Deny),
        Some(Value::Bool(true)) => {}
        Some(Value::Null) | None if strict => return Err(InvalidResponse("`success` is missing".into())),
        Some(Value::Null) | None => {}
        Some(_) => return Err(InvalidResponse("`success` is not a boolean".into())),
    }
    match response.user {
        Some(Value::Object(user)) => usable(hook_type, &user).map(|()| Decision::Allow),
        Some(Value::Null) | None => Err(InvalidResponse("the response has no `user`".into())),
        Some(_) => Err(InvalidResponse("`user` is not an object".into())),
    }
}

/// What a field of a user is.
#[derive(Clone, Copy)]
enum Field {
    Number,
    Text,
    Object,
}

/// The fields that are looked at, and whether a user must have them. Others are passed on unread.
type Fields = &'static [(&'static str, Field, bool)];

const PRE_AUTHENTICATION: Fields = &[("policy_id", Field::Number, true)];

const USER_MIGRATION: Fields = &[
    ("username", Field::Text, true),
    ("password", Field::Text, true),
    ("firstname", Field::Text, true),
    ("lastname", Field::Text, true),
    ("email", Field::Text, true),
    ("external_id", Field::Text, false),
    ("department", Field::Text, false),
    ("title", Field::Text, false),
    ("phone", Field::Text, false),
    ("company", Field::Text, false),
    ("custom_attributes", Field::Object, false),
];

fn usable(hook_type: HookType, user: &Map<String, Value>) -> Result<(), InvalidResponse> {
    let fields = match hook_type {
        HookType::PreAuthentication => PRE_AUTHENTICATION,
        HookType::UserMigration => USER_MIGRATION,
    };
    fields.iter().try_for_each(|(name, field, required)| {
        let problem = match (user.get(*name).filter(|value| !value.is_null()), field) {
            (None, _) if *required => "is missing",
            (None, _) | (Some(Value::Number(_)), Field::Number) | (Some(Value::String(_)), Field::Text) => return Ok(()),
            (Some(Value::Object(_)), Field::Object) => return Ok(()),
            (Some(_), Field::Number) => "is not a number",
            (Some(_), Field::Text) => "is not a string",
            (Some(_), Field::Object) => "is not an object",
        };
        Err(InvalidResponse(format!("`user.{name}` {problem}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pre(text: &str) -> Result<Decision, String> {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        decide(HookType::PreAuthentication, &raw, false).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_decision() {
        assert_eq!(pre("null"), Ok(Decision::Deny));
        assert_eq!(pre(r#"{"success":false}"#), Ok(Decision::Deny));
        assert_eq!(pre(r#"{"success":false,"user":null}"#), Ok(Decision::Deny));
        assert_eq!(pre(r#"{"user":{"policy_id":7}}"#), Ok(Decision::Allow));
        assert_eq!(pre(r#"{"success":true,"user":{"policy_id":7,"x":1}}"#), Ok(Decision::Allow));
    }

    #[test]
    fn names_what_is_wrong() {
        for (text, word) in [
            ("1", "neither"),
            ("[]", "neither"),
            ("\"x\"", "neither"),
            ("{}", "no `user`"),
            (r#"{"success":true}"#, "no `user`"),
            (r#"{"user":5}"#, "not an object"),
            (r#"{"user":{}}"#, "policy_id` is missing"),
            (r#"{"user":{"policy_id":"7"}}"#, "not a number"),
            (r#"{"success":"yes","user":{"policy_id":7}}"#, "not a boolean"),
        ] {
            assert!(pre(text).unwrap_err().contains(word), "{text}: {:?}", pre(text));
        }
    }

    #[test]
    fn a_user_stands_for_success_unless_the_account_is_strict() {
        let strict = |text: &str| {
            let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
            decide(HookType::PreAuthentication, &raw, true).map_err(|error| error.to_string())
        };
        assert_eq!(strict(r#"{"success":true,"user":{"policy_id":7}}"#), Ok(Decision::Allow));
        for text in [r#"{"user":{"policy_id":7}}"#, r#"{"success":null,"user":{"policy_id":7}}"#] {
            assert_eq!(strict(text), Err("`success` is missing".into()), "{text}");
        }
    }

    #[test]
    fn a_migrated_user_has_the_fields_of_a_new_one() {
        let user = |change: &str, value: Value| {
            let mut user = serde_json::json!({"username": "a", "password": "b", "firstname": "c", "lastname": "d", "email": "e"});
            user[change] = value;
            let raw = serde_json::value::to_raw_value(&serde_json::json!({"success": true, "user": user})).unwrap();
            decide(HookType::UserMigration, &raw, false).map_err(|error| error.to_string())
        };
        assert_eq!(user("company", "f".into()), Ok(Decision::Allow));
        assert_eq!(user("custom_attributes", serde_json::json!({"a": 1})), Ok(Decision::Allow));
        assert_eq!(user("phone", Value::Null), Ok(Decision::Allow));
        assert_eq!(user("unknown", 5.into()), Ok(Decision::Allow));
        for (name, value, says) in [
            ("email", Value::Null, "`user.email` is missing"),
            ("username", 5.into(), "`user.username` is not a string"),
            ("department", true.into(), "`user.department` is not a string"),
            ("custom_attributes", "x".into(), "`user.custom_attributes` is not an object"),
        ] {
            assert_eq!(user(name, value), Err(says.into()));
        }
    }
}
