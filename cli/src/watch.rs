//! Waits for a change of files. It looks a few times a second: that works on every file system, and a project is small.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const PAUSE: Duration = Duration::from_millis(250);
/// What compilers and package managers write, which is no change of the author's.
const SKIPPED: [&str; 3] = ["target", "build", "node_modules"];
/// Files looked at, at most.
const MOST: usize = 10_000;

/// Files and folders with the state that they were seen in.
#[derive(Debug)]
pub(crate) struct Watch {
    paths: Vec<PathBuf>,
    seen: State,
}

type State = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Watch {
    pub(crate) fn new(paths: Vec<PathBuf>) -> Self {
        let seen = look(&paths);
        Self { paths, seen }
    }

    /// Returns after something has changed since the last look.
    pub(crate) fn wait(&mut self) {
        while !self.changed() {
            std::thread::sleep(PAUSE);
        }
    }

    fn changed(&mut self) -> bool {
        let now = look(&self.paths);
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

fn look(paths: &[PathBuf]) -> State {
    let mut state = State::new();
    paths.iter().for_each(|path| visit(path, &mut state));
    state
}

fn visit(path: &Path, state: &mut State) {
    let Ok(metadata) = std::fs::metadata(path) else { return };
    if state.len() >= MOST {
        return;
    }
    if !metadata.is_dir() {
        state.insert(path.to_path_buf(), (metadata.modified().ok(), metadata.len()));
        return;
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        // A link may lead anywhere, also in circles.
        let plain = entry.file_type().is_ok_and(|kind| !kind.is_symlink());
        if plain && !name.to_string_lossy().starts_with('.') && !SKIPPED.iter().any(|one| name == *one) {
            visit(&entry.path(), state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_a_source_is_seen_and_of_an_output_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("src/a.js", "1");
        let mut watch = Watch::new(vec![folder.path().to_path_buf()]);
        assert!(!watch.changed());
        write("target/x", "1");
        write(".hidden/x", "1");
        assert!(!watch.changed());
        write("src/a.js", "22");
        assert!(watch.changed() && !watch.changed());
        write("src/b.js", "");
        assert!(watch.changed());
    }
}
