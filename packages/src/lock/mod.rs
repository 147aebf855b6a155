//! The lock: which package is where in the tree, and the digest of each. It is all that an installation needs, and what makes it repeatable.

mod npm;
mod path;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::integrity::{Integrity, hex};
use crate::limits::Limits;
use crate::name::PackageName;
use crate::spec::exact_version;

pub(crate) use npm::{built_in, dependencies, read as read_npm_lock};
pub(crate) use path::names;

/// The notation of this file. Others are refused.
const FORMAT: u32 = 1;

/// A resolved tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lock {
    format: u32,
    /// A SHA-256 over what is requested and what each path holds. It does not depend on where tarballs come from.
    digest: String,
    /// What was asked for: names with their specifiers. These are the direct packages.
    requested: BTreeMap<String, String>,
    /// What was used instead of what packages ask for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    overrides: BTreeMap<String, String>,
    /// By path, as in `node_modules/a/node_modules/b`.
    packages: BTreeMap<String, Entry>,
}

/// One package at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// Its name in the registry, which is another than the path's last one for an alias.
    pub name: PackageName,
    /// Its exact version; empty for what the host builds in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Where its tarball is. Without a scheme it is relative to the registry of this name; absent, it is where registries have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tarball: Option<String>,
    /// What its tarball must be. Absent only for what the host builds in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<Integrity>,
    /// Nothing requires it: the tree works without.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// It is there for the sake of a peer dependency alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub peer: bool,
    /// An optional package for another platform, or one that only such packages need. It is not fetched.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
    /// The host answers for this name.
    #[serde(default, skip_serializing_if = "is_false")]
    pub builtin: bool,
    /// It is a native add-on: requiring its `.node` files throws. Known once it is fetched.
    #[serde(default, skip_serializing_if = "is_false")]
    pub native: bool,
    /// npm would run scripts when it is installed. They are never run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scripts: bool,
    /// What it depends on, with the specifiers; optional ones and peers among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dependencies: BTreeMap<String, String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Entry {
    /// `name@version`, for messages.
    pub fn title(&self) -> String {
        if self.version.is_empty() { self.name.to_string() } else { format!("{}@{}", self.name, self.version) }
    }

    /// What has to be in the store for it, if anything.
    pub(crate) fn wanted(&self) -> Option<&Integrity> {
        self.integrity.as_ref().filter(|_| !self.inactive && !self.builtin)
    }
}

impl Lock {
    pub(crate) fn new(requested: BTreeMap<String, String>, overrides: BTreeMap<String, String>, packages: BTreeMap<String, Entry>) -> Self {
        let mut lock = Self { format: FORMAT, digest: String::new(), requested, overrides, packages };
        lock.digest = lock.compute_digest();
        lock
    }

