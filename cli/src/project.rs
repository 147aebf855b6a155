//! A hook's project: a folder with the manifest `hook.json`, the function that it names, sample contexts and tests.
//!
//! The manifest has the API's own keys, so that what is deployed is what is read here, and more: `main`, the function's file, `files`, which others
//! go with it, `samples`, contexts to run it on, and `request`, how an app which listens is asked on this machine. What only the type's dialect understands stands in `settings`, or beside the other keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_hooks::FileBody;
use hookbox_hooks::bodies::{HookBody, LimitsBody};
use hookbox_hooks::hook_type::{HookType, RequestBody, Settings};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::exit::Problem;
use crate::hook_types::{self, REGISTRY};
use crate::project_files::ProjectFiles;
use crate::{build, package_json};

/// The manifest's file.
pub(crate) const MANIFEST: &str = "hook.json";
/// The manifest's keys that are the project's own.
const OWN: [&str; 5] = ["main", "samples", "request", "files", "$schema"];

/// A project that was opened.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) dir: PathBuf,
    pub(crate) hook_type: HookType,
    /// What the API is told, without the function.
    pub(crate) body: HookBody,
    main: PathBuf,
    /// The sample contexts.
    pub(crate) samples: Vec<PathBuf>,
    /// The request that an app which listens gets on this machine.
    pub(crate) request: Option<RequestBody>,
    /// Which files go with the function, if the manifest says so.
    named: Option<Vec<String>>,
}

/// A manifest that is written.
#[derive(Debug, Serialize)]
pub(crate) struct Manifest<'a> {
    #[serde(flatten)]
    pub(crate) body: HookBody,
    pub(crate) main: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) samples: &'a [&'a str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) files: &'a [&'a str],
}

impl Manifest<'_> {
    /// The file's text, its keys in alphabetical order.
    pub(crate) fn text(&self) -> Result<String> {
        let mut manifest = serde_json::to_value(self)?;
        manifest.sort_all_objects();
        Ok(format!("{manifest:#}\n"))
    }
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
        let mut manifest: Map<String, Value> = serde_json::from_slice(text).context("the manifest is no JSON object")?;
        let [main, samples, request, named, _] = OWN.map(|key| manifest.remove(key).unwrap_or_default());
        let mut body = body(manifest)?;
        if body.packages.as_ref().is_none_or(BTreeMap::is_empty)
            && let Some(packages) = package_json::packages(&dir)?
        {
            body.packages = Some(packages);
        }
        let hook_type = body.hook_type.as_deref().and_then(|name| REGISTRY.find(name));
        let hook_type = hook_type.with_context(|| format!("`type` is none of {}", hook_types::list()))?;
        let main = dir.join(main.as_str().context("`main`, the function's file, is missing")?);
        let samples: Option<Vec<PathBuf>> = serde_json::from_value(samples).context("`samples` is no list of files")?;
        let samples = samples.into_iter().flatten().map(|sample| dir.join(sample)).collect();
        let request = serde_json::from_value(request).context("`request` is not {\"path\", \"headers\"}")?;
        let named = serde_json::from_value(named).context("`files` is no list of paths")?;
        if body.function.is_some() {
            return Err(Problem::Usage("`function` does not belong into a manifest: `main` names the file".into()).into());
        }
        Ok(Self { dir, hook_type, body, main, samples, request, named })
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

    /// The files that go with a function in JavaScript.
    pub(crate) fn files(&self) -> Result<ProjectFiles> {
        match self.main.extension().and_then(|extension| extension.to_str()) {
            Some("js" | "cjs" | "mjs") => ProjectFiles::collect(&self.dir, &self.main, self.named.as_deref().unwrap_or_default()),
            _ => Ok(ProjectFiles::default()),
        }
    }

    /// What the API is told to make of this function.
    pub(crate) fn upload(&self, function: &[u8]) -> Result<HookBody> {
        let ProjectFiles { main, beside } = self.files()?;
        let files: BTreeMap<_, _> = beside.iter().map(|(path, bytes)| (path.clone(), FileBody::of(bytes))).collect();
        let files = Some(files).filter(|files| !files.is_empty());
        Ok(HookBody { function: Some(STANDARD.encode(function)), main, files, ..self.body.clone() })
    }

    /// The npm packages that the manifest or the package.json beside it names: ranges by name.
    pub(crate) fn packages(&self) -> BTreeMap<String, String> {
        self.body.packages.clone().unwrap_or_default()
    }

    /// What a run may use, as far as the manifest says.
    pub(crate) fn limits(&self) -> LimitsBody {
        self.body.limits.unwrap_or_default()
    }

    /// The version of Node that the function is written for.
    pub(crate) fn node_major(&self) -> Option<u8> {
        self.body.runtime.as_deref()?.strip_prefix("nodejs")?.strip_suffix(".x")?.parse().ok()
    }

    /// Whom the function may call.
    pub(crate) fn allowed_hosts(&self) -> Vec<String> {
        self.body.allowed_hosts.clone().unwrap_or_default()
    }

    /// Whether answers over HTTP are kept for the hook.
    pub(crate) fn http_cache(&self) -> bool {
        self.body.http_cache.unwrap_or_default()
    }

    /// The names of the env vars that the hook is linked to.
    pub(crate) fn env_names(&self) -> Vec<&str> {
        self.body.env_vars.iter().flatten().map(String::as_str).collect()
    }
}

