//! Copies hooks from OneLogin, or from any server with its API, for `hookbox import onelogin`.

use hookbox_hooks::dialect::{Fetch, Import, Imported, ImportedHook};
use serde_json::{Map, Value};

pub(super) static IMPORT: Import = Import { from: "OneLogin, or of any server with its API", token_path: "/auth/oauth2/v2/token", read };

const HOOKS: &str = "/api/2/hooks";
const ENVS: &str = "/api/2/hooks/envs";
/// Items per page.
const LIMIT: usize = 100;

/// The keys of a hook that are copied unchanged.
const COPIED: [&str; 7] = ["type", "function", "runtime", "timeout", "retries", "packages", "conditions"];
/// The keys of a hook that become the dialect's settings.
const SETTINGS: [&str; 2] = ["context_version", "options"];

fn read(get: &mut Fetch<'_>) -> Result<Imported, String> {
    let mut imported = Imported::default();
    for env in all(get, ENVS)? {
        imported.env_vars.extend(text(&env, "name"));
    }
    for hook in all(get, HOOKS)? {
        let id = text(&hook, "id").ok_or("the server lists a hook without an id")?;
        // Lists may leave out parts of a hook.
        let hook = get(&format!("{HOOKS}/{id}"))?;
        imported.hooks.push(ImportedHook { id, hook_type: text(&hook, "type").unwrap_or_default(), body: copy(&hook) });
    }
    Ok(imported)
}

/// Every item of a list whose pages are bare arrays.
fn all(get: &mut Fetch<'_>, path: &str) -> Result<Vec<Value>, String> {
    let mut items = Vec::new();
    for page in 1_u32.. {
        let Value::Array(found) = get(&format!("{path}?limit={LIMIT}&page={page}"))? else {
            return Err(format!("GET {path}: the answer is not a list"));
        };
        let last = found.len() < LIMIT;
        items.extend(found);
        if last {
            break;
        }
    }
    Ok(items)
}

/// The body of the copy, which is disabled.
fn copy(hook: &Value) -> Value {
    let take = |names: &[&str]| -> Map<String, Value> {
        names.iter().filter_map(|name| Some(((*name).to_owned(), hook.get(*name)?.clone()))).collect()
    };
    let mut body = take(&COPIED);
    let links = hook.get("env_vars").and_then(Value::as_array).into_iter().flatten();
    // Servers list links as names or as objects.
    let names = links.filter_map(|link| link.as_str().or_else(|| link.get("name")?.as_str()));
    body.insert("env_vars".to_owned(), names.collect());
    body.insert("disabled".to_owned(), true.into());
    body.insert("settings".to_owned(), take(&SETTINGS).into());
    body.into()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_copy_is_disabled_and_names_its_env_vars_whatever_their_form() {
        let hook = json!({
            "id": "1", "type": "pre-authentication", "function": "eA==", "runtime": "nodejs18.x", "timeout": 1, "retries": 0, "disabled": false,
            "packages": {}, "status": "ready", "env_vars": ["A", {"id": "2", "name": "B"}], "options": {"risk_enabled": true}, "created_at": "",
        });
        let copy = copy(&hook);
        assert_eq!(copy["disabled"], true);
        assert_eq!(copy["env_vars"], json!(["A", "B"]));
        assert_eq!(copy["settings"], json!({"options": {"risk_enabled": true}}));
        for absent in ["id", "status", "conditions", "options"] {
            assert!(copy.get(absent).is_none(), "{absent}");
        }
    }
}
