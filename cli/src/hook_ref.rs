//! HOOK on the command line: an id, or a type where that says enough. What is done with the hook is the command's.

use anyhow::Result;
use clap::Args;
use hookbox_hooks::HookId;
use hookbox_hooks::hook_type::HookType;
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::exit::Problem;
use crate::hook_types::{self, REGISTRY};

/// The hooks as Hookbox's own API has them.
pub(crate) const HOOKS: &str = "/v1/hooks";
/// The hooks as they are written.
const WRITTEN: &str = "/api/2/hooks";

/// A hook by id or type.
#[derive(Debug, Clone, Args)]
pub(crate) struct HookArg {
    /// The hook's id, or its type: the enabled hook of that type, or the only one
    #[arg(value_name = "HOOK")]
    pub(crate) hook: String,
}

impl HookArg {
    /// The hook with its details.
    pub(crate) fn find(&self, client: &Client) -> Result<Value> {
        find(client, &self.hook)
    }

    /// Its id.
    pub(crate) fn id(&self, client: &Client) -> Result<String> {
        match self.hook.parse::<HookId>() {
            Ok(id) => Ok(id.to_string()),
            Err(_) => Ok(text(&self.find(client)?, "id").to_owned()),
        }
    }
}

/// The hook with this id or of this type, with its details.
pub(crate) fn find(client: &Client, name: &str) -> Result<Value> {
    if let Ok(id) = name.parse::<HookId>() {
        return client.get(&format!("{HOOKS}/{id}"));
    }
    let Some(hook_type) = REGISTRY.find(name) else {
        let types = hook_types::list();
        return Err(Problem::Usage(format!("\"{name}\" is neither the id of a hook nor a type ({types})")).into());
    };
    let hooks = client.all(HOOKS, &[("type", hook_type.to_string())])?;
    let id = text(pick(&hooks, hook_type)?, "id").to_owned();
    client.get(&format!("{HOOKS}/{id}"))
}

/// The enabled hook, or the only one.
fn pick(hooks: &[Value], hook_type: HookType) -> Result<&Value, Problem> {
    let enabled = hooks.iter().find(|hook| hook.get("disabled") == Some(&json!(false)));
    match (enabled, hooks) {
        (Some(hook), _) | (None, [hook]) => Ok(hook),
        (None, []) => Err(Problem::NotFound(format!("there is no {hook_type} hook"))),
        (None, several) => {
            let ids: Vec<&str> = several.iter().map(|hook| text(hook, "id")).collect();
            Err(Problem::Usage(format!("no {hook_type} hook is enabled, and there are several; give the id of one: {}", ids.join(", "))))
        }
    }
}

/// What an account in strict mode wants to be told with every change.
const REQUIRED: [&str; 8] = ["type", "disabled", "timeout", "env_vars", "runtime", "retries", "packages", "function"];

/// Changes some fields of a hook; the hook as it then is. What is not named is left alone, except where the account wants to be told all.
pub(crate) fn update(client: &Client, hook: &Value, change: Value) -> Result<Value> {
    let path = format!("{WRITTEN}/{}", text(hook, "id"));
    match client.put(&path, &change) {
        Err(error) if wants_all(&error) => {
            let named = |name: &&str| Some(((*name).to_owned(), hook.get(*name)?.clone()));
            let mut whole: Map<String, Value> = REQUIRED.iter().filter_map(named).collect();
            if let Value::Object(change) = change {
                whole.extend(change);
            }
            client.put(&path, &whole.into())
        }
        done => done,
    }
}

fn wants_all(error: &anyhow::Error) -> bool {
    matches!(Problem::of(error), Some(Problem::Refused { status: 422, message }) if message.contains("requires property"))
}

/// Makes a hook.
pub(crate) fn create(client: &Client, hook: &Value) -> Result<Value> {
    client.post(WRITTEN, hook)
}

/// Deletes a hook.
pub(crate) fn delete(client: &Client, id: &str) -> Result<Value> {
    client.delete(&format!("{WRITTEN}/{id}"))
}

/// A field that is a text; an absent one is empty.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A field of any plain kind, as text.
pub(crate) fn shown(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
