//! A small dialect: two hook types, a setting, an endpoint that a hook's own secret opens, and its own form of errors. It shows what a
//! dialect needs: this file, and its place in the list that a server starts with.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::{Decision, Secret, json, surrogates};
use http::{Method, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use crate::api::{Access, Answered, ApiError, BodyKind, Call, Caller, Core, Doc, Endpoint, ErrorStyle, Head, respond};
use crate::dialect::Dialect;
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::hook_type::{Adapter, Command, Event, HookTypeSpec, InvalidResponse, Rules, Settings, Shape, Verdict};
use crate::resources::read_roles;

pub struct Sample;

static HOOK_TYPES: [HookTypeSpec; 2] = [
    HookTypeSpec {
        id: "sign-in",
        dialect: "sample",
        summary: "somebody signs in",
        entries: &["onSignIn", "handler"],
        shape: Shape::Single,
        default_decision: Decision::Allow,
        on_error: &[Decision::Deny, Decision::Allow],
        addressed: None,
        timeout: 1..=10,
        default_timeout: 1,
        source_bytes: usize::MAX,
        secrets: &[],
        samples: Vec::new,
        rules: &SIGN_IN,
    },
    HookTypeSpec {
        id: "sign-up",
        dialect: "sample",
        summary: "somebody signs up",
        entries: &["handler"],
        shape: Shape::Single,
        default_decision: Decision::Deny,
        on_error: &[Decision::Deny, Decision::Allow],
        addressed: None,
        timeout: 1..=10,
        default_timeout: 1,
        source_bytes: usize::MAX,
        secrets: &["password"],
        samples: Vec::new,
        rules: &SIGN_UP,
    },
];

static ENDPOINTS: [Endpoint; 1] = [Endpoint {
    method: Method::POST,
    path: "/sample/{kind}/doors/{hook_id}",
    id: "sampleDoor",
    access: Access::Dialect(|core, head| Box::pin(std::future::ready(let_in(core, head)))),
    body: BodyKind::Context,
    handler: |core, call| Box::pin(door(core, call)),
    doc: Doc {
        tag: "sample",
        summary: "Run a hook on an event",
        answers: &[(200, "The verdict", Some("SampleVerdict")), (204, "The hook has no opinion", None)],
        ..Doc::NONE
    },
}];

static STYLES: [ErrorStyle; 1] = [ErrorStyle {
    root: "/sample",
    write: |_, problem| {
        let message = problem.message.clone().into_owned();
        problem.reply(&json!({"oops": message}))
    },
    schema: "SampleError",
    missing_scope: 403,
    checks_fields: true,
    forms: false,
}];

impl Dialect for Sample {
    fn name(&self) -> &'static str {
        "sample"
    }

    fn hook_types(&self) -> &'static [HookTypeSpec] {
        &HOOK_TYPES
    }

    fn endpoints(&self) -> Vec<&'static Endpoint> {
        ENDPOINTS.iter().collect()
    }

    fn error_styles(&self) -> &'static [ErrorStyle] {
        &STYLES
    }

    fn schemas(&self) -> &'static str {
        r#"{
            "SampleVerdict": {"type": "object", "required": ["verdict"], "properties": {"verdict": {"type": "string"}}},
            "SampleError": {"type": "object", "required": ["oops"], "properties": {"oops": {"type": "string"}}}
        }"#
    }
}

/// Lets in callers that send the hook's own secret.
fn let_in(core: &Core, head: &Head<'_>) -> Result<Caller, ApiError> {
    let hook = core.service.find_hook(head.params.get("hook_id")).map_err(|_| ApiError::Unauthenticated)?;
    let secret = hook.settings.get("secret").and_then(Value::as_str).unwrap_or_default();
    let sent = head.text("x-sample-secret").unwrap_or_default();
    let right = !secret.is_empty() && bool::from(secret.as_bytes().ct_eq(sent.as_bytes()));
    if right && hook.hook_type.dialect == "sample" { Ok(Caller::of(hook.account)) } else { Err(ApiError::Unauthenticated) }
}

async fn door(core: &Core, call: Call<'_>) -> Answered {
    let (account, id) = (call.account()?, call.param("hook_id"));
    let answer = core.service.run_hook(account, id, call.body.into(), call.read_at).await?;
    if answer.decision() == Decision::NoChange {
        return Ok(respond::empty(StatusCode::NO_CONTENT));
    }
    let kind = call.head.params.get("kind");
    Ok(respond::ok(&json!({
        "verdict": answer.decision(), "kind": kind, "commands": answer.commands(), "message": answer.message(), "body": answer.body(),
    })))
}

/// The rules of a type, and the key that its events must have.
struct SampleRules {
    required: &'static str,
}

