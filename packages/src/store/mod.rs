//! The store: packages on disk by the digest of their tarballs, shared by all hooks.
//!
//! A package is one file, in which its files lie one after the other with a table of them at the end. So a path in a tarball is never a path
//! on the disk, nothing in it can be a link or be executed, and a package is there whole or not at all.

mod budget;
mod format;
mod pack;
mod path;
mod unpack;

use std::collections::{BTreeSet, HashMap};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use crate::error::Error;
use crate::integrity::{Integrity, hex};

pub(crate) use budget::Budget;
pub(crate) use pack::Pack;

/// How long a file that is not complete may belong to somebody who is still writing it.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A folder of packages. Several processes may use the same.
#[derive(Debug)]
pub struct Store {
    packs: PathBuf,
    unfinished: PathBuf,
    /// Tables that somebody holds, so that each is in memory once.
    open: Mutex<HashMap<Integrity, Weak<Pack>>>,
}

impl Store {
    /// Opens a store, and makes its folder if there is none. Only its owner may look inside.
    ///
    /// # Errors
    /// The disk fails, or the folder is somebody else's.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let (packs, unfinished) = (path.join("packs"), path.join("unfinished"));
        for folder in [path, &packs, &unfinished] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::disk(folder))?;
        }
        let store = Self { packs, unfinished, open: Mutex::default() };
        store.remove_abandoned()?;
        Ok(store)
    }

    fn remove_abandoned(&self) -> Result<(), Error> {
        for entry in std::fs::read_dir(&self.unfinished).map_err(Error::disk(&self.unfinished))?.flatten() {
            let old = entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|at| is_older(at, ABANDONED));
            if old {
                // Another process may have been faster.
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    fn place(&self, integrity: &Integrity) -> PathBuf {
        self.packs.join(integrity.file_name())
    }

    /// A package that is there.
    pub(crate) fn get(&self, integrity: &Integrity) -> Result<Option<Arc<Pack>>, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pack) = open.get(integrity).and_then(Weak::upgrade) {
            return Ok(Some(pack));
        }
        let place = self.place(integrity);
        let pack = match Pack::open(&place) {
            Ok(Some(pack)) => Arc::new(pack),
            Ok(None) => return Ok(None),
            Err(error) => return Err(Error::disk(place)(error)),
        };
        open.retain(|_, pack| pack.strong_count() > 0);
        open.insert(integrity.clone(), Arc::downgrade(&pack));
        Ok(Some(pack))
    }

    /// Checks and keeps a package. What it uses is taken from the budget.
    pub(crate) fn add(&self, integrity: &Integrity, title: &str, tarball: &mut dyn Read, budget: &Budget) -> Result<Arc<Pack>, Error> {
        let unfinished = self.unfinished.join(random_name()?);
        let result = self.write(&unfinished, integrity, title, tarball, budget);
        if result.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        result?;
        let damaged = || Error::disk(self.place(integrity))(std::io::Error::other("the package is not there although it was written"));
        self.get(integrity)?.ok_or_else(damaged)
    }

    fn write(&self, unfinished: &Path, integrity: &Integrity, title: &str, tarball: &mut dyn Read, budget: &Budget) -> Result<(), Error> {
        let disk = || Error::disk(unfinished);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(unfinished).map_err(disk())?;
        let mut writer = BufWriter::new(file);
        let used = budget.begin();
        unpack::unpack(tarball, integrity, title, &mut writer, unfinished, &used)?;
        writer.flush().map_err(disk())?;
        let file = writer.into_inner().map_err(|error| disk()(error.into_error()))?;
        file.sync_all().map_err(disk())?;
        let place = self.place(integrity);
        std::fs::rename(unfinished, &place).map_err(Error::disk(&place))?;
        File::open(&self.packs).and_then(|folder| folder.sync_all()).map_err(Error::disk(&self.packs))?;
        used.keep();
        Ok(())
    }

    /// Removes packages that nobody needs, unless they are younger than `grace`: somebody may be about to need those. Returns how many.
    ///
    /// # Errors
    /// The disk fails.
    pub fn sweep(&self, needed: &BTreeSet<Integrity>, grace: Duration) -> Result<usize, Error> {
        let needed: BTreeSet<String> = needed.iter().map(Integrity::file_name).collect();
        let mut removed = 0;
        for entry in std::fs::read_dir(&self.packs).map_err(Error::disk(&self.packs))?.flatten() {
            let is_needed = entry.file_name().to_str().is_some_and(|name| needed.contains(name));
            let old = entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|at| is_older(at, grace));
            if !is_needed && old {
                std::fs::remove_file(entry.path()).map_err(Error::disk(entry.path()))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn is_older(at: SystemTime, than: Duration) -> bool {
    SystemTime::now().duration_since(at).is_ok_and(|age| age >= than)
}

fn random_name() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::disk("/dev/urandom")(std::io::Error::other("there is no randomness")))?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests;
