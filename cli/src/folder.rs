//! Which data folder a command is about: the one that `serve` would use, unless the command line names another.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::config::{Config, Sources};
use hookbox_hooks::offline::Folder;

/// The folder of a server that does not run.
#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    /// The data folder [default: the server's, as `hookbox config` shows it]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// The file with the master key [default: the server's, else master.key in the data folder]
    #[arg(long, value_name = "FILE")]
    master_key_file: Option<PathBuf>,

    /// The configuration file [default: hookbox.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "HOOKBOX_CONFIG")]
    config: Option<PathBuf>,
}

impl FolderArgs {
    /// The settings as a server with these flags would have them.
    pub(crate) fn config(&self) -> Result<Config> {
        let flags = [("data", &self.data), ("master_key_file", &self.master_key_file)];
        let flags = flags.map(|(key, path)| path_flag(key, path.as_deref())).into_iter().collect::<Result<Vec<_>>>()?;
        let flags = flags.into_iter().flatten().collect();
        Ok(Config::load(&Sources { file: self.config.clone(), environment: environment(), flags })?.config)
    }

    /// The folder that is meant.
    pub(crate) fn folder(&self) -> Result<Folder> {
        let config = self.config()?;
        Ok(Folder { data: config.data, master_key_file: config.master_key_file })
    }
}

/// A path of the command line as a setting.
pub(crate) fn path_flag(key: &'static str, path: Option<&Path>) -> Result<Option<(&'static str, String)>> {
    let Some(path) = path else { return Ok(None) };
    let text = path.to_str().with_context(|| format!("the path {} is not UTF-8", path.display()))?;
    Ok(Some((key, text.to_owned())))
}

/// The environment, without what is not text: no setting is.
pub(crate) fn environment() -> Vec<(String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    std::env::vars_os().filter_map(text).collect()
}
