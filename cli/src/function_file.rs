//! A function in a file of its own: WebAssembly, JavaScript as it is, or TypeScript, which loses its types.

use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_hooks::{CheckedHook, ServiceLimits};
use serde_json::Value;

use crate::exit::Problem;
use crate::hook_types::REGISTRY;
use crate::typescript;
use crate::written::Written;

/// The function as it is uploaded.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let bytes = bytes(path)?;
    if !typescript::is_at(path) {
        return Ok(bytes);
    }
    let source = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8 text", path.display()))?;
    typescript::strip(path, &source).map(String::into_bytes)
}

/// The file as it is.
pub(crate) fn written(path: &Path) -> Result<Written> {
    Ok(Written::new(path, bytes(path)?))
}

/// The hook of a function that has no manifest; `fields` are those that the API is told beside it.
///
/// # Errors
/// A server would refuse it.
pub(crate) fn hook(function: &[u8], mut fields: Value) -> Result<CheckedHook> {
    let runtime = if function.starts_with(b"\0asm") { "wasm" } else { "nodejs24.x" };
    if let Value::Object(fields) = &mut fields {
        fields.insert("runtime".to_owned(), runtime.into());
        fields.insert("function".to_owned(), STANDARD.encode(function).into());
    }
    let hook = CheckedHook::new(fields.to_string().as_bytes(), &REGISTRY, &ServiceLimits::default());
    hook.map_err(|error| Problem::Usage(error.to_string()).into())
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
