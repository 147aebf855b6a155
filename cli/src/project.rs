//! A hook's project: a folder with the manifest `hook.json`, the function that it names, sample contexts and tests.
//!
//! The manifest has the API's own keys, so that what is deployed is what is read here, and two more: `main`, the function's file, and
//! `samples`, contexts to run it on.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use hookbox_hooks::hook_type::HookType;
use serde_json::{Map, Value};

use crate::build;
use crate::exit::Problem;
use crate::hook_types::{self, REGISTRY};

/// The manifest's file.
pub(crate) const MANIFEST: &str = "hook.json";
/// The manifest's keys that are the project's own.
const OWN: [&str; 3] = ["main", "samples", "$schema"];

/// A project that was opened.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) dir: PathBuf,
    pub(crate) hook_type: HookType,
    /// What the API is told, without the function.
    pub(crate) settings: Map<String, Value>,
    main: PathBuf,
    /// The sample contexts.
    pub(crate) samples: Vec<PathBuf>,
}

impl Project {
    /// Opens the folder, or the manifest in it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = if path.is_dir() { path.join(MANIFEST) } else { path.to_path_buf() };
        let text = match std::fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = format!("{} is no hook's project: there is no {MANIFEST}; `hookbox new NAME` makes one", path.display());
                return Err(Problem::Usage(message).into());
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
        Self::read(dir, &text).with_context(|| file.display().to_string())
    }

    fn read(dir: PathBuf, text: &[u8]) -> Result<Self> {
        let mut settings: Map<String, Value> = serde_json::from_slice(text).context("the manifest is no JSON object")?;
        let hook_type = settings.get("type").and_then(Value::as_str).and_then(|name| REGISTRY.find(name));
        let hook_type = hook_type.with_context(|| format!("`type` is none of {}", hook_types::list()))?;
        let main = settings.get("main").and_then(Value::as_str).context("`main`, the function's file, is missing")?;
        let main = dir.join(main);
        let samples = match settings.get("samples") {
            None => Vec::new(),
            Some(samples) => serde_json::from_value::<Vec<PathBuf>>(samples.clone()).context("`samples` is no list of files")?,
        };
        let samples = samples.into_iter().map(|sample| dir.join(sample)).collect();
        for own in OWN {
            settings.remove(own);
        }
        if settings.contains_key("function") {
            return Err(Problem::Usage("`function` does not belong into a manifest: `main` names the file".into()).into());
        }
        Ok(Self { dir, hook_type, settings, main, samples })
    }

    /// Whether a path is a project's, as against a function's file.
    pub(crate) fn is_at(path: &Path) -> bool {
        path.is_dir() || path.file_name().is_some_and(|name| name == MANIFEST)
    }

    /// The function as it is uploaded: read, or built from its source.
    pub(crate) fn function(&self) -> Result<Vec<u8>> {
        match self.main.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => Ok(build::build(&self.dir, None)?.bytes),
            Some("c") => Ok(build::build_c(&self.main, None)?.bytes),
            _ => std::fs::read(&self.main).with_context(|| format!("cannot read {}", self.main.display())),
        }
    }

    /// The same, and where it is built, with the names of its functions.
    pub(crate) fn function_with_names(&self) -> Result<Vec<u8>> {
        match self.main.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => build::build_with_names(&self.dir),
            Some("c") => build::compile_c(&self.main, build::Names::Kept),
            _ => self.function(),
        }
    }

    /// The file that the author writes.
    pub(crate) fn main(&self) -> &Path {
        &self.main
    }

    /// A number of the manifest, at a JSON pointer.
    pub(crate) fn number(&self, pointer: &str) -> Option<u64> {
        let mut parts = pointer.split('/');
        let first = self.settings.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))?.as_u64()
    }

    /// The version of Node that the function is written for.
    pub(crate) fn node_major(&self) -> Option<u8> {
        let runtime = self.settings.get("runtime")?.as_str()?;
        runtime.strip_prefix("nodejs")?.strip_suffix(".x")?.parse().ok()
    }

    /// The names of the env vars that the hook is linked to.
    pub(crate) fn env_names(&self) -> Vec<&str> {
        self.settings.get("env_vars").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Project, String> {
        Project::read("p".into(), text.as_bytes()).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_manifest_is_the_apis_keys_and_its_own() {
        let project = read(
            r#"{"type": "user-migration", "runtime": "nodejs22.x", "main": "hook.js", "samples": ["a.json"], "timeout": 3,
                "limits": {"fuel": 7}, "env_vars": ["A", "B"]}"#,
        )
        .unwrap();
        assert_eq!((project.hook_type.id, project.main()), ("user-migration", Path::new("p/hook.js")));
        assert_eq!(project.samples, [PathBuf::from("p/a.json")]);
        assert_eq!(
            (project.number("timeout"), project.number("limits/fuel"), project.number("limits/memory_mib")),
            (Some(3), Some(7), None)
        );
        assert_eq!((project.node_major(), project.env_names()), (Some(22), vec!["A", "B"]));
        assert!(!project.settings.contains_key("main") && !project.settings.contains_key("samples"));
    }

    #[test]
    fn a_manifest_that_cannot_be_used_says_why() {
        for (text, says) in [
            ("[]", "no JSON object"),
            ("{}", "`type` is none of pre-authentication, user-migration"),
            (r#"{"type": "user-migration"}"#, "`main`"),
            (r#"{"type": "user-migration", "main": "a", "samples": "b"}"#, "`samples`"),
            (r#"{"type": "user-migration", "main": "a", "function": "b"}"#, "`function`"),
        ] {
            assert!(read(text).unwrap_err().contains(says), "{text}");
        }
    }
}
