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
/// [`HookType::PreAuthentication`], an object for [`HookType::UserMigration`].
pub fn decide(hook_type: HookType, result: &RawValue) -> Result<Decision, InvalidResponse> {
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
        Some(Value::Bool(true) | Value::Null) | None => {}
        Some(_) => return Err(InvalidResponse("`success` is not a boolean".into())),
    }
    match response.user {
        Some(Value::Object(user)) => usable(hook_type, &user).map(|()| Decision::Allow),
        Some(Value::Null) | None => Err(InvalidResponse("the response has no `user`".into())),
        Some(_) => Err(InvalidResponse("`user` is not an object".into())),
    }
}

fn usable(hook_type: HookType, user: &Map<String, Value>) -> Result<(), InvalidResponse> {
    match hook_type {
        HookType::PreAuthentication => match user.get("policy_id") {
            Some(Value::Number(_)) => Ok(()),
            Some(_) => Err(InvalidResponse("`user.policy_id` is not a number".into())),
            None => Err(InvalidResponse("`user.policy_id` is missing".into())),
        },
        HookType::UserMigration => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pre(text: &str) -> Result<Decision, String> {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        decide(HookType::PreAuthentication, &raw).map_err(|error| error.to_string())
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
}
