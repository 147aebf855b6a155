//! What a package says about itself, as far as it matters here. Registries hold documents of fifteen years: a field that is not what it should
//! be is read as absent.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The parts of a package.json, or of a version in a registry's document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Raw")]
pub(crate) struct Manifest {
    pub(crate) version: String,
    /// Without those that are optional as well.
    pub(crate) dependencies: BTreeMap<String, String>,
    pub(crate) optional: BTreeMap<String, String>,
    pub(crate) peers: BTreeMap<String, String>,
    /// Those of the peers that are not installed for the package's sake.
    pub(crate) optional_peers: BTreeSet<String>,
    /// Names whose packages are inside the tarball.
    pub(crate) bundled: BTreeSet<String>,
    pub(crate) os: Vec<String>,
    pub(crate) cpu: Vec<String>,
    pub(crate) libc: Vec<String>,
    /// The range of Node.js in `engines`.
    pub(crate) node: Option<String>,
    pub(crate) deprecated: bool,
    /// Something would run when the package is installed.
    pub(crate) scripts: bool,
    /// It is built by node-gyp.
    pub(crate) gyp: bool,
    pub(crate) tarball: Option<String>,
    /// `sha512-...` and its likes.
    pub(crate) integrity: Option<String>,
    /// The SHA-1 that all versions have, in hexadecimal.
    pub(crate) shasum: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default, deserialize_with = "text")]
    version: Option<String>,
    #[serde(default, deserialize_with = "table")]
    dependencies: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "table")]
    optional_dependencies: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "table")]
    peer_dependencies: BTreeMap<String, String>,
    #[serde(default)]
    peer_dependencies_meta: Value,
    #[serde(default)]
    bundle_dependencies: Value,
    #[serde(default)]
    bundled_dependencies: Value,
    #[serde(default, deserialize_with = "list")]
    os: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    cpu: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    libc: Vec<String>,
    #[serde(default)]
    engines: Value,
    #[serde(default)]
    deprecated: Value,
    #[serde(default)]
    has_install_script: Value,
    #[serde(default)]
    scripts: Value,
    #[serde(default)]
    gypfile: Value,
    #[serde(default)]
    dist: Value,
}

/// The scripts that npm would run at an installation.
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

impl From<Raw> for Manifest {
    fn from(raw: Raw) -> Self {
        let Raw { mut dependencies, optional_dependencies: optional, .. } = raw;
        dependencies.retain(|name, _| !optional.contains_key(name));
        let is_optional =
            |name: &&String| raw.peer_dependencies_meta.get(name.as_str()).and_then(|one| one.get("optional")) == Some(&Value::Bool(true));
        let optional_peers = raw.peer_dependencies.keys().filter(is_optional).cloned().collect();
        let bundled = match (&raw.bundle_dependencies, &raw.bundled_dependencies) {
            (Value::Bool(true), _) | (_, Value::Bool(true)) => dependencies.keys().chain(optional.keys()).cloned().collect(),
            (Value::Array(list), _) | (_, Value::Array(list)) => list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            (Value::Object(table), _) | (_, Value::Object(table)) => table.keys().cloned().collect(),
            _ => BTreeSet::new(),
        };
        let dist = |field| raw.dist.get(field).and_then(Value::as_str).map(str::to_owned);
        Self {
            version: raw.version.unwrap_or_default(),
            dependencies,
            optional,
            peers: raw.peer_dependencies,
            optional_peers,
            bundled,
            os: raw.os,
            cpu: raw.cpu,
            libc: raw.libc,
            node: raw.engines.get("node").and_then(Value::as_str).map(str::to_owned),
            deprecated: is_said(&raw.deprecated),
            scripts: raw.has_install_script == Value::Bool(true) || INSTALL_SCRIPTS.iter().any(|name| raw.scripts.get(name).is_some()),
            gyp: raw.gypfile == Value::Bool(true),
            tarball: dist("tarball"),
            integrity: dist("integrity"),
            shasum: dist("shasum"),
        }
    }
}

/// Whether a field has a text, or is true.
fn is_said(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Null | Value::Bool(false) => false,
        _ => true,
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().map(str::to_owned))
}

/// A table of texts. What is something else is left out.
fn table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let Value::Object(table) = Value::deserialize(deserializer)? else { return Ok(BTreeMap::new()) };
    let texts = table.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    });
    Ok(texts.collect())
}

/// A list of texts, or one text for a list of one.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => vec![text],
        Value::Array(list) => list.into_iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_optional_is_not_required_too() {
        let manifest: Manifest = serde_json::from_str(
            r#"{"version": "1.0.0", "dependencies": {"a": "1", "b": "2", "c": 3}, "optionalDependencies": {"b": "2"},
                "peerDependencies": {"p": "*", "q": "*"}, "peerDependenciesMeta": {"q": {"optional": true}}, "bundleDependencies": true,
                "os": "linux", "engines": {"node": ">=8"}, "deprecated": "no more", "scripts": {"postinstall": "x"},
                "dist": {"tarball": "t", "shasum": "s"}}"#,
        )
        .unwrap();
        assert_eq!(manifest.dependencies.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(manifest.optional_peers.iter().collect::<Vec<_>>(), ["q"]);
        assert_eq!(manifest.bundled.iter().collect::<Vec<_>>(), ["a", "b"]);
        assert!(
            manifest.deprecated && manifest.scripts && !manifest.gyp && manifest.os == ["linux"] && manifest.node.as_deref() == Some(">=8")
        );
        assert!(manifest.tarball.as_deref() == Some("t") && manifest.integrity.is_none());
    }

    #[test]
    fn fields_of_a_strange_type_are_absent() {
        let manifest: Manifest = serde_json::from_str(
            r#"{"version": 1, "dependencies": ["a"], "engines": ["node >= 0.4"], "os": {}, "deprecated": false, "dist": "x", "scripts": null}"#,
        )
        .unwrap();
        assert_eq!(manifest, Manifest::default());
    }
}
