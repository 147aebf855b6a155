//! Writes manifests: those of new projects, and those of hooks that are pulled.

use anyhow::Result;
use hookbox_hooks::bodies::HookBody;
use serde_json::{Map, Value, json};

use super::names::OWN;

/// Where the schema lies that editors read, beside the manifest.
pub(crate) const SCHEMA: &str = ".hookbox/hook.schema.json";

/// The file's text, its keys in alphabetical order.
pub(crate) fn text(body: &HookBody, main: &str, samples: &[&str], keep: &[&str], files: &[&str]) -> Result<String> {
    let mut manifest: Map<String, Value> = serde_json::from_value(serde_json::to_value(body)?)?;
    let [own_main, own_samples, own_schema, own_keep, own_files, _] = OWN;
    manifest.insert(own_main.to_owned(), main.into());
    manifest.insert(own_schema.to_owned(), format!("./{SCHEMA}").into());
    manifest.insert(own_samples.to_owned(), json!(samples));
    manifest.insert(own_keep.to_owned(), json!(keep));
    manifest.insert(own_files.to_owned(), json!(files));
    let mut manifest = Value::Object(manifest);
    manifest.sort_all_objects();
    Ok(format!("{manifest:#}\n"))
}
