//! `hookbox run --profile FILE`: what it says on the way and at the end, and the file.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use hookbox_hooks::Profile;
use serde_json::{Value, json};

use crate::hottest;
use crate::output;
use crate::speedscope::SpeedscopeFile;
use crate::style::{Style, visible};

/// The file of a call of the command, as it grows with each context.
pub(super) struct Profiling {
    path: PathBuf,
    file: SpeedscopeFile,
}

/// How a WebAssembly function without names shows.
const NAMELESS: &str = "wasm-function[";

impl Profiling {
    /// For a function; the file is written by [`Profiling::save`].
    pub(super) fn new(path: &Path, function: &Path) -> Self {
        let name = function.canonicalize().unwrap_or_else(|_| function.to_path_buf());
        let name = name.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self { path: path.to_path_buf(), file: SpeedscopeFile::new(&name) }
    }

    /// Adds the profile of a run on a context.
    pub(super) fn push(&mut self, context: &Path, profile: &Profile) {
        self.file.push(&context.display().to_string(), profile);
    }

    /// What programs are told of a profile.
    pub(super) fn json(&self, profile: &Profile) -> Value {
        json!({
            "file": self.path,
            "fuel": profile.fuel,
            "samples": profile.samples.len(),
            "functions": hottest::hottest(profile),
        })
    }

    /// What people are told of it.
    pub(super) fn page(&self, profile: &Profile, style: Style) -> String {
        let samples = profile.samples.len();
        let each = profile.fuel.checked_div(samples as u64).unwrap_or_default();
        let mut page = format!("{}  {samples} samples, one for {each} fuel\n", style.dim("profile "));
        page.push_str(&hottest::table(profile, style));
        page
    }

    /// Writes the file, and says how it is opened.
    pub(super) fn save(&self) -> Result<()> {
        let json = serde_json::to_vec(&self.file)?;
        std::fs::write(&self.path, json).with_context(|| format!("cannot write {}", self.path.display()))?;
        let path = visible(&self.path.display().to_string());
        output::note(&format!(
            "wrote {path}: open it at https://www.speedscope.app (it stays in your browser), or with `npx speedscope {path}`"
        ))
    }
}

/// Says that a function was built without names, where it was.
pub(super) fn note_missing_names(profile: &Profile) -> Result<()> {
    // What an adapter brings has none in any case.
    if profile.frames.iter().filter(|frame| frame.name.contains(NAMELESS)).count() * 2 > profile.frames.len() {
        output::note("the function was built without the names of its functions; give the folder of a project, and it is built with them")?;
    }
    Ok(())
}

/// Shows on a terminal how far it is.
pub(super) fn progress() -> impl FnMut(u64, u64) {
    let terminal = std::io::stderr().is_terminal();
    move |at, of| {
        if !terminal {
            return;
        }
        let mut err = std::io::stderr().lock();
        // Nobody has to see it.
        let _ = match at == of {
            true => write!(err, "\r\x1b[K"),
            false if at % 20 == 1 => write!(err, "\rprofiling: {} %", at * 100 / of.max(1)),
            false => Ok(()),
        };
        let _ = err.flush();
    }
}