    /// Reads a lock that was written by [`Lock::to_json`].
    ///
    /// # Errors
    /// It is no lock of this format, was changed by hand, or is larger than the limits allow.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, Error> {
        let lock: Self = serde_json::from_str(text).map_err(|error| Error::request(format!("the lock cannot be read: {error}")))?;
        if lock.format != FORMAT {
            return Err(Error::request(format!("the lock has format {}, and {FORMAT} is what is read", lock.format)));
        }
        lock.check(limits)?;
        if lock.digest != lock.compute_digest() {
            return Err(Error::request("the lock's digest is not that of its packages: it was changed by hand"));
        }
        Ok(lock)
    }

    /// That every path and entry means something, and that there are not too many.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Error> {
        if self.packages.len() > limits.tree {
            return Err(Error::limit("packages in the tree", limits.tree.to_string(), "tree"));
        }
        if self.requested.len() > limits.direct {
            return Err(Error::limit("packages that are named", limits.direct.to_string(), "direct"));
        }
        for (path, entry) in &self.packages {
            if names(path).is_none() {
                return Err(Error::request(format!("the lock's path {path:?} is no place for a package")));
            }
            if exact_version(&entry.version).is_none() && !entry.builtin {
                return Err(Error::package(entry.title(), "the lock has a version of it that is none"));
            }
            if entry.integrity.is_none() && !entry.builtin {
                return Err(Error::package(entry.title(), "the lock has no integrity for it"));
            }
        }
        Ok(())
    }

    /// Over all that decides what a program sees. Marks that follow from a package's content are not part of it, nor is the place of a tarball.
    fn compute_digest(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |part: &str| {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        for table in [&self.requested, &self.overrides] {
            add(&table.len().to_string());
            table.iter().for_each(|(name, spec)| [name, spec].map(String::as_str).into_iter().for_each(&mut add));
        }
        for (path, entry) in &self.packages {
            let integrity = entry.integrity.as_ref().map(ToString::to_string).unwrap_or_default();
            let kind = match (entry.builtin, entry.inactive) {
                (true, _) => "builtin",
                (_, true) => "inactive",
                _ => "package",
            };
            [kind, path, entry.name.as_str(), &entry.version, &integrity].into_iter().for_each(&mut add);
        }
        hex(&hasher.finalize())
    }

    /// The lock as text, the same for the same lock.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The digest of what is requested and of the whole tree, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The names that were asked for, with their specifiers.
    pub fn requested(&self) -> &BTreeMap<String, String> {
        &self.requested
    }

    /// The packages by path, as in `node_modules/a/node_modules/b`.
    pub fn packages(&self) -> &BTreeMap<String, Entry> {
        &self.packages
    }

    /// Whether it was made for the same request.
    pub(crate) fn answers(&self, requested: &BTreeMap<String, String>, overrides: &BTreeMap<String, String>) -> bool {
        self.requested == *requested && self.overrides == *overrides
    }

    /// Whether the host answers for exactly the names that it answers for now.
    pub(crate) fn builtins_are(&self, is_builtin: &dyn Fn(&str) -> bool) -> bool {
        self.packages
            .iter()
            .all(|(path, entry)| entry.builtin == names(path).is_some_and(|names| names.last().is_some_and(|name| is_builtin(name))))
    }

    pub(crate) fn packages_mut(&mut self) -> impl Iterator<Item = (&String, &mut Entry)> {
        self.packages.iter_mut()
    }

    /// Whether a path is that of a package which was asked for.
    pub fn is_direct(&self, path: &str) -> bool {
        path.strip_prefix("node_modules/").is_some_and(|name| self.requested.contains_key(name))
    }

    /// The digests of all tarballs that the tree needs.
    pub fn contents(&self) -> BTreeSet<&Integrity> {
        self.packages.values().filter_map(Entry::wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        let json = serde_json::json!({"name": name, "version": "1.0.0", "integrity": Integrity::of(name.as_bytes())});
        serde_json::from_value(json).unwrap()
    }

    fn lock() -> Lock {
        let packages = [("node_modules/a", entry("a")), ("node_modules/a/node_modules/@s/b", entry("@s/b"))];
        Lock::new(
            [("a".to_owned(), "^1".to_owned())].into(),
            BTreeMap::new(),
            packages.map(|(path, entry)| (path.to_owned(), entry)).into(),
        )
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let lock = lock();
        assert_eq!(Lock::parse(&lock.to_json(), &Limits::default()).unwrap(), lock);
        assert!(lock.is_direct("node_modules/a") && !lock.is_direct("node_modules/a/node_modules/@s/b"));
        assert_eq!(lock.contents().len(), 2);
    }

    #[test]
    fn the_digest_is_of_the_content_and_not_of_where_it_came_from() {
        let mut other = lock().packages;
        for entry in other.values_mut() {
            (entry.tarball, entry.native) = (Some("https://mirror.example/x.tgz".to_owned()), true);
        }
        assert_eq!(Lock::new(lock().requested, BTreeMap::new(), other.clone()).digest, lock().digest);
        other.values_mut().for_each(|entry| entry.version = "2.0.0".to_owned());
        assert_ne!(Lock::new(lock().requested, BTreeMap::new(), other).digest, lock().digest);
    }

    #[test]
    fn locks_that_were_changed_are_refused() {
        let text = lock().to_json();
        let changes = [
            ("\"1.0.0\"", "\"1.0.1\"", "changed by hand"),
            ("\"1.0.0\"", "\"1.0.0/../../x\"", "a version of it that is none"),
            ("\"format\": 1", "\"format\": 2", "format 2"),
            ("node_modules/a/node_modules/@s/b", "../etc", "no place for a package"),
            ("\"name\": \"a\"", "\"name\": \"../a\"", "no name of a package"),
            ("\"integrity\": \"sha512-", "\"integrity\": \"md5-", "integrity"),
        ];
        for (from, to, why) in changes {
            let error = Lock::parse(&text.replace(from, to), &Limits::default()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        let error = Lock::parse(&text, &Limits { tree: 1, ..Limits::default() }).unwrap_err();
        assert_eq!(error.to_string(), "packages in the tree: the limit is 1 (tree)");
    }
}
