//! npm's own lock, `package-lock.json` of version 2 or 3, taken as it is.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::path::names;
use super::{Entry, Lock};
use crate::error::Error;
use crate::integrity::Integrity;
use crate::manifest::Manifest;
use crate::name::PackageName;
use crate::platform::Platform;
use crate::request::Request;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    lockfile_version: Value,
    #[serde(default)]
    packages: BTreeMap<String, Value>,
}

/// What the file says of a package beside its manifest.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Facts {
    name: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    link: bool,
    dev: bool,
    optional: bool,
    peer: bool,
    in_bundle: bool,
    extraneous: bool,
}

/// Reads the file beside a package.json. Packages for development and types are left out.
///
/// # Errors
/// It is of another version, does not belong to the package.json, or has packages that do not come from a registry.
pub(crate) fn read(text: &str, request: &Request, platform: &Platform, is_builtin: &dyn Fn(&str) -> bool) -> Result<Lock, Error> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| Error::request(format!("package-lock.json cannot be read: {error}")))?;
    if !matches!(raw.lockfile_version.as_u64(), Some(2 | 3)) {
        return Err(Error::request(format!(
            "package-lock.json has version {}; 2 and 3 can be read, which npm 7 and later write",
            raw.lockfile_version
        )));
    }
    let requested = request.requested();
    belongs(&raw, &requested)?;
    let mut packages = BTreeMap::new();
    for (path, value) in &raw.packages {
        if path.is_empty() {
            continue;
        }
        if let Some(entry) = entry(path, value, platform, is_builtin)? {
            packages.insert(path.clone(), entry);
        }
    }
    // What lies in a folder of a package that the host answers for is nobody's.
    let builtin: Vec<String> = packages.iter().filter(|(_, entry)| entry.builtin).map(|(path, _)| format!("{path}/")).collect();
    packages.retain(|path, _| !builtin.iter().any(|prefix| path.starts_with(prefix)));
    Ok(Lock::new(requested, request.overrides.clone(), packages))
}

/// Whether the file was made for what is requested. npm refuses to install otherwise, and so is it here.
fn belongs(raw: &Raw, requested: &BTreeMap<String, String>) -> Result<(), Error> {
    let root: Manifest = raw.packages.get("").cloned().map(serde_json::from_value).transpose().ok().flatten().unwrap_or_default();
    let locked = |name: &str| root.dependencies.get(name).or_else(|| root.optional.get(name)).or_else(|| root.peers.get(name));
    match requested.iter().find(|(name, spec)| locked(name) != Some(spec)) {
        None => Ok(()),
        Some((name, spec)) => {
            let other = locked(name).map_or("nothing".to_owned(), |other| format!("{other:?}"));
            Err(Error::package(
                name,
                format!("package.json asks for {spec:?} and package-lock.json was made for {other}; run npm install and try again"),
            ))
        }
    }
}

fn entry(path: &str, value: &Value, platform: &Platform, is_builtin: &dyn Fn(&str) -> bool) -> Result<Option<Entry>, Error> {
    let unreadable = || Error::request(format!("package-lock.json: {path:?} cannot be read"));
    let facts = Facts::deserialize(value).map_err(|_| unreadable())?;
    if facts.dev || facts.in_bundle || facts.extraneous {
        return Ok(None);
    }
    let last = names(path).and_then(|names| names.last().copied());
    let Some(last) = last.filter(|_| !facts.link) else {
        return Err(Error::request(format!("package-lock.json: {path:?} is a link or a workspace; packages come from the registry")));
    };
    let name = PackageName::parse(facts.name.as_deref().unwrap_or(last)).map_err(|error| Error::request(error.to_string()))?;
    if name.is_types() {
        return Ok(None);
    }
    if is_builtin(last) {
        return Ok(Some(built_in(name)));
    }
    let manifest = Manifest::deserialize(value).map_err(|_| unreadable())?;
    let title = format!("{name}@{}", manifest.version);
    if let Some(from) = facts.resolved.as_deref().filter(|from| !from.starts_with("https://") && !from.starts_with("http://")) {
        return Err(Error::package(title, format!("package-lock.json has it from {from:?}; packages come from the registry")));
    }
    let integrity =
        facts.integrity.as_deref().map(Integrity::parse).transpose().map_err(|error| Error::package(&title, error.to_string()))?;
    let integrity = integrity.ok_or_else(|| Error::package(&title, "package-lock.json has no integrity for it"))?;
    let inactive = facts.optional && (platform.objection(&manifest).is_some() || platform.engine_mismatch(&manifest).is_some());
    Ok(Some(Entry {
        name,
        version: manifest.version.clone(),
        tarball: facts.resolved,
        integrity: Some(integrity),
        optional: facts.optional,
        peer: facts.peer,
        inactive,
        builtin: false,
        native: false,
        scripts: manifest.scripts,
        dependencies: dependencies(&manifest),
    }))
}

