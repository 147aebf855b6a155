//! Reads contexts for a hook of OneLogin's types, and judges what its function returns.

use std::borrow::Cow;

use bytes::Bytes;
use hookbox_hooks::ServiceError;
use hookbox_hooks::hook_type::{Adapter, Event, InvalidResponse, Verdict};
use hookbox_host_api::Decision;
use serde_json::value::RawValue;

use super::context::{Context, View};
use super::kind::Kind;
use super::response;

/// What one version of a hook sees, and whether its account is strict about results.
pub(super) struct OneLoginAdapter {
    pub(super) kind: Kind,
    pub(super) view: View,
    pub(super) strict: bool,
}

impl Adapter for OneLoginAdapter {
    fn read_event(&self, body: &Bytes) -> Result<Event, ServiceError> {
        let context = Context::parse(self.kind, body)?;
        let input = match context.visible(self.view) {
            // The caller's own bytes, without a copy.
            Cow::Borrowed(_) => body.clone(),
            Cow::Owned(text) => text.into(),
        };
        Ok(Event {
            input,
            request_id: context.id("request_id").map(str::to_owned),
            correlation_id: context.id("correlation_id").map(str::to_owned),
            roles: context.roles().map(<[String]>::to_vec),
            secrets: context.secrets(),
            kept: context.get("user").map_or_else(Bytes::new, |user| body.slice_ref(user.get().as_bytes())),
        })
    }

    fn judge(&self, returned: Box<RawValue>, _: &Bytes) -> Result<Verdict, InvalidResponse> {
        let decision = response::decide(self.kind, &returned, self.strict)?;
        Ok(Verdict::new(decision, Some(returned)))
    }

    /// An allow returns the user as the caller sent it.
    fn default_verdict(&self, decision: Decision, kept: &Bytes) -> Verdict {
        let body = match decision {
            Decision::Allow => {
                let user = str::from_utf8(kept).ok().filter(|user| !user.is_empty()).unwrap_or("null");
                RawValue::from_string(format!(r#"{{"success":true,"user":{user}}}"#)).ok()
            }
            Decision::Deny | Decision::NoChange => None,
        };
        Verdict::new(decision, body)
    }
}