/// What the API is told. A key that not all hooks have is a setting of the dialect's; whether there is such a one is for the server.
fn body(told: Map<String, Value>) -> Result<HookBody> {
    let (common, flat): (Map<_, _>, Settings) = told.into_iter().partition(|(name, _)| HookBody::KEYS.contains(&name.as_str()));
    for (name, value) in &common {
        // One by one, since serde does not say which it is.
        let one = Map::from_iter([(name.clone(), value.clone())]);
        serde_json::from_value::<HookBody>(one.into()).with_context(|| format!("`{name}` cannot be used"))?;
    }
    let mut body: HookBody = serde_json::from_value(common.into())?;
    for (name, value) in flat {
        if body.settings.contains_key(&name) {
            return Err(Problem::Usage(format!("`{name}` is there twice: in `settings`, and beside it")).into());
        }
        body.settings.insert(name, value);
    }
    Ok(body)
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
                "limits": {"fuel": 7}, "env_vars": ["A", "B"], "$schema": "x"}"#,
        )
        .unwrap();
        assert_eq!((project.hook_type.id, project.main()), ("user-migration", Path::new("p/hook.js")));
        assert_eq!(project.samples, [PathBuf::from("p/a.json")]);
        assert_eq!(project.body.timeout, Some(3));
        assert_eq!(project.limits(), LimitsBody { fuel: Some(7), memory_mib: None });
        assert_eq!((project.node_major(), project.env_names()), (Some(22), vec!["A", "B"]));
        assert!(project.body.settings.is_empty());
    }

    #[test]
    fn what_not_all_hooks_have_is_a_setting() {
        let settings = |more: &str| read(&format!(r#"{{"type": "pre-authentication", "main": "a", {more}}}"#)).map(|one| one.body.settings);
        let flat = settings(r#""options": {"risk_enabled": true}, "context_version": ">=1""#).unwrap();
        let nested = settings(r#""settings": {"options": {"risk_enabled": true}, "context_version": ">=1"}"#).unwrap();
        let mixed = settings(r#""settings": {"options": {"risk_enabled": true}}, "context_version": ">=1""#).unwrap();
        assert_eq!(flat.keys().collect::<Vec<_>>(), ["context_version", "options"]);
        assert_eq!(flat, nested);
        assert_eq!(flat, mixed);
        let twice = settings(r#""settings": {"options": {}}, "options": {}"#).unwrap_err();
        assert!(twice.contains("`options` is there twice"), "{twice}");
    }

    #[test]
    fn a_manifest_that_cannot_be_used_says_why() {
        for (text, says) in [
            ("[1]", "no JSON object"),
            ("{}", "`type` is none of pre-authentication, user-migration"),
            (r#"{"type": "user-migration"}"#, "`main`"),
            (r#"{"type": "user-migration", "main": "a", "samples": "b"}"#, "`samples`"),
            (r#"{"type": "user-migration", "main": "a", "timeout": "1"}"#, "`timeout`"),
            (r#"{"type": "user-migration", "main": "a", "limits": {"cpu": 1}}"#, "`limits` cannot be used: unknown field `cpu`"),
            (r#"{"type": "user-migration", "main": "a", "function": "b"}"#, "`function`"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(says), "{text}: {said}");
        }
    }
}
