//! The file of `hookbox run --record`: a run for each context, with what it called. Its owner's alone, for bodies are in it as they were.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use hookbox_hooks::RecordedRun;
use serde::{Deserialize, Serialize};

use crate::exit::Problem;

/// The form of the file.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordingFile {
    /// Says that it is one, and in which form.
    hookbox_recording: u32,
    runs: Vec<Run>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    context: PathBuf,
    run: Arc<RecordedRun>,
}

impl RecordingFile {
    pub(crate) fn new() -> Self {
        Self { hookbox_recording: VERSION, runs: Vec::new() }
    }

    pub(crate) fn push(&mut self, context: &Path, run: RecordedRun) {
        self.runs.push(Run { context: context.to_path_buf(), run: Arc::new(run) });
    }

    pub(crate) fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file: Self = serde_json::from_slice(&text).with_context(|| format!("{} is no recording of `hookbox run`", path.display()))?;
        if file.hookbox_recording != VERSION {
            let message =
                format!("{} is a recording of form {}, and this program reads form {VERSION}", path.display(), file.hookbox_recording);
            return Err(Problem::Usage(message).into());
        }
        Ok(file)
    }

    /// The run on a context. Where there is only one, it is that one, under whatever name.
    pub(crate) fn of(&self, context: &Path) -> Result<Arc<RecordedRun>> {
        let run = match self.runs.as_slice() {
            [only] => Some(only),
            all => all.iter().find(|run| run.context == context),
        };
        let missing = || Problem::Usage(format!("the recording has no run on {}: record it again with --record", context.display()));
        Ok(run.ok_or_else(missing)?.run.clone())
    }

    /// Writes the file as a whole, readable for nobody else.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let failed = || format!("cannot write {}", path.display());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Made with 0600, whatever the umask.
        let mut file = tempfile::Builder::new().prefix(".recording").tempfile_in(folder).with_context(failed)?;
        file.write_all(format!("{}\n", serde_json::to_string_pretty(self)?).as_bytes()).with_context(failed)?;
        file.persist(path).with_context(failed)?;
        Ok(())
    }
}
