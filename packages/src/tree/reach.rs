//! Which files a hook may load, as far as that can be told by looking at them.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::resolver::{Format, Resolved, Resolver};
use super::scan::specifiers;

/// A source that is longer than this is not looked into. Such files are data, or bundles that name nothing.
const LONGEST_SOURCE: usize = 8 << 20;

/// A file that is named by one that can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its path.
    pub path: String,
    /// What it would be evaluated as.
    pub format: Format,
    /// As in [`Resolved::declared`].
    pub declared: bool,
    /// Its bytes.
    pub size: u64,
}

impl Resolver {
    /// All files that can be reached from some by literal specifiers, these included, sorted by path. What cannot be found is left out: it may
    /// be optional, and whoever requires it gets the error.
    pub fn reachable<'e>(&self, entries: impl IntoIterator<Item = &'e str>) -> Vec<Reached> {
        let mut found: BTreeMap<String, Reached> = BTreeMap::new();
        let mut next: Vec<Resolved> = entries.into_iter().filter_map(|entry| self.formatted(entry, Kind::Require).ok()).collect();
        while let Some(Resolved { path, format, declared }) = next.pop() {
            if found.contains_key(&path) || matches!(format, Format::Builtin) {
                continue;
            }
            let Ok(bytes) = self.tree().read(&path) else { continue };
            let size = bytes.len() as u64;
            if matches!(format, Format::CommonJs | Format::Module) && bytes.len() <= LONGEST_SOURCE {
                let source = String::from_utf8_lossy(&bytes);
                next.extend(specifiers(&source).iter().filter_map(|named| self.resolve(&path, &named.specifier, named.kind()).ok()));
            }
            found.insert(path.clone(), Reached { path, format, declared, size });
        }
        found.into_values().collect()
    }
}
