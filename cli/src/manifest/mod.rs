//! The manifest of a project, `hook.json`: read, and checked before anything is done with it. Names are checked against its schema, and values
//! by the server's own rules; what is wrong is said with its place in the file.
//!
//! The manifest has the API's own keys, so that what is deployed is what is read here, and some more: `main`, the function's file; `samples`,
//! contexts to run it on; `keep`, what a deployment leaves as it is; `files`, which others go with the function; `request`, how an app which listens
//! is asked on this machine; and `$schema`. What only the type's dialect understands stands in
//! `settings`, or beside the other keys.

mod faults;
mod names;
mod places;
pub(crate) mod schema;
mod words;
pub(crate) mod writer;

use std::path::Path;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_hooks::hook_type::{HookType, RequestBody, Settings};
use hookbox_hooks::{CheckedHook, Fields, ServiceError, ServiceLimits};
use serde_json::{Map, Value};

use crate::exit::Problem;
use crate::hook_types::{self, REGISTRY};
use crate::output;
use faults::Faults;
use names::OWN;
use words::nearest;

/// The manifest's file.
pub(crate) const MANIFEST: &str = "hook.json";
/// A manifest that was read and checked.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) hook_type: HookType,
    /// The function's file.
    pub(crate) main: String,
    /// Contexts to run it on.
    pub(crate) samples: Vec<String>,
    /// What a deployment leaves as it is.
    pub(crate) keep: Vec<String>,
    /// Files, and folders with all that is in them, that go with the function besides those that it reaches.
    pub(crate) files: Vec<String>,
    /// The request that an app which listens gets on this machine.
    pub(crate) request: Option<RequestBody>,
    /// What the API is told, as it stands there.
    told: Map<String, Value>,
}

/// The limits of a server that allows as much as one can be set to.
fn widest() -> ServiceLimits {
    ServiceLimits {
        max_memory_mib: 4096,
        max_fuel: i64::MAX as u64,
        source_bytes: 8 << 20,
        function_bytes: 256 << 20,
        ..ServiceLimits::default()
    }
}

impl Manifest {
    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// All that is wrong, with places.
    pub(crate) fn read(path: &Path, text: &str) -> Result<Self> {
        let mut faults = Faults::new(path, text);
        let read = Self::parse(text, &mut faults);
        match read {
            Some(manifest) if faults.are_none() => {
                manifest.warn(path, text)?;
                Ok(manifest)
            }
            _ => Err(Problem::Usage(faults.to_string()).into()),
        }
    }

    fn parse(text: &str, faults: &mut Faults<'_>) -> Option<Self> {
        let mut told: Map<String, Value> = match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return faults.whole("a manifest is a JSON object"),
            Err(error) => return faults.reader(&format!("this is no JSON, {error}")),
        };
        if let Err(ServiceError::Invalid { field: None, message }) = Fields::parse(text.as_bytes()) {
            return faults.reader(&message);
        }
        let name = told.get("type").and_then(Value::as_str);
        let Some(hook_type) = name.and_then(|name| REGISTRY.find(name)) else {
            let nearest = name.and_then(|name| nearest(name, REGISTRY.types().iter().map(|one| one.id)));
            let hint = nearest.map(|one| format!("; did you mean {one:?}?")).unwrap_or_default();
            return faults.value("type", &format!("`type` is one of {}{hint}", hook_types::list()));
        };
        faults.unknown_names(&told, hook_type);
        let [main, samples, _, keep, files, request] = OWN.map(|key| told.remove(key).unwrap_or_default());
        let main = match main {
            Value::String(main) => main,
            Value::Null => return faults.whole("`main`, the function's file, is missing"),
            _ => return faults.value("main", "`main` is the function's file: a text"),
        };
        let samples = list(samples).or_else(|| faults.value("samples", "`samples` is a list of files"))?;
        let keep = list(keep).or_else(|| faults.value("keep", "`keep` is a list of names of settings"))?;
        let files = list(files).or_else(|| faults.value("files", "`files` is a list of paths"))?;
        let request = serde_json::from_value(request).ok().or_else(|| faults.value("request", "`request` is {\"path\", \"headers\"}"))?;
        for (index, name) in keep.iter().enumerate() {
            faults.kept(index, name, &told, hook_type);
        }
        let manifest = Self { hook_type, main, samples, keep, files, request, told };
        // A name that is unknown is refused by the server's rules, too, and without its place.
        if let Err(error) = manifest.check(None, &Map::new(), &widest())
            && (faults.are_none() || !words::is_unknown_name(&error.to_string()))
        {
            faults.refused(error, &manifest.told);
        }
        Some(manifest)
    }

    /// Says what servers refuse unless they are set otherwise.
    fn warn(&self, path: &Path, text: &str) -> Result<()> {
        let Err(error) = self.check(None, &Map::new(), &ServiceLimits::default()) else { return Ok(()) };
        let mut faults = Faults::new(path, text);
        faults.refused(error, &self.told);
        output::note(&format!("warning: {faults}, unless the server is set otherwise"))
    }

    /// The hook with this function, by the rules of a server. Without one, something stands in for it. `more` are keys that the manifest leaves
    /// to others.
    pub(crate) fn checked(&self, function: &[u8], more: &Map<String, Value>) -> Result<CheckedHook, ServiceError> {
        self.check(Some(function), more, &widest())
    }

    fn check(&self, function: Option<&[u8]>, more: &Map<String, Value>, limits: &ServiceLimits) -> Result<CheckedHook, ServiceError> {
        let mut body = self.told.clone();
        body.extend(more.clone());
        let runtime = body.entry("runtime").or_insert_with(|| runtime_of(&self.main).into());
        let stand_in: &[u8] = if runtime == "wasm" { b"\0asm\x01\0\0\0" } else { b"" };
        body.insert("function".to_owned(), STANDARD.encode(function.unwrap_or(stand_in)).into());
        CheckedHook::new(Value::Object(body).to_string().as_bytes(), &REGISTRY, limits)
    }

    /// The names of the env vars that the hook is linked to.
    pub(crate) fn env_names(&self) -> Vec<String> {
        self.told.get("env_vars").map(|names| list(names.clone()).unwrap_or_default()).unwrap_or_default()
    }

    /// Whether it names npm packages.
    pub(crate) fn names_packages(&self) -> bool {
        self.told.get("packages").and_then(Value::as_object).is_some_and(|packages| !packages.is_empty())
    }

    /// What the manifest says of the dialect's settings.
    pub(crate) fn settings(&self) -> Settings {
        let nested = self.told.get("settings").and_then(Value::as_object).cloned().unwrap_or_default();
        let flat = self.told.iter().filter(|(name, _)| self.hook_type.rules.setting_names().contains(&name.as_str()));
        let mut settings = nested;
        settings.extend(flat.map(|(name, value)| (name.clone(), value.clone())));
        settings
    }

    /// Whether the manifest says something of a setting.
    pub(crate) fn names(&self, setting: &str) -> bool {
        let is_said = |value: &Value| !value.is_null();
        self.told.get(setting).is_some_and(is_said) || self.settings().get(setting).is_some_and(is_said)
    }
}

fn list(value: Value) -> Option<Vec<String>> {
    if value.is_null() { Some(Vec::new()) } else { serde_json::from_value(value).ok() }
}

/// The runtime of a function in this file.
pub(crate) fn runtime_of(main: &str) -> &'static str {
    match Path::new(main).extension().and_then(|extension| extension.to_str()) {
        Some("rs" | "c" | "wasm") => "wasm",
        _ => "nodejs24.x",
    }
}
