//! What a function in JavaScript is made of: its source, and files of its author's beside it. They are stored as one function, so that a version
//! freezes all of them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookbox_packages::{Resolver, Tree};
use hookbox_runtime::MAIN;
use serde::{Deserialize, Serialize};

/// How the stored form begins of a function that is more than a source of the usual name. No text that can be run begins so.
const MAGIC: &[u8] = b"\0hookbox sources\n";

/// The most files beside a source.
pub(crate) const MAX_FILES: usize = 1000;
/// The longest path of one, in bytes.
const LONGEST_PATH: usize = 255;

/// A file's content as bodies have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FileBody {
    /// Text.
    Text(String),
    /// Bytes that are no text.
    Bytes(EncodedBytes),
}

/// Bytes as bodies have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodedBytes {
    /// In base64.
    base64: String,
}

impl FileBody {
    /// A file with this content.
    pub fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(EncodedBytes { base64: STANDARD.encode(bytes) }),
        }
    }

    /// Its content; `None` if what is said to be base64 is not.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Bytes(bytes) => STANDARD.decode(&bytes.base64).ok(),
        }
    }
}

/// A source and the files beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sources {
    /// The source's path, from the function's folder on.
    pub(crate) main: String,
    /// The source.
    pub(crate) source: String,
    /// The other files, by their paths from the function's folder on.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

/// The stored form, after [`MAGIC`].
#[derive(Serialize, Deserialize)]
struct Stored {
    main: String,
    source: String,
    files: BTreeMap<String, FileBody>,
}

impl Sources {
    /// A source alone.
    pub(crate) fn alone(source: String) -> Self {
        Self { main: MAIN.to_owned(), source, files: BTreeMap::new() }
    }

    /// The files' rules: where each may lie.
    ///
    /// # Errors
    /// A path and the rule that it breaks.
    pub(crate) fn check(&self) -> Result<(), (String, String)> {
        let paths = || std::iter::once(&self.main).chain(self.files.keys());
        if let Some((path, rule)) = paths().find_map(|path| broken_rule(path).map(|rule| (path, rule))) {
            return Err((path.clone(), rule.to_owned()));
        }
        if self.files.contains_key(&self.main) {
            return Err((self.main.clone(), "is the path of the function itself".to_owned()));
        }
        let empty = paths().map(|path| (path.clone(), Vec::new()));
        Tree::new(std::sync::Arc::default(), empty).map(drop).map_err(|error| (self.main.clone(), error.to_string()))
    }

    /// Whether there is nothing but a source of the usual name.
    pub(crate) fn is_alone(&self) -> bool {
        self.files.is_empty() && self.main == MAIN
    }

    /// The length of all files, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.source.len() + self.files.values().map(Vec::len).sum::<usize>()
    }

    /// The function as it is stored.
    pub(crate) fn stored(&self) -> Vec<u8> {
        if self.is_alone() {
            return self.source.clone().into_bytes();
        }
        let files = self.files.iter().map(|(path, bytes)| (path.clone(), FileBody::of(bytes))).collect();
        let stored = Stored { main: self.main.clone(), source: self.source.clone(), files };
        [MAGIC, &serde_json::to_vec(&stored).unwrap_or_default()].concat()
    }

    /// Reads a stored function.
    ///
    /// # Errors
    /// It is no text, or damaged.
    pub(crate) fn read(function: &[u8]) -> Result<Self, String> {
        let Some(stored) = function.strip_prefix(MAGIC) else {
            let source = str::from_utf8(function).map_err(|_| "the source is not UTF-8 text".to_owned())?;
            return Ok(Self::alone(source.to_owned()));
        };
        let damaged = |why: &dyn std::fmt::Display| format!("the stored files cannot be read: {why}");
        let Stored { main, source, files } = serde_json::from_slice(stored).map_err(|error| damaged(&error))?;
        let bytes = |(path, file): (String, FileBody)| Some((path, file.bytes()?));
        let files = files.into_iter().map(bytes).collect::<Option<_>>().ok_or_else(|| damaged(&"a file is not base64"))?;
        Ok(Self { main, source, files })
    }

    /// All files with their paths, the source among them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        let files = self.files.iter().map(|(path, bytes)| (path.clone(), bytes.clone()));
        std::iter::once((self.main.clone(), self.source.clone().into_bytes())).chain(files)
    }
}

/// The files that a function reaches by paths that stand in it and in what it reaches, as Node finds them, without the function itself.
pub fn reached(main: &str, files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let own = files.iter().filter(|(path, _)| broken_rule(path).is_none()).map(|(path, bytes)| (path.clone(), bytes.clone()));
    let Ok(tree) = Tree::new(std::sync::Arc::default(), own) else { return Vec::new() };
    let main = format!("/{main}");
    let reached = Resolver::new(tree).reachable([main.as_str()]).into_iter().filter(|file| file.path != main);
    reached.map(|file| file.path.trim_start_matches('/').to_owned()).collect()
}

/// Whether bytes that were uploaded would be taken for the stored form.
pub(crate) fn is_stored_form(function: &[u8]) -> bool {
    function.starts_with(MAGIC)
}

/// The rule that a path breaks, if it breaks one.
fn broken_rule(path: &str) -> Option<&'static str> {
    let parts = || path.split('/');
    match path {
        "" => Some("is no path"),
        _ if path.len() > LONGEST_PATH => Some("is longer than 255 bytes"),
        // They would make places in stacks ambiguous.
        _ if path.chars().any(|c| c.is_control() || matches!(c, '\\' | ':' | '(' | ')')) => Some("has a character that no path may have"),
        _ if parts().any(|part| matches!(part, "" | "." | "..")) => Some("is not a path from the function's folder on"),
        _ if parts().any(|part| part == "node_modules") => Some("is in node_modules, where packages are"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(main: &str, files: &[(&str, &[u8])]) -> Sources {
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        Sources { main: main.to_owned(), source: "let é;".to_owned(), files }
    }

    #[test]
    fn what_is_stored_reads_back() {
        for sources in [sources(MAIN, &[]), sources("server.js", &[]), sources(MAIN, &[("a/b.json", b"{}"), ("c", b"\xff\0")])] {
            assert_eq!(Sources::read(&sources.stored()), Ok(sources));
        }
        assert_eq!(sources(MAIN, &[]).stored(), "let é;".as_bytes());
        assert!(Sources::read(b"\xff").is_err());
        assert!(Sources::read(&[MAGIC, b"{}"].concat()).is_err());
        assert!(Sources::read(&[MAGIC, br#"{"main":"a","source":"","files":{"b":{"base64":"?"}}}"#].concat()).is_err());
    }

    #[test]
    fn a_path_leads_to_one_place_in_the_folder() {
        let file = |path: &str| sources(MAIN, &[(path, b"")]).check();
        for path in ["users.js", ".env", "lib/a b/é.js", "data.json", "src/[id].js"] {
            assert_eq!(file(path), Ok(()), "{path}");
        }
        let long = "x".repeat(256);
        for path in [
            "",
            "/a",
            "../a",
            "a/../b",
            "./a",
            "a//b",
            "a/",
            "node_modules/a/index.js",
            "a\\b",
            "a:1",
            "a\n",
            "hook.js",
            "hook.js/x",
            &long,
        ] {
            assert!(file(path).is_err(), "{path}");
        }
        assert!(sources("../server.js", &[]).check().is_err());
        assert!(sources("a.js", &[("b", b""), ("b/c", b"")]).check().is_err());
    }
}
