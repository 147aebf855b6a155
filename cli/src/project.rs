//! A hook's project: a folder with the manifest `hook.json`, the function that it names, sample contexts and tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_hooks::CheckedHook;
use hookbox_hooks::bodies::HookBody;
use hookbox_hooks::hook_type::HookType;
use serde_json::{Map, Value, json};

use crate::exit::Problem;
use crate::manifest::{MANIFEST, Manifest};
use crate::project_files::ProjectFiles;
use crate::written::Written;
use crate::{build, function_file, package_json};

/// A project that was opened.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) dir: PathBuf,
    pub(crate) hook_type: HookType,
    pub(crate) manifest: Manifest,
    main: PathBuf,
    /// The sample contexts.
    pub(crate) samples: Vec<PathBuf>,
    /// What is said beside the manifest: the packages of a package.json.
    beside: Map<String, Value>,
}

impl Project {
    /// Opens the folder, or the manifest in it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = if path.is_dir() { path.join(MANIFEST) } else { path.to_path_buf() };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let message = format!("{} is no hook's project: there is no {MANIFEST}; `hookbox new NAME` makes one", path.display());
                return Err(Problem::Usage(message).into());
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
        };
        let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
        // As a person would name it: `hook.json`, not `./hook.json`.
        let shown = file.strip_prefix(".").unwrap_or(&file);
        let manifest = Manifest::read(shown, &text)?;
        let beside = if manifest.names_packages() { None } else { package_json::packages(&dir)? };
        Ok(Self {
            hook_type: manifest.hook_type,
            main: dir.join(&manifest.main),
            samples: manifest.samples.iter().map(|sample| dir.join(sample)).collect(),
            beside: beside.map(|packages| ("packages".to_owned(), json!(packages))).into_iter().collect(),
            manifest,
            dir,
        })
    }

    /// Whether a path is a project's, as against a function's file.
    pub(crate) fn is_at(path: &Path) -> bool {
        path.is_dir() || path.file_name().is_some_and(|name| name == MANIFEST)
    }

    /// The function as it is uploaded: read, or made from its source.
    pub(crate) fn function(&self) -> Result<Vec<u8>> {
        match self.main.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => Ok(build::build(&self.dir, None)?.bytes),
            Some("c") => Ok(build::build_c(&self.main, None)?.bytes),
            _ => function_file::read(&self.main),
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
            Some("js" | "cjs" | "mjs") => ProjectFiles::collect(&self.dir, &self.main, &self.manifest.files),
            _ => Ok(ProjectFiles::default()),
        }
    }

    /// The same as its author wrote it.
    pub(crate) fn written(&self) -> Result<Written> {
        function_file::written(&self.main)
    }

    /// The hook with this function, by the rules of a server.
    ///
    /// # Errors
    /// A server would refuse it.
    pub(crate) fn hook(&self, function: &[u8]) -> Result<CheckedHook> {
        self.hook_with(function, &Map::new())
    }

    /// The same with other values of some settings.
    ///
    /// # Errors
    /// A server would refuse it.
    pub(crate) fn hook_with(&self, function: &[u8], more: &Map<String, Value>) -> Result<CheckedHook> {
        let files = self.files()?.body()?;
        let more = self.beside.iter().chain(&files).chain(more).map(|(name, value)| (name.clone(), value.clone())).collect();
        self.manifest.checked(function, &more).map_err(|error| Problem::Usage(error.to_string()).into())
    }

    /// The settings of a deployed hook that a deployment leaves as they are. Whether it is disabled is a switch and no part of a version, so it
    /// stays unless the manifest names it.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &str> {
        let switch = (!self.manifest.names("disabled")).then_some("disabled");
        let named = self.manifest.keep.iter().map(String::as_str);
        switch.into_iter().chain(named.filter(move |name| Some(*name) != switch))
    }

    /// The npm packages that the manifest or the package.json beside it names: ranges by name.
    ///
    /// # Errors
    /// A server would refuse the hook.
    pub(crate) fn packages(&self) -> Result<BTreeMap<String, String>> {
        Ok(self.hook(&self.function()?)?.body().packages.unwrap_or_default())
    }

    /// The names of the env vars that the hook is linked to.
    pub(crate) fn env_names(&self) -> Vec<String> {
        self.manifest.env_names()
    }

    /// What the API is told to make of this function: every setting, so that nothing is left to what was there before.
    ///
    /// # Errors
    /// As of [`Project::hook`].
    pub(crate) fn upload(&self, function: &[u8]) -> Result<HookBody> {
        let mut body = self.hook(function)?.body();
        let ProjectFiles { main, beside } = self.files()?;
        body.function = Some(STANDARD.encode(function));
        body.main = main;
        body.files = Some(ProjectFiles::bodies(&beside)).filter(|files| !files.is_empty());
        // As they are written, for what is read back of a setting may be less.
        body.settings.extend(self.manifest.settings().into_iter().filter(|(_, value)| !value.is_null()));
        Ok(body)
    }
}
