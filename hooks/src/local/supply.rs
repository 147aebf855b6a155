//! The npm packages of a project without a run of it: what its ranges resolve to, fetched for a machine without a network, and held against
//! advisories.

use std::collections::BTreeMap;
use std::path::Path;

use hookbox_packages::{Advisories, Error, Finding, Lock, Progress};

use crate::packages::{Npm, PackagesConfig};

/// Packages that were resolved, as a server with the settings of this user's npm would.
#[derive(Debug)]
pub struct PackageSupply {
    npm: Npm,
    lock: Lock,
}

impl PackageSupply {
    /// Resolves ranges by name; it waits for the registry. What is fetched is kept in `folder`.
    ///
    /// # Errors
    /// A package cannot be had, or the registry or the disk fails.
    pub fn resolve(declared: &BTreeMap<String, String>, folder: &Path, told: fn(Progress)) -> Result<Self, Error> {
        let npm = Npm::open(&PackagesConfig::default(), folder)?;
        let lock = npm.lock(declared, &|progress| told(progress))?;
        Ok(Self { npm, lock })
    }

    /// What they resolved to.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// Puts the tarballs of all packages that are not there yet into a folder, which is then a registry of its own (`packages.folder` of a
    /// server). Returns how many.
    ///
    /// # Errors
    /// A package cannot be had, or the disk fails.
    pub fn vendor(&self, folder: &Path, told: fn(Progress)) -> Result<usize, Error> {
        self.npm.vendor(&self.lock, folder, &|progress| told(progress))
    }

    /// The advisories that are about one of them.
    pub fn audit(&self, advisories: &Advisories) -> Vec<Finding> {
        advisories.audit(&self.lock)
    }
}
