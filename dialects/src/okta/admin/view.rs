//! Inline hooks as Okta's clients read them. Secrets are never in it.

use std::borrow::Cow;

use hookbox_hooks::{HookView, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::okta::inline_hook;
use crate::okta::kind::Kind;
use crate::okta::names::AUTHENTICATION;

/// The version of hooks and of channels.
const VERSION: &str = "1.0.0";

/// An inline hook.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    id: String,
    name: String,
    r#type: &'static str,
    version: String,
    status: &'static str,
    created: Timestamp,
    last_updated: Timestamp,
    channel: Value,
    #[serde(rename = "_links")]
    links: Value,
}

impl View {
    /// The view of a hook; `None` for one that is no inline hook.
    pub(super) fn of(hook: &HookView) -> Option<Self> {
        let kind = Kind::named(&hook.hook_type).filter(|kind| kind.is_inline())?;
        let id = hook.id.to_string();
        let known = inline_hook::of(&hook.settings);
        Some(Self {
            version: known.as_ref().and_then(|one| one.version.clone()).unwrap_or_else(|| VERSION.to_owned()),
            name: known.map_or_else(|| format!("{} {id}", kind.as_str()), |one| one.name),
            r#type: kind.event_type(),
            status: if hook.disabled { "INACTIVE" } else { "ACTIVE" },
            created: hook.created_at,
            last_updated: hook.updated_at,
            channel: channel(hook, &id),
            links: links(hook, &id),
            id,
        })
    }
}

fn channel(hook: &HookView, id: &str) -> Value {
    let known = inline_hook::of(&hook.settings).unwrap_or_default();
    let uri: Cow<'_, str> = if known.uri.is_empty() { format!("/okta/inline-hooks/{id}").into() } else { known.uri.into() };
    let authentication = hook.settings.get(AUTHENTICATION);
    let text = |name: &str| authentication.and_then(|one| one.get(name)).and_then(Value::as_str);
    let scheme = match text("type") {
        Some("header") => json!({"type": "HEADER", "key": text("name")}),
        Some("basic") => json!({"type": "HEADER", "key": "Authorization"}),
        _ => Value::Null,
    };
    let mut config =
        json!({"uri": uri, "method": known.method.as_deref().unwrap_or("POST"), "headers": known.headers, "authScheme": scheme});
    let oauth = known.oauth.filter(|_| text("type") == Some("oauth"));
    let kind = if text("type") == Some("oauth") { "OAUTH" } else { "HTTP" };
    if let (Value::Object(config), Some(Value::Object(oauth))) = (&mut config, oauth) {
        config.extend(oauth.into_iter().filter(|(_, value)| !value.is_null()));
    }
    json!({"type": kind, "version": VERSION, "config": config})
}

fn links(hook: &HookView, id: &str) -> Value {
    let post = |path: &str| json!({"href": format!("/api/v1/inlineHooks/{id}{path}"), "hints": {"allow": ["POST"]}});
    let mut links = json!({
        "self": {"href": format!("/api/v1/inlineHooks/{id}"), "hints": {"allow": ["GET", "PUT", "DELETE"]}},
        "execute": post("/execute"),
    });
    let next = if hook.disabled { "activate" } else { "deactivate" };
    if let Value::Object(links) = &mut links {
        links.insert(next.to_owned(), post(&format!("/lifecycle/{next}")));
    }
    links
}
