//! The package.json beside a project's manifest: the packages that a function needs, as npm's users write them down.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct PackageJson {
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// npm's lock, as far as it says which versions lie at the top.
#[derive(Deserialize)]
struct PackageLock {
    #[serde(default)]
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(default)]
    version: Option<String>,
}

/// The packages of a folder, in the versions of its package-lock.json if there is one; `None` without a package.json.
pub(crate) fn packages(folder: &Path) -> Result<Option<BTreeMap<String, String>>> {
    let Some(PackageJson { mut dependencies }) = read(&folder.join("package.json"))? else { return Ok(None) };
    let lock: Option<PackageLock> = read(&folder.join("package-lock.json"))?;
    for (path, locked) in lock.into_iter().flat_map(|lock| lock.packages) {
        let wanted = path.strip_prefix("node_modules/").and_then(|name| dependencies.get_mut(name));
        if let (Some(wanted), Some(version)) = (wanted, locked.version)
            && !wanted.starts_with("npm:")
        {
            *wanted = version;
        }
    }
    Ok(Some(dependencies))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>> {
    match std::fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).map(Some).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_says_which_versions() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert_eq!(packages(folder.path()).unwrap(), None);
        write("package.json", r#"{"dependencies": {"axios": "^1.6", "pg": "*", "old": "npm:older@1"}, "devDependencies": {"jest": "1"}}"#);
        let table = |pairs: [(&str, &str); 3]| Some(pairs.map(|(name, range)| (name.to_owned(), range.to_owned())).into());
        assert_eq!(packages(folder.path()).unwrap(), table([("axios", "^1.6"), ("pg", "*"), ("old", "npm:older@1")]));
        let lock = r#"{"lockfileVersion": 3, "packages": {"": {}, "node_modules/axios": {"version": "1.6.7"}, "node_modules/old": {"version": "1.2.0"},
            "node_modules/pg/node_modules/axios": {"version": "0.1.0"}}}"#;
        write("package-lock.json", lock);
        assert_eq!(packages(folder.path()).unwrap(), table([("axios", "1.6.7"), ("pg", "*"), ("old", "npm:older@1")]));
        write("package.json", "{");
        assert!(format!("{:#}", packages(folder.path()).unwrap_err()).contains("package.json"));
    }
}
