//! A folder of tarballs in the place of a registry. It is read once, when it is opened.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use super::source::{Consume, Source};
use crate::error::Error;
use crate::integrity::Integrity;
use crate::limits::{Limits, bytes_text};
use crate::lock::Entry;
use crate::manifest::Manifest;
use crate::name::PackageName;
use crate::packument::Packument;

pub(super) struct Folder {
    packages: BTreeMap<PackageName, Vec<(Manifest, PathBuf)>>,
}

#[derive(Deserialize)]
struct Named {
    name: PackageName,
}

/// What `npm pack` calls a tarball, with a scope's name in front.
pub(crate) fn file_name(name: &PackageName, version: &str) -> String {
    let name = name.as_str().trim_start_matches('@').replace('/', "-");
    format!("{name}-{version}.tgz")
}

impl Folder {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Self, Error> {
        let mut packages: BTreeMap<PackageName, Vec<(Manifest, PathBuf)>> = BTreeMap::new();
        for entry in std::fs::read_dir(path).map_err(Error::disk(path))? {
            let path = entry.map_err(Error::disk(path))?.path();
            let is_tarball = path.extension().is_some_and(|extension| extension == "tgz") && path.is_file();
            if is_tarball {
                let (name, manifest) = read(&path, limits)?;
                packages.entry(name).or_default().push((manifest, path));
            }
        }
        packages.values_mut().for_each(|versions| versions.sort_by(|one, other| one.1.cmp(&other.1)));
        Ok(Self { packages })
    }

    fn find(&self, entry: &Entry) -> Option<&Path> {
        let versions = self.packages.get(&entry.name)?;
        versions.iter().find(|(manifest, _)| manifest.version == entry.version).map(|(_, path)| path.as_path())
    }
}

/// The package.json and the digest of a tarball.
fn read(path: &Path, limits: &Limits) -> Result<(PackageName, Manifest), Error> {
    let invalid = |reason: &str| Error::package(path.display().to_string(), reason);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::disk(path))?;
    file.take(limits.tarball + 1).read_to_end(&mut bytes).map_err(Error::disk(path))?;
    if bytes.len() as u64 > limits.tarball {
        return Err(Error::limit(format!("{}: the tarball is too large", path.display()), bytes_text(limits.tarball), "tarball"));
    }
    let text = package_json(&bytes, limits.unpacked).ok_or_else(|| invalid("it is no package: it has no package.json"))?;
    let Named { name } = serde_json::from_slice(&text).map_err(|_| invalid("its package.json has no name"))?;
    let mut manifest: Manifest = serde_json::from_slice(&text).map_err(|_| invalid("its package.json cannot be read"))?;
    // Whatever the file says of where it came from, this is what it is and where it lies.
    manifest.integrity = Some(Integrity::of(&bytes).to_string());
    (manifest.tarball, manifest.shasum) = (None, None);
    Ok((name, manifest))
}

fn package_json(bytes: &[u8], limit: u64) -> Option<Vec<u8>> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(bytes).take(limit));
    for entry in archive.entries().ok()? {
        let entry = entry.ok()?;
        let path = entry.path_bytes();
        let is_manifest = path.iter().filter(|byte| **byte == b'/').count() == 1 && path.ends_with(b"/package.json");
        if is_manifest && entry.header().entry_type().is_file() {
            let mut text = Vec::new();
            entry.take(4 << 20).read_to_end(&mut text).ok()?;
            return Some(text);
        }
    }
    None
}

impl Source for Folder {
    fn document(&self, name: &PackageName, _full: bool, _until: Instant) -> Result<Packument, Error> {
        let versions = self.packages.get(name).ok_or_else(|| Error::package(name.as_str(), "the folder of packages does not have it"))?;
        Ok(Packument::of(versions.iter().map(|(manifest, _)| manifest.clone())))
    }

    fn tarball(&self, entry: &Entry, _until: Instant, consume: Consume<'_>) -> Result<(), Error> {
        let path = self.find(entry).ok_or_else(|| Error::package(entry.title(), "the folder of packages does not have it"))?;
        consume(&mut BufReader::new(File::open(path).map_err(Error::disk(path))?))
    }

    fn locked(&self, _name: &PackageName, _tarball: &str) -> Option<String> {
        None
    }
}
