//! The front of this crate: resolves requests, and brings the packages of locks to the store, or to a folder for machines without a network.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

use crate::counting::Counting;
use crate::error::Error;
use crate::integrity::Integrity;
use crate::limits::Limits;
use crate::lock::{Entry, Lock, read_npm_lock};
use crate::native::{refusal, sign_of_name};
use crate::parallel::each;
use crate::progress::{Listener, Progress};
use crate::registry::Registry;
use crate::request::Request;
use crate::resolve::{Setting, resolve};
use crate::settings::Settings;
use crate::store::{Budget, Pack, Store};
use crate::tree::PackageTree;
use crate::vendor::vendor;

/// Packages from one registry, kept in one store.
#[derive(Debug)]
pub struct Packages {
    registry: Registry,
    store: Arc<Store>,
    settings: Settings,
    /// Trees that somebody holds, so that hooks with the same lock share one.
    trees: Mutex<HashMap<String, Weak<PackageTree>>>,
}

/// A request that was resolved.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The tree.
    pub lock: Lock,
    /// What the author should know, a sentence each.
    pub notes: Vec<String>,
}

/// A lock whose packages are in the store.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The lock, with the marks that are known only now.
    pub lock: Lock,
    /// Its files.
    pub tree: Arc<PackageTree>,
    /// What the author should know, a sentence each.
    pub notes: Vec<String>,
}

/// What is missing in the store, by digest: once, wherever it lies in the tree.
type Missing<'l> = BTreeMap<&'l Integrity, &'l Entry>;
type Packs = BTreeMap<Integrity, Arc<Pack>>;
/// By path, as in `node_modules/a`.
type Places = BTreeMap<String, Arc<Pack>>;

