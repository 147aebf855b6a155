//! A login that the demo fires, and what must come of it.

use hookbox_host_api::Decision;
use serde_json::Value;

/// One login of the demo and what must come of it.
pub(super) struct Login {
    pub(super) what: &'static str,
    pub(super) context: Value,
    pub(super) decision: Decision,
    pub(super) policy: Option<i64>,
    pub(super) mobile: bool,
}

/// The id of the policy in a context or response.
pub(super) fn policy(value: &Value) -> Option<i64> {
    value.pointer("/user/policy_id").and_then(Value::as_i64)
}
