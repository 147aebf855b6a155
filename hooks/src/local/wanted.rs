//! The files of a function that runs on its author's machine. Its npm packages come from where npm would get them, and are kept in the author's
//! cache.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use hookbox_packages::Progress;
use hookbox_runtime::{AdmissionError, Modules};
use tokio::task::spawn_blocking;

use crate::packages::{Dependencies, Npm, PackagesConfig};
use crate::sources::Sources;

/// What is asked for, and where it is kept.
pub(super) struct WantedPackages {
    dependencies: Dependencies,
    folder: PathBuf,
    told: fn(Progress),
}

impl WantedPackages {
    pub(super) fn new(declared: BTreeMap<String, String>, folder: PathBuf, told: fn(Progress)) -> Self {
        Self { dependencies: Dependencies { declared, lock: None }, folder, told }
    }

    /// The files of a function with these packages; `None` where there are none.
    pub(super) async fn files(self, sources: Sources) -> Result<Option<Arc<dyn Modules>>, AdmissionError> {
        if self.dependencies.declared.is_empty() && sources.files.is_empty() {
            return Ok(None);
        }
        let host = |error: &dyn std::fmt::Display| AdmissionError::Host(format!("packages: {error}"));
        let installing = spawn_blocking(move || {
            let npm = Npm::open(&PackagesConfig::default(), &self.folder).map_err(|error| host(&error))?;
            npm.files(&self.dependencies, &sources, &|progress| (self.told)(progress)).map(|files| files.modules)
        });
        installing.await.map_err(|error| host(&error))?
    }
}
