//! The files of a project that go with its function in JavaScript: what the function reaches by paths that stand in it, as in `require('./users')`,
//! and what the manifest names in `files`. So nothing leaves the machine that nobody has asked for, such as a `.env`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use hookbox_hooks::{FileBody, HookView, reached};
use serde_json::{Map, Value};

use crate::exit::Problem;

/// Folders that hold no file of the author's own.
const PACKAGES: &str = "node_modules";
/// The file that says what the others are.
const PACKAGE_JSON: &str = "package.json";
/// A folder with more files than this is not a project's.
const MOST: usize = 10_000;
/// A longer file is no source, in bytes: all that goes with a function has to be shorter.
const LONGEST: u64 = 1 << 20;

/// A function's place, and the files beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProjectFiles {
    /// The path of the function's source from the project's folder on, where others are beside it.
    pub(crate) main: Option<String>,
    /// The others, by their paths.
    pub(crate) beside: BTreeMap<String, Vec<u8>>,
}

impl ProjectFiles {
    /// What is deployed beside a function.
    ///
    /// # Errors
    /// The server said what makes no sense.
    pub(crate) fn deployed(hook: &HookView) -> Result<Self> {
        let bytes = |(path, file): (&String, &FileBody)| Ok((path.clone(), file.bytes().context("a file of the server's is no base64")?));
        let beside = hook.files.iter().flatten().map(bytes).collect::<Result<_>>()?;
        Ok(Self { main: hook.main.clone(), beside })
    }

    /// The files as bodies have them.
    pub(crate) fn bodies(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, FileBody> {
        files.iter().map(|(path, bytes)| (path.clone(), FileBody::of(bytes))).collect()
    }

    /// What a body says of them.
    ///
    /// # Errors
    /// They cannot be written as JSON.
    pub(crate) fn body(&self) -> Result<Map<String, Value>> {
        let Some(main) = &self.main else { return Ok(Map::new()) };
        let files = serde_json::to_value(Self::bodies(&self.beside))?;
        Ok(Map::from_iter([("main".to_owned(), main.as_str().into()), ("files".to_owned(), files)]))
    }

    /// The files of the function `main` in a folder, with those that are `named`: paths of files, or of folders with all that is in them.
    ///
    /// # Errors
    /// A file cannot be read, or one that is named is not there.
    pub(crate) fn collect(folder: &Path, main: &Path, named: &[String]) -> Result<Self> {
        let Some(main) = main.strip_prefix(folder).ok().and_then(Path::to_str) else { return Ok(Self::default()) };
        let mut sources = BTreeMap::new();
        walk(folder, "", &mut |path| {
            let is_source = [".js", ".cjs", ".mjs", ".json"].iter().any(|ending| path.ends_with(ending));
            if is_source && std::fs::metadata(folder.join(&path)).is_ok_and(|file| file.len() <= LONGEST) {
                sources.insert(path.clone(), read(folder, &path)?);
            }
            Ok(())
        })?;
        let mut beside = BTreeMap::new();
        for path in reached(main, &sources) {
            beside.extend(sources.remove_entry(&path));
        }
        for name in named {
            let name = name.trim_start_matches("./").trim_end_matches('/');
            if folder.join(name).is_dir() {
                walk(folder, name, &mut |path| {
                    beside.insert(path.clone(), read(folder, &path)?);
                    Ok(())
                })?;
            } else {
                beside.insert(name.to_owned(), read(folder, name).context("`files` names it")?);
            }
        }
        beside.remove(main);
        if beside.is_empty() {
            return Ok(Self::default());
        }
        beside.extend(sources.remove_entry(PACKAGE_JSON));
        Ok(Self { main: Some(main.to_owned()), beside })
    }
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>> {
    let file = folder.join(path);
    std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Visits the files below a folder, by their paths from `root` on. Links, packages and what begins with a dot are left out.
fn walk(root: &Path, below: &str, visit: &mut impl FnMut(String) -> Result<()>) -> Result<()> {
    let mut folders = vec![below.to_owned()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        for entry in std::fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))? {
            let entry = entry?;
            let (kind, name) = (entry.file_type()?, entry.file_name());
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.') && *name != PACKAGES) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            count += 1;
            if count > MOST {
                let message = format!("{} has more than {MOST} files: a project's folder holds a project", root.display());
                return Err(Problem::Usage(message).into());
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                visit(path)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        folder
    }

    fn collected(files: &[(&str, &str)], named: &[&str]) -> (Option<String>, Vec<String>) {
        let folder = project(files);
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let ProjectFiles { main, beside } = ProjectFiles::collect(folder.path(), &folder.path().join("server.js"), &named).unwrap();
        (main, beside.into_keys().collect())
    }

    #[test]
    fn what_the_function_reaches_goes_with_it() {
        let files = [
            ("server.js", "require('dotenv').config(); require('./lib'); require('./config'); import('./late.mjs');"),
            ("lib/index.js", "module.exports = require('../data.json');"),
            ("config.js", ""),
            ("late.mjs", ""),
            ("data.json", "{}"),
            ("package.json", "{}"),
            ("other.js", ""),
            (".env", "SECRET=1"),
            ("views/a.html", "<p>"),
            ("node_modules/dotenv/index.js", "require('./x')"),
        ];
        let reached = ["config.js", "data.json", "late.mjs", "lib/index.js", "package.json"];
        assert_eq!(collected(&files, &[]), (Some("server.js".into()), reached.map(str::to_owned).to_vec()));
        let named = [".env", "config.js", "data.json", "late.mjs", "lib/index.js", "package.json", "views/a.html"];
        assert_eq!(collected(&files, &["./views/", ".env"]).1, named);
    }

    #[test]
    fn a_function_alone_is_a_single_file() {
        assert_eq!(collected(&[("server.js", "require('express')"), ("package.json", "{}"), ("a.js", "")], &[]), (None, vec![]));
        let folder = project(&[("server.js", "")]);
        let missing = ProjectFiles::collect(folder.path(), &folder.path().join("server.js"), &["a.txt".to_owned()]).unwrap_err();
        assert!(format!("{missing:#}").contains("a.txt"), "{missing:#}");
    }
}
