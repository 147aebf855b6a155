//! Which source file of a crate uses what another one defines, read from the sources with `syn`.
//!
//! A use is a `use` declaration or a path in the code; it leads to the file that defines the item, however many re-exports lie between.
//! Declarations of modules, re-exports themselves and code for tests are no uses. Methods are not seen: their calls name no file.

mod names;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use names::Crate;

/// The uses between the files of one crate: for each pair of files, the paths by which the first uses the second.
pub(crate) struct SourceGraph {
    edges: BTreeMap<(PathBuf, PathBuf), BTreeSet<String>>,
}

impl SourceGraph {
    /// Reads a crate from its root file. Files are named relative to the root's folder.
    pub(crate) fn read(root: &Path) -> Self {
        let krate = Crate::read(root);
        let mut edges: BTreeMap<(PathBuf, PathBuf), BTreeSet<String>> = BTreeMap::new();
        for found in uses::of(&krate) {
            edges.entry((found.from, found.to)).or_default().insert(found.path);
        }
        Self { edges }
    }

    /// The pairs of files, each with one of the paths between them.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (&Path, &Path, &str)> {
        self.edges.iter().map(|((from, to), paths)| (from.as_path(), to.as_path(), paths.first().map_or("", String::as_str)))
    }

    /// The sets of files that use each other in a circle, each as one text with the uses inside of it.
    pub(crate) fn circles(&self) -> Vec<String> {
        let reach: BTreeMap<&Path, BTreeSet<&Path>> = self.files().into_iter().map(|file| (file, self.reachable(file))).collect();
        let mut circles = Vec::new();
        let mut seen = BTreeSet::new();
        for (file, others) in &reach {
            if others.contains(file) && !seen.contains(file) {
                let circle: BTreeSet<&Path> = others.iter().copied().filter(|other| reach[other].contains(file)).collect();
                circles.push(self.described(&circle));
                seen.extend(circle);
            }
        }
        circles
    }

    fn files(&self) -> BTreeSet<&Path> {
        self.edges.keys().flat_map(|(from, to)| [from.as_path(), to.as_path()]).collect()
    }

    fn reachable(&self, file: &Path) -> BTreeSet<&Path> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![file]);
        while let Some(file) = next.pop() {
            for (_, to, _) in self.edges().filter(|(from, ..)| *from == file) {
                if reached.insert(to) {
                    next.push(to);
                }
            }
        }
        reached
    }

    fn described(&self, circle: &BTreeSet<&Path>) -> String {
        let inside = self.edges.iter().filter(|((from, to), _)| circle.contains(from.as_path()) && circle.contains(to.as_path()));
        let line = |((from, to), paths): (&(PathBuf, PathBuf), &BTreeSet<String>)| {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            format!("  {} -> {}: {}\n", from.display(), to.display(), paths.join(", "))
        };
        format!("{} files in a circle\n{}", circle.len(), inside.map(line).collect::<String>())
    }
}
