//! The JSON Schema of `hook.json`. Fields and their bounds are those of the API's own description, and what differs between hook types comes
//! from the registry, so that editors say what the server would.

use anyhow::{Context as _, Result};
use hookbox_dialects::ALL;
use hookbox_hooks::hook_type::HookType;
use hookbox_hooks::openapi;
use serde_json::{Map, Value, json};

use super::names::{OWN, keepable};
use crate::hook_types::REGISTRY;

/// What of the API's fields a manifest does not have: the function is a file.
const FUNCTION: &str = "function";

/// The whole schema, for every hook type.
fn whole() -> Result<Value> {
    let mut properties = common()?;
    let mut branches = Vec::new();
    for hook_type in REGISTRY.types() {
        let own = of_type_alone(*hook_type, &properties);
        for name in own.keys() {
            properties.entry(name.clone()).or_insert(Value::Bool(true));
        }
        branches.push(json!({
            "if": {"required": ["type"], "properties": {"type": {"const": hook_type.id}}},
            "then": {"properties": own},
        }));
    }
    Ok(json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A hook of Hookbox",
        "type": "object",
        "required": ["type", "main"],
        "additionalProperties": false,
        "properties": properties,
        "allOf": branches,
    }))
}

/// The same as a file's text.
pub(crate) fn text() -> Result<String> {
    let mut schema = whole()?;
    schema.sort_all_objects();
    Ok(format!("{schema:#}\n"))
}

/// The schema of a manifest of one type.
pub(super) fn of_type(hook_type: HookType) -> Result<Value> {
    let mut properties = common()?;
    let own = of_type_alone(hook_type, &properties);
    for (name, schema) in own {
        match (properties.get_mut(&name), schema) {
            (Some(Value::Object(under)), Value::Object(over)) => under.extend(over),
            (_, schema) => {
                properties.insert(name, schema);
            }
        }
    }
    Ok(json!({"type": "object", "additionalProperties": false, "properties": properties}))
}

/// What all types have.
fn common() -> Result<Map<String, Value>> {
    let components = openapi::components(ALL)?;
    let schemas = components.get("schemas").context("the API's description has no schemas")?;
    let fields = schemas.pointer("/HookFields/properties").and_then(Value::as_object).context("the API's description has no hooks")?;
    let read_only = |schema: &Value| schema.get("readOnly") == Some(&Value::Bool(true));
    let mut properties: Map<String, Value> = fields
        .iter()
        .filter(|(name, schema)| !read_only(schema) && *name != FUNCTION)
        .map(|(name, schema)| (name.clone(), resolved(schema, schemas)))
        .collect();
    let summaries = REGISTRY.types().iter().map(|one| format!("{}: {}", one.id, one.summary)).collect::<Vec<_>>().join("\n");
    describe(&mut properties, "type", &format!("The event that the hook is for.\n{summaries}"));
    describe(&mut properties, "runtime", "What the function is run as; without it, what its file's name says.");
    let keepable: Vec<&str> = keepable(REGISTRY.types()).collect();
    let [main, samples, schema, keep, files, request] = OWN;
    let own = json!({
        main: {
            "description": "The function's file: JavaScript, TypeScript, Rust (`src/lib.rs` of a crate), C, or WebAssembly.",
            "type": "string",
        },
        samples: {
            "description": "Contexts to run it on: files.",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
        },
        schema: {"description": "This schema, for editors.", "type": "string"},
        keep: {
            "description": "Settings of the deployed hook that a deployment leaves as they are. Others that are not here go to their default.",
            "type": "array",
            "items": {"enum": keepable},
            "uniqueItems": true,
            "default": [],
        },
        files: {
            "description": "Files of the project, and folders with all that is in them, that go with the function besides those that it reaches by paths in its text.",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
        },
        request: {
            "description": "The request that an app which listens gets on this machine.",
            "type": "object",
            "properties": {"path": {"type": "string"}, "headers": {"type": "object", "additionalProperties": {"type": "string"}}},
            "additionalProperties": false,
        },
    });
    properties.extend(own.as_object().cloned().unwrap_or_default());
    Ok(properties)
}

/// What one type says of its fields: their bounds, and its dialect's settings, which may stand beside the others.
fn of_type_alone(hook_type: HookType, common: &Map<String, Value>) -> Map<String, Value> {
    let settings = hook_type.rules.settings_schema();
    let on_error: Vec<&str> = hook_type.on_error.iter().map(|decision| decision.as_str()).collect();
    let mut own = settings.clone();
    own.insert(
        "timeout".to_owned(),
        json!({
            "description": "Seconds after which a run is stopped.",
            "type": "integer",
            "minimum": hook_type.timeout.start(),
            "maximum": hook_type.timeout.end(),
            "default": hook_type.default_timeout,
        }),
    );
    own.insert(
        "on_error".to_owned(),
        json!({
            "description": "The decision if the function gives none.",
            "enum": on_error,
            "default": hook_type.default_on_error().as_str(),
        }),
    );
    let described = common.get("settings").and_then(|schema| schema.get("description")).cloned().unwrap_or_default();
    own.insert(
        "settings".to_owned(),
        json!({"description": described, "type": "object", "properties": settings, "additionalProperties": false}),
    );
    own
}

fn describe(properties: &mut Map<String, Value>, name: &str, text: &str) {
    if let Some(Value::Object(schema)) = properties.get_mut(name) {
        schema.insert("description".to_owned(), text.into());
    }
}

/// A schema with those that it refers to in it.
fn resolved(schema: &Value, schemas: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let named = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
            let mut merged = match named.and_then(|name| schemas.get(name)).map(|target| resolved(target, schemas)) {
                Some(Value::Object(target)) => target,
                _ => Map::new(),
            };
            for (key, value) in fields.iter().filter(|(key, _)| *key != "$ref") {
                // An example of the API is none of a file.
                if key != "example" {
                    merged.insert(key.clone(), resolved(value, schemas));
                }
            }
            merged.into()
        }
        Value::Array(items) => items.iter().map(|item| resolved(item, schemas)).collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_bounds_and_settings() {
        for hook_type in REGISTRY.types() {
            let schema = of_type(*hook_type).unwrap();
            let at = |path: &str| schema.pointer(&format!("/properties/{path}")).cloned().unwrap_or_default();
            assert_eq!(at("timeout/default"), hook_type.default_timeout, "{hook_type}");
            let settings = hook_type.rules.settings_schema();
            assert_eq!(settings.keys().collect::<Vec<_>>(), {
                let mut names: Vec<&str> = hook_type.rules.setting_names().to_vec();
                names.sort_unstable();
                names
            });
            for (name, schema) in &settings {
                assert_eq!(at(name), *schema, "{hook_type}");
                assert_eq!(at(&format!("settings/properties/{name}")), *schema, "{hook_type}");
            }
        }
    }

    #[test]
    fn it_refers_to_nothing_outside() {
        let text = whole().unwrap().to_string();
        assert!(!text.contains("$ref") && !text.contains("readOnly"), "{text}");
    }

    #[test]
    fn the_whole_of_it() {
        insta::assert_snapshot!(text().unwrap());
    }
}