impl Packages {
    /// Packages of a registry, kept in a store that others may share.
    pub fn new(registry: Registry, store: Arc<Store>, settings: Settings) -> Self {
        Self { registry, store, settings, trees: Mutex::default() }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Resolves a request. A previous lock that was made for the same request is the answer, one for another gives the versions that still
    /// fit, and npm's own lock is taken as it is. `now` is what the minimum age of releases is counted from.
    ///
    /// # Errors
    /// A package cannot be had, or is refused.
    pub fn resolve(
        &self,
        request: &Request,
        previous: Option<&Lock>,
        now: SystemTime,
        listener: Listener<'_>,
    ) -> Result<Resolution, Error> {
        let mut notes = BTreeSet::new();
        let lock = self.lock_for(request, previous, now, listener, &mut notes)?;
        lock.check(&self.settings.limits)?;
        for (path, entry) in lock.packages().iter().filter(|(path, entry)| lock.is_direct(path) && !entry.optional && !entry.builtin) {
            let name = path.strip_prefix("node_modules/").unwrap_or(path);
            if let Some(sign) = sign_of_name(entry.name.as_str()) {
                return Err(Error::package(entry.title(), refusal(name, &sign)));
            }
        }
        Ok(Resolution { lock, notes: notes.into_iter().collect() })
    }

    fn lock_for(
        &self,
        request: &Request,
        previous: Option<&Lock>,
        now: SystemTime,
        listener: Listener<'_>,
        notes: &mut BTreeSet<String>,
    ) -> Result<Lock, Error> {
        let Settings { limits, platform, builtins, minimum_age } = &self.settings;
        let is_builtin = |name: &str| builtins.contains(name);
        let requested = request.requested();
        if requested.is_empty() {
            return Ok(Lock::new(requested, request.overrides.clone(), BTreeMap::new()));
        }
        if let Some(npm_lock) = &request.npm_lock {
            return read_npm_lock(npm_lock, request, platform, &is_builtin);
        }
        if let Some(same) = previous.filter(|lock| lock.answers(&requested, &request.overrides) && lock.builtins_are(&is_builtin)) {
            return Ok(same.clone());
        }
        let before = minimum_age.and_then(|age| Timestamp::try_from(now.checked_sub(age)?).ok());
        resolve(request, self.registry.source(), &Setting { limits, platform, builtins, before, previous, listener }, notes)
    }

    /// Fetches what of a lock is not in the store yet.
    ///
    /// # Errors
    /// A package cannot be had, is not what the lock says, is hostile, crosses a limit, or is a native add-on that was asked for by name.
    pub fn install(&self, lock: &Lock, listener: Listener<'_>) -> Result<Installed, Error> {
        lock.check(&self.settings.limits)?;
        let mut notes = BTreeSet::new();
        let packs = self.fetch(lock, listener, &mut notes)?;
        let mut lock = lock.clone();
        let found = |entry: &Entry| entry.wanted().and_then(|integrity| packs.get(integrity)).cloned();
        let here: Places = lock.packages().iter().filter_map(|(path, entry)| Some((path.clone(), found(entry)?))).collect();
        weigh(&lock, &here, &self.settings.limits)?;
        mark(&mut lock, &here, &mut notes)?;
        let tree = self.tree(&lock, here);
        Ok(Installed { lock, tree, notes: notes.into_iter().collect() })
    }

    /// Puts all tarballs of a lock into a folder, which then serves as a registry: [`Registry::folder`]. Returns how many were fetched.
    ///
    /// # Errors
    /// A package cannot be had, or the disk fails.
    pub fn vendor(&self, lock: &Lock, folder: &Path, listener: Listener<'_>) -> Result<usize, Error> {
        lock.check(&self.settings.limits)?;
        vendor(lock, self.registry.source(), folder, &self.settings.limits, listener)
    }

    /// Removes packages from the store that are not needed and are older than `grace`. Returns how many.
    ///
    /// # Errors
    /// The disk fails.
    pub fn sweep(&self, needed: &BTreeSet<Integrity>, grace: Duration) -> Result<usize, Error> {
        self.store.sweep(needed, grace)
    }

    fn tree(&self, lock: &Lock, packs: Places) -> Arc<PackageTree> {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        // An optional package that could not be fetched is missing in one tree and not in another.
        let key = format!("{} {}", lock.digest(), packs.len());
        if let Some(tree) = trees.get(&key).and_then(Weak::upgrade) {
            return tree;
        }
        let tree = Arc::new(PackageTree::new(lock, packs));
        trees.retain(|_, tree| tree.strong_count() > 0);
        trees.insert(key, Arc::downgrade(&tree));
        tree
    }

    /// The packages of a lock, from the store or the registry.
    fn fetch(&self, lock: &Lock, listener: Listener<'_>, notes: &mut BTreeSet<String>) -> Result<Packs, Error> {
        let limits = &self.settings.limits;
        let budget = Budget::new(limits);
        let (packs, missing) = self.look(lock, &budget)?;
        let (done, of, bytes) = (AtomicUsize::new(packs.len()), packs.len() + missing.len(), AtomicU64::new(0));
        let tell = || listener(Progress::Fetched { done: done.load(Ordering::Relaxed), of, bytes: bytes.load(Ordering::Relaxed) });
        tell();
        let until = Instant::now() + limits.network_time;
        let (fetched, skipped) = (Mutex::new(packs), Mutex::new(BTreeSet::new()));
        let items: Vec<(&Integrity, &Entry)> = missing.into_iter().collect();
        each(&items, limits.connections, |(integrity, entry)| {
            match self.fetch_one(integrity, entry, &budget, until, &bytes) {
                Ok(pack) => {
                    fetched.lock().unwrap_or_else(PoisonError::into_inner).insert((*integrity).clone(), pack);
                }
                Err(Error::Package { package, reason }) if entry.optional => {
                    let note = format!("{package} is optional and left out: {reason}");
                    skipped.lock().unwrap_or_else(PoisonError::into_inner).insert(note);
                }
                Err(error) => return Err(error),
            }
            done.fetch_add(1, Ordering::Relaxed);
            tell();
            Ok(())
        })?;
        notes.append(&mut skipped.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(fetched.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is in the store, which is taken from the budget, and what is not.
    fn look<'l>(&self, lock: &'l Lock, budget: &Budget) -> Result<(Packs, Missing<'l>), Error> {
        let (mut packs, mut missing) = (Packs::new(), Missing::new());
        for entry in lock.packages().values() {
            let Some(integrity) = entry.wanted().filter(|integrity| !packs.contains_key(*integrity)) else { continue };
            if let Some(pack) = self.store.get(integrity)? {
                let (files, bytes) = pack.weight();
                budget.take(&entry.title(), files, bytes)?;
                packs.insert(integrity.clone(), pack);
                continue;
            }
            let wanted = missing.entry(integrity).or_insert(entry);
            // One that somebody requires is not optional for its other places.
            if wanted.optional {
                *wanted = entry;
            }
        }
        Ok((packs, missing))
    }

    fn fetch_one(
        &self,
        integrity: &Integrity,
        entry: &Entry,
        budget: &Budget,
        until: Instant,
        bytes: &AtomicU64,
    ) -> Result<Arc<Pack>, Error> {
        let mut pack = None;
        let title = entry.title();
        self.registry.source().tarball(entry, until, &mut |tarball| {
            pack = Some(self.store.add(integrity, &title, &mut Counting::new(tarball, bytes), budget)?);
            Ok(())
        })?;
        pack.ok_or_else(|| Error::registry(title, "the registry gave nothing"))
    }
}

/// That the tree as a program sees it is within the limits: a package that lies in several places counts in each.
fn weigh(lock: &Lock, here: &Places, limits: &Limits) -> Result<(), Error> {
    let budget = Budget::new(limits);
    here.iter().try_for_each(|(path, pack)| {
        let (files, bytes) = pack.weight();
        budget.take(&lock.packages().get(path).map(Entry::title).unwrap_or_default(), files, bytes)
    })
}

/// Marks what the files of packages tell, and refuses native add-ons that were asked for.
fn mark(lock: &mut Lock, packs: &Places, notes: &mut BTreeSet<String>) -> Result<(), Error> {
    let direct: BTreeSet<String> = lock.packages().keys().filter(|path| lock.is_direct(path)).cloned().collect();
    for (path, entry) in lock.packages_mut() {
        let Some(pack) = packs.get(path) else { continue };
        (entry.native, entry.scripts) = (pack.native().is_some(), pack.has_scripts());
        if let Some(sign) = pack.native() {
            if direct.contains(path) && !entry.optional {
                return Err(Error::package(entry.title(), refusal(entry.name.as_str(), sign)));
            }
            notes.insert(format!("{} is a native add-on ({sign}): requiring its native part throws", entry.title()));
        }
        if entry.scripts {
            notes.insert(format!("{} has scripts for its installation, which are never run", entry.title()));
        }
        if pack.left_out() > 0 {
            notes.insert(format!("{}: {} links or devices of its tarball were left out", entry.title(), pack.left_out()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
