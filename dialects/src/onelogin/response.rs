//! What a function may answer, by hook type, and the decision in it.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::kind::Kind;

use hookbox_hooks::hook_type::{InvalidResponse, article};
use hookbox_host_api::{Decision, surrogates};

/// The decision in what the function returned.
///
/// `null` and `{"success": false, ...}` deny. An allow is an object with a usable `user`: one with a number as `policy_id` for
/// [`Kind::PreAuthentication`], one with the fields of a new user for [`Kind::UserMigration`]. If `success` is missing, a user counts as
/// success, unless the account is `strict`. A pre-authentication that succeeds without a `user` changes nothing: the function that
/// OneLogin's own command writes into a new project returns this.
pub(super) fn decide(kind: Kind, result: &RawValue, strict: bool) -> Result<Decision, InvalidResponse> {
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
        return Err(InvalidResponse(format!("the response is neither an object nor null: {}", expected(kind))));
    }
    let response: Response = surrogates::read(result.get()).map_err(|error| InvalidResponse(error.to_string()))?;
    let succeeds = match response.success {
        Some(Value::Bool(false)) => return Ok(Decision::Deny),
        Some(Value::Bool(true)) => true,
        Some(Value::Null) | None if strict => return Err(InvalidResponse(format!("`success` is missing: {}", expected(kind)))),
        Some(Value::Null) | None => false,
        Some(other) => return Err(InvalidResponse(format!("`success` is not a boolean but {}: {}", article(&other), expected(kind)))),
    };
    match response.user {
        Some(Value::Object(user)) => usable(kind, &user).map(|()| Decision::Allow),
        Some(Value::Null) | None if succeeds && kind == Kind::PreAuthentication => Ok(Decision::Allow),
        Some(Value::Null) | None => Err(InvalidResponse(format!("the response has no `user`: {}", expected(kind)))),
        Some(other) => Err(InvalidResponse(format!("`user` is not an object but {}: {}", article(&other), expected(kind)))),
    }
}

/// What a function of this type must return, in words.
fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::PreAuthentication => "expected {success: true, user: {policy_id: 7}} to allow, {success: false} to deny",
        Kind::UserMigration => {
            "expected {success: true, user: {username, password, firstname, lastname, email}} to allow, {success: false} to deny"
        }
    }
}

/// The type of a user's field.
#[derive(Clone, Copy)]
enum Field {
    Number,
    Text,
    Object,
}

/// The fields that are checked, and whether a user must have them. Other fields are passed on unread.
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

fn usable(kind: Kind, user: &Map<String, Value>) -> Result<(), InvalidResponse> {
    let fields = match kind {
        Kind::PreAuthentication => PRE_AUTHENTICATION,
        Kind::UserMigration => USER_MIGRATION,
    };
    fields.iter().try_for_each(|(name, field, required)| {
        let wanted = match field {
            Field::Number => "a number",
            Field::Text => "a string",
            Field::Object => "an object",
        };
        let found = match user.get(*name).filter(|value| !value.is_null()) {
            None if *required => return Err(InvalidResponse(format!("`user.{name}` is missing: {wanted} is expected"))),
            None => return Ok(()),
            Some(found) => found,
        };
        let cure = match (field, found) {
            (Field::Number, Value::Number(_)) | (Field::Text, Value::String(_)) | (Field::Object, Value::Object(_)) => return Ok(()),
            (Field::Number, Value::String(_)) => " but a string, of which Number(...) makes one",
            _ => "",
        };
        Err(InvalidResponse(format!("`user.{name}` is not {wanted}{cure}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pre(text: &str) -> Result<Decision, String> {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        decide(Kind::PreAuthentication, &raw, false).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_the_decision() {
        assert_eq!(pre("null"), Ok(Decision::Deny));
        assert_eq!(pre(r#"{"success":false}"#), Ok(Decision::Deny));
        assert_eq!(pre(r#"{"success":false,"user":null}"#), Ok(Decision::Deny));
        assert_eq!(pre(r#"{"user":{"policy_id":7}}"#), Ok(Decision::Allow));
        assert_eq!(pre(r#"{"success":true}"#), Ok(Decision::Allow));
        assert_eq!(pre(r#"{"success":true,"user":null}"#), Ok(Decision::Allow));
        assert_eq!(pre(r#"{"user":{"policy_id":7,"x":"\ud800"}}"#), Ok(Decision::Allow));
        assert_eq!(pre(r#"{"success":true,"user":{"policy_id":7,"x":1}}"#), Ok(Decision::Allow));
    }

    #[test]
    fn names_what_is_wrong() {
        for (text, word) in [
            ("1", "neither"),
            ("[]", "neither"),
            ("\"x\"", "neither"),
            ("{}", "no `user`: expected {success: true, user: {policy_id: 7}} to allow"),
            (r#"{"user":5}"#, "not an object but a number"),
            (r#"{"success":true,"user":[]}"#, "not an object but an array"),
            (r#"{"user":{}}"#, "policy_id` is missing: a number is expected"),
            (r#"{"user":{"policy_id":"7"}}"#, "not a number but a string, of which Number(...) makes one"),
            (r#"{"success":"yes","user":{"policy_id":7}}"#, "not a boolean but a string"),
            (r#"{"success":{},"user":{"policy_id":7}}"#, "not a boolean but an object"),
        ] {
            assert!(pre(text).unwrap_err().contains(word), "{text}: {:?}", pre(text));
        }
    }

    #[test]
    fn a_user_stands_for_success_unless_the_account_is_strict() {
        let strict = |text: &str| {
            let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
            decide(Kind::PreAuthentication, &raw, true).map_err(|error| error.to_string())
        };
        assert_eq!(strict(r#"{"success":true,"user":{"policy_id":7}}"#), Ok(Decision::Allow));
        for text in [r#"{"user":{"policy_id":7}}"#, r#"{"success":null,"user":{"policy_id":7}}"#] {
            assert!(strict(text).unwrap_err().starts_with("`success` is missing: expected {success: true"), "{text}");
        }
        assert_eq!(strict(r#"{"success":true}"#), Ok(Decision::Allow));
    }

    #[test]
    fn a_migrated_user_has_the_fields_of_a_new_one() {
        let user = |change: &str, value: Value| {
            let mut user = serde_json::json!({"username": "a", "password": "b", "firstname": "c", "lastname": "d", "email": "e"});
            user[change] = value;
            let raw = serde_json::value::to_raw_value(&serde_json::json!({"success": true, "user": user})).unwrap();
            decide(Kind::UserMigration, &raw, false).map_err(|error| error.to_string())
        };
        assert_eq!(user("company", "f".into()), Ok(Decision::Allow));
        assert_eq!(user("custom_attributes", serde_json::json!({"a": 1})), Ok(Decision::Allow));
        assert_eq!(user("phone", Value::Null), Ok(Decision::Allow));
        assert_eq!(user("unknown", 5.into()), Ok(Decision::Allow));
        for (name, value, says) in [
            ("email", Value::Null, "`user.email` is missing: a string is expected"),
            ("username", 5.into(), "`user.username` is not a string"),
            ("department", true.into(), "`user.department` is not a string"),
            ("custom_attributes", "x".into(), "`user.custom_attributes` is not an object"),
        ] {
            assert_eq!(user(name, value), Err(says.into()));
        }
    }
}
