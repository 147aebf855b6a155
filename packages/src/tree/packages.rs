//! The files of a lock's packages below `/node_modules`. Hooks with the same lock share one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::lock::{Entry, Lock};
use crate::store::Pack;

/// All packages of a lock, which are in the store.
#[derive(Debug, Default)]
pub struct PackageTree {
    /// By folder, as in `/node_modules/a`.
    packages: BTreeMap<String, Arc<Pack>>,
    /// All folders above those.
    folders: BTreeSet<String>,
    builtins: BTreeSet<String>,
    digest: String,
}

impl PackageTree {
    pub(crate) fn new(lock: &Lock, packs: BTreeMap<String, Arc<Pack>>) -> Self {
        let packages: BTreeMap<String, Arc<Pack>> = packs.into_iter().map(|(path, pack)| (format!("/{path}"), pack)).collect();
        let above = |path: &String| path.match_indices('/').filter_map(|(at, _)| path.get(..at)).map(str::to_owned).collect::<Vec<_>>();
        let folders = packages.keys().flat_map(above).collect();
        let builtin = |(path, entry): (&String, &Entry)| entry.builtin.then(|| path.rsplit("node_modules/").next().map(str::to_owned))?;
        let builtins = lock.packages().iter().filter_map(builtin).collect();
        Self { packages, folders, builtins, digest: lock.digest().to_owned() }
    }

    /// The digest of the lock.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether the host answers for a package of this name.
    pub fn is_builtin(&self, name: &str) -> bool {
        self.builtins.contains(name)
    }

    /// The package that a path lies in, and the path from there on.
    pub(super) fn locate<'p>(&self, path: &'p str) -> Option<(&Arc<Pack>, &'p str)> {
        let ends = std::iter::once(path.len()).chain(path.rmatch_indices('/').map(|(at, _)| at));
        ends.filter_map(|at| path.split_at_checked(at)).find_map(|(folder, rest)| {
            let pack = self.packages.get(folder)?;
            Some((pack, rest.trim_start_matches('/')))
        })
    }

    /// Whether there is a folder with this path.
    pub(super) fn is_folder(&self, path: &str) -> bool {
        let within = || self.locate(path).is_some_and(|(pack, rest)| rest.is_empty() || pack.below(rest).next().is_some());
        self.folders.contains(path) || within()
    }

    /// The names in a folder.
    pub(super) fn names(&self, path: &str) -> BTreeSet<String> {
        let first = |rest: &str| rest.split('/').next().map(str::to_owned);
        let prefix = format!("{path}/");
        let folders = self.packages.range(prefix.clone()..).map_while(|(folder, _)| folder.strip_prefix(&prefix)).filter_map(first);
        let mut names: BTreeSet<String> = folders.collect();
        if let Some((pack, rest)) = self.locate(path) {
            names.extend(pack.below(rest).filter_map(first));
        }
        names
    }

    /// All files, by path.
    pub(super) fn all(&self) -> impl Iterator<Item = String> {
        self.packages.iter().flat_map(|(folder, pack)| pack.below("").map(move |path| format!("{folder}/{path}")))
    }
}
