//! A registry without a network, for what is decided from documents alone.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use crate::error::Error;
use crate::integrity::Integrity;
use crate::lock::Entry;
use crate::name::PackageName;
use crate::packument::Packument;
use crate::registry::{Consume, Source};

/// Documents by name.
#[derive(Default)]
pub(crate) struct Memory(BTreeMap<String, Value>);

impl Memory {
    /// Versions with their manifests: `("a@1.0.0", json!({"dependencies": {...}}))`. The last one of a name is its latest.
    pub(crate) fn of(packages: &[(&str, Value)]) -> Self {
        let mut memory = Self::default();
        for (title, manifest) in packages {
            let (name, version) = title.rsplit_once('@').unwrap();
            let mut manifest = manifest.clone();
            manifest["version"] = json!(version);
            manifest["dist"] = json!({"tarball": format!("https://r.example/{title}.tgz"), "integrity": Integrity::of(title.as_bytes())});
            let document = memory.0.entry(name.to_owned()).or_insert_with(|| json!({"versions": {}, "dist-tags": {}}));
            document["versions"][version] = manifest;
            document["dist-tags"]["latest"] = json!(version);
        }
        memory
    }
}

impl Source for Memory {
    fn document(&self, name: &PackageName, _full: bool, _until: Instant) -> Result<Packument, Error> {
        if name.as_str() == "broken-registry" {
            return Err(Error::registry(name.as_str(), "r.example answers 503"));
        }
        let document = self.0.get(name.as_str()).ok_or_else(|| Error::package(name.as_str(), "r.example does not have it"))?;
        Ok(Packument::parse(document.to_string().as_bytes()).unwrap())
    }

    fn tarball(&self, entry: &Entry, _until: Instant, _consume: Consume<'_>) -> Result<(), Error> {
        Err(Error::package(entry.title(), "there are no tarballs here"))
    }

    fn locked(&self, _name: &PackageName, tarball: &str) -> Option<String> {
        Some(tarball.to_owned())
    }
}
