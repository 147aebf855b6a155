//! Which hooks a project was deployed to: `.hookbox/deployed.json` beside its manifest. By it a deployment tells a new version of its own hook
//! from the replacement of somebody else's. It holds ids only, and belongs under version control.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use hookbox_hooks::HookId;
use serde::{Deserialize, Serialize};

/// The folder of a project for what the command keeps there.
pub(crate) const FOLDER: &str = ".hookbox";
const FILE: &str = "deployed.json";

/// The hooks of a project.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deployed {
    hooks: Vec<HookId>,
}

fn path(dir: &Path) -> PathBuf {
    dir.join(FOLDER).join(FILE)
}

impl Deployed {
    /// Those of the project in a folder.
    pub(crate) fn of(dir: &Path) -> Result<Self> {
        let path = path(dir);
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// Whether a hook is one of them.
    pub(crate) fn has(&self, hook: HookId) -> bool {
        self.hooks.contains(&hook)
    }

    /// Adds a hook to those of the project in a folder.
    pub(crate) fn add(dir: &Path, hook: HookId) -> Result<()> {
        let mut deployed = Self::of(dir)?;
        if deployed.has(hook) {
            return Ok(());
        }
        deployed.hooks.push(hook);
        let path = path(dir);
        let failed = || format!("cannot write {}", path.display());
        std::fs::create_dir_all(dir.join(FOLDER)).with_context(failed)?;
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&deployed)?)).with_context(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_added_once() {
        let folder = tempfile::tempdir().unwrap();
        let id: HookId = "3f2b8c1e-6c1d-4a51-9f5e-0d9a6f1b2c3d".parse().unwrap();
        assert!(!Deployed::of(folder.path()).unwrap().has(id));
        for _ in 0..2 {
            Deployed::add(folder.path(), id).unwrap();
        }
        assert_eq!(Deployed::of(folder.path()).unwrap(), Deployed { hooks: vec![id] });
    }
}