/// A name that the host answers for.
pub(crate) fn built_in(name: PackageName) -> Entry {
    Entry {
        name,
        version: String::new(),
        tarball: None,
        integrity: None,
        optional: false,
        peer: false,
        inactive: false,
        builtin: true,
        native: false,
        scripts: false,
        dependencies: BTreeMap::new(),
    }
}

/// All that a package depends on.
pub(crate) fn dependencies(manifest: &Manifest) -> BTreeMap<String, String> {
    let all = manifest.dependencies.iter().chain(&manifest.optional).chain(&manifest.peers);
    all.map(|(name, spec)| (name.clone(), spec.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::limits::Limits;

    fn lock(change: impl FnOnce(&mut Value)) -> Result<Lock, Error> {
        let integrity = Integrity::of(b"x").to_string();
        let mut file = json!({"lockfileVersion": 3, "packages": {
            "": {"dependencies": {"a": "^1", "bcrypt": "^5"}},
            "node_modules/a": {"version": "1.0.0", "resolved": "https://host.example/a.tgz", "integrity": integrity, "dependencies": {"b": "1"}},
            "node_modules/a/node_modules/c": {"version": "1.0.0", "integrity": integrity, "optional": true, "os": ["darwin"]},
            "node_modules/b": {"name": "other", "version": "1.0.0", "integrity": integrity, "hasInstallScript": true},
            "node_modules/bcrypt": {"version": "5.0.0", "integrity": integrity},
            "node_modules/bcrypt/node_modules/x": {"version": "5.0.0", "integrity": integrity},
            "node_modules/@types/a": {"version": "1.0.0", "integrity": integrity},
            "node_modules/tool": {"version": "1.0.0", "dev": true}}});
        change(&mut file);
        let table = [("a", "^1"), ("bcrypt", "^5")].map(|(name, spec)| (name.to_owned(), spec.to_owned())).into();
        let request = Request::of_packages(&table, &Limits::default()).unwrap();
        read(&file.to_string(), &request, &Platform::default(), &|name| name == "bcrypt")
    }

    #[test]
    fn the_tree_is_taken_as_it_is() {
        let lock = lock(|_| ()).unwrap();
        assert_eq!(
            lock.packages().keys().collect::<Vec<_>>(),
            ["node_modules/a", "node_modules/a/node_modules/c", "node_modules/b", "node_modules/bcrypt"]
        );
        assert!(lock.packages()["node_modules/a/node_modules/c"].inactive && lock.packages()["node_modules/bcrypt"].builtin);
        let alias = &lock.packages()["node_modules/b"];
        assert!(alias.name.as_str() == "other" && alias.scripts && alias.tarball.is_none());
    }

    type Change = fn(&mut Value);

    #[test]
    fn what_does_not_fit_is_named() {
        let refused: [(Change, &str); 6] = [
            (|file| file["lockfileVersion"] = json!(1), "version 1"),
            (
                |file| file["packages"][""]["dependencies"]["a"] = json!("^2"),
                "a: package.json asks for \"^1\" and package-lock.json was made for \"^2\"",
            ),
            (|file| file["packages"]["node_modules/a"]["link"] = json!(true), "link or a workspace"),
            (|file| file["packages"]["tools/x"] = json!({"version": "1.0.0"}), "link or a workspace"),
            (
                |file| file["packages"]["node_modules/a"]["resolved"] = json!("git+ssh://x"),
                "a@1.0.0: package-lock.json has it from \"git+ssh://x\"",
            ),
            (|file| file["packages"]["node_modules/a"]["integrity"] = Value::Null, "a@1.0.0: package-lock.json has no integrity"),
        ];
        for (change, why) in refused {
            let error = lock(change).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
