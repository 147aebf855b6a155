//! Reads events for a hook of Okta's types, judges what its function returns, and answers where no function did.

use bytes::Bytes;
use hookbox_hooks::ServiceError;
use hookbox_hooks::hook_type::{Adapter, Event, InvalidResponse, Request, Verdict, WebAnswer};
use hookbox_host_api::Decision;
use serde_json::value::RawValue;

use super::event;
use super::kind::Kind;
use super::response;

/// A type: no setting changes what a function sees or may return.
pub(super) struct OktaAdapter {
    pub(super) kind: Kind,
    /// The path that an app has.
    pub(super) app_path: String,
}

impl Adapter for OktaAdapter {
    fn read_event(&self, body: &Bytes) -> Result<Event, ServiceError> {
        event::read(self.kind, body)
    }

    fn judge(&self, returned: Box<RawValue>, kept: &Bytes) -> Result<Verdict, InvalidResponse> {
        response::judge(self.kind, returned, kept)
    }

    fn request(&self) -> Request {
        Request::post(&self.app_path)
    }

    fn judge_answer(&self, answer: &WebAnswer, kept: &Bytes) -> Result<Verdict, InvalidResponse> {
        response::judge_answer(self.kind, answer, kept)
    }

    fn default_verdict(&self, decision: Decision, _: &Bytes) -> Verdict {
        Verdict::new(decision, stand_in(self.kind, decision).and_then(|body| RawValue::from_string(body.to_owned()).ok()))
    }
}

/// What Okta is answered with a decision that no function made; nothing, for it to go on as if there were no hook. No password is ever verified
/// by it, and no message is ever said to be sent.
fn stand_in(kind: Kind, decision: Decision) -> Option<&'static str> {
    match (kind, decision) {
        (Kind::PasswordImport, _) => Some(r#"{"commands":[{"type":"com.okta.action.update","value":{"credential":"UNVERIFIED"}}]}"#),
        (Kind::Telephony, _) => Some(r#"{"error":{"errorSummary":"The message was not sent"}}"#),
        (Kind::Registration, Decision::Deny) => Some(r#"{"commands":[{"type":"com.okta.action.update","value":{"registration":"DENY"}}]}"#),
        (Kind::Registration, Decision::Allow) => {
            Some(r#"{"commands":[{"type":"com.okta.action.update","value":{"registration":"ALLOW"}}]}"#)
        }
        (Kind::Token | Kind::Saml, Decision::Deny) => Some(r#"{"error":{"errorSummary":"The hook failed"}}"#),
        (Kind::UserImport, Decision::Deny) => Some(r#"{"error":{"errorSummary":"The hook failed"}}"#),
        (Kind::Registration | Kind::Token | Kind::Saml | Kind::UserImport, _) | (Kind::Event, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(kind: Kind) -> OktaAdapter {
        OktaAdapter { kind, app_path: "/".to_owned() }
    }

    #[test]
    fn what_stands_in_for_a_function_is_an_answer_that_its_type_allows() {
        for kind in Kind::ALL {
            let event = Bytes::from(super::super::samples::sample(kind).to_string());
            for decision in [Decision::Allow, Decision::Deny, Decision::NoChange] {
                let verdict = adapter(kind).default_verdict(decision, &event);
                let body = verdict.body.unwrap_or_else(|| RawValue::from_string("null".to_owned()).unwrap());
                let judged = adapter(kind).judge(body, &event);
                match kind {
                    Kind::PasswordImport | Kind::Telephony => assert_eq!(judged.unwrap().decision, Decision::Deny, "{kind:?}"),
                    Kind::Registration | Kind::Token | Kind::Saml | Kind::UserImport => {
                        let allowed = judged.unwrap().decision;
                        assert_eq!(allowed == Decision::Deny, decision == Decision::Deny, "{kind:?}");
                    }
                    Kind::Event => assert!(judged.is_ok()),
                }
            }
        }
    }
}