static SIGN_IN: SampleRules = SampleRules { required: "user" };
static SIGN_UP: SampleRules = SampleRules { required: "user_identifier" };

impl Rules for SampleRules {
    fn setting_names(&self) -> &'static [&'static str] {
        &["risk", "secret"]
    }

    fn settings_schema(&self) -> Settings {
        [("risk".to_owned(), serde_json::json!({"type": "boolean"})), ("secret".to_owned(), serde_json::json!({"type": "string"}))]
            .into_iter()
            .collect()
    }

    fn apply(&self, before: &Settings, said: &mut Fields, _: &Settings) -> Result<Settings, ServiceError> {
        let mut settings = before.clone();
        if let Some(risk) = said.boolean("risk")? {
            settings.insert("risk".to_owned(), risk.into());
        }
        if let Some(secret) = said.string("secret")? {
            settings.insert("secret".to_owned(), secret.into());
        }
        Ok(settings)
    }

    /// Secrets are not returned.
    fn view(&self, settings: &Settings) -> Settings {
        [("risk".to_owned(), settings.get("risk").cloned().unwrap_or(false.into()))].into_iter().collect()
    }

    fn bind(&self, settings: &Settings, _: &Settings) -> Arc<dyn Adapter> {
        Arc::new(SampleAdapter { required: self.required, risk: settings.get("risk").and_then(Value::as_bool).unwrap_or(false) })
    }
}

struct SampleAdapter {
    required: &'static str,
    /// Whether the function sees `risk`.
    risk: bool,
}

impl Adapter for SampleAdapter {
    fn read_event(&self, body: &Bytes) -> Result<Event, ServiceError> {
        let unusable = |error: &dyn std::fmt::Display| ServiceError::invalid_body(format!("the context is not usable JSON: {error}"));
        let text = str::from_utf8(body).map_err(|_| ServiceError::invalid_body("the context is not valid UTF-8"))?;
        let fields = json::fields(text).map_err(|error| unusable(&error))?;
        fields.iter().try_for_each(|(_, value)| json::check(value)).map_err(|error| unusable(&error))?;
        let get = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        if get(self.required).is_none() {
            return Err(ServiceError::invalid(self.required, format!("instance requires property \"{}\"", self.required)));
        }
        let string = |name: &str| surrogates::read::<String>(get(name)?.get()).ok();
        let usable = |id: &String| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let hidden = |name: &str| name == "roles" || (name == "risk" && !self.risk);
        let input = if fields.iter().any(|(name, _)| hidden(name)) {
            let seen: serde_json::Map<String, Value> = fields
                .iter()
                .filter(|(name, _)| !hidden(name))
                .map(|(name, value)| (name.to_string(), serde_json::from_str(value.get()).unwrap()))
                .collect();
            Value::Object(seen).to_string().into()
        } else {
            body.clone()
        };
        Ok(Event {
            input,
            request_id: string("request_id").filter(usable),
            correlation_id: string("correlation_id").filter(usable),
            roles: get("roles").map(read_roles).transpose()?,
            secrets: string("password").map(Secret::new).into_iter().collect(),
            kept: get("user").map_or_else(Bytes::new, |user| body.slice_ref(user.get().as_bytes())),
        })
    }

    fn judge(&self, returned: Box<RawValue>, _: &Bytes) -> Result<Verdict, InvalidResponse> {
        let value: Value = surrogates::read(returned.get()).map_err(|error| InvalidResponse(error.to_string()))?;
        let decision = match &value {
            Value::Null => Decision::Deny,
            Value::Object(fields) if fields.get("success") == Some(&false.into()) => Decision::Deny,
            Value::Object(fields) if fields.contains_key("no_change") => Decision::NoChange,
            Value::Object(fields) if fields.get("user").is_some_and(Value::is_object) => Decision::Allow,
            Value::Object(_) => return Err(InvalidResponse("the response has no `user`".to_owned())),
            _ => return Err(InvalidResponse("the response is neither an object nor null".to_owned())),
        };
        let commands = value.get("commands").and_then(Value::as_array).into_iter().flatten().map(|command| Command {
            kind: command["type"].as_str().unwrap_or_default().to_owned(),
            value: serde_json::value::to_raw_value(&command["value"]).unwrap(),
        });
        let message = value.get("message").and_then(Value::as_str).map(str::to_owned);
        Ok(Verdict { decision, commands: commands.collect(), message, body: Some(returned) })
    }

    fn default_verdict(&self, decision: Decision, kept: &Bytes) -> Verdict {
        let user = str::from_utf8(kept).ok().filter(|user| !user.is_empty()).unwrap_or("null");
        let body = RawValue::from_string(format!(r#"{{"success":true,"user":{user}}}"#)).ok();
        Verdict::new(decision, body.filter(|_| decision == Decision::Allow))
    }
}
