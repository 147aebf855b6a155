//! Registries: npm's protocol over HTTP, and folders of tarballs for machines without a network.

mod address;
mod client;
mod documents;
mod folder;
mod http;
mod names;
mod retry;
mod source;

use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::limits::Limits;
use crate::npmrc::NpmConfig;

pub(crate) use documents::Documents;
pub(crate) use folder::file_name;
#[cfg(test)]
pub(crate) use source::Consume;
pub(crate) use source::Source;

/// Where packages come from.
#[derive(Clone)]
pub struct Registry(Arc<dyn Source>);

impl Registry {
    /// A registry that is reached as npm's client would.
    ///
    /// # Errors
    /// The certificates or a proxy of the configuration cannot be used.
    pub fn npm(config: NpmConfig, limits: &Limits) -> Result<Self, Error> {
        Ok(Self(Arc::new(client::Client::new(config, limits)?)))
    }

    /// A folder of tarballs, such as [`crate::Packages::vendor`] fills. The highest release of each package is its latest.
    ///
    /// # Errors
    /// It cannot be read, or a file in it is no package.
    pub fn folder(path: &Path, limits: &Limits) -> Result<Self, Error> {
        Ok(Self(Arc::new(folder::Folder::open(path, limits)?)))
    }

    pub(crate) fn source(&self) -> &dyn Source {
        &*self.0
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registry")
    }
}

#[cfg(test)]
mod tests;
