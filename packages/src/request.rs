//! What an author asks for: a table of packages, or a package.json with or without the lock that npm made for it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;
use crate::limits::Limits;
use crate::manifest::Manifest;
use crate::name::PackageName;
use crate::spec::Spec;

/// A request that was checked as far as that is possible without a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub(crate) manifest: Manifest,
    /// What is used instead of what packages ask for, whoever asks.
    pub(crate) overrides: BTreeMap<String, String>,
    /// npm's own lock as text.
    pub(crate) npm_lock: Option<String>,
}

impl Request {
    /// A table of names with ranges, versions or tags.
    ///
    /// # Errors
    /// A name is none, a specifier is none or points elsewhere than to a registry, or there are too many.
    pub fn of_packages(packages: &BTreeMap<String, String>, limits: &Limits) -> Result<Self, Error> {
        let manifest = Manifest { dependencies: packages.clone(), ..Manifest::default() };
        Self { manifest, ..Self::default() }.checked(limits)
    }

    /// A package.json as text, and the package-lock.json beside it. What is for development only is not asked for.
    ///
    /// # Errors
    /// As [`Request::of_packages`]; the text is no JSON object, or asks for workspaces or for overrides in a nested form.
    pub fn of_package_json(text: &str, npm_lock: Option<&str>, limits: &Limits) -> Result<Self, Error> {
        let unreadable = |error: serde_json::Error| Error::request(format!("package.json cannot be read: {error}"));
        let value: Value = serde_json::from_str(text).map_err(unreadable)?;
        if !value.is_object() {
            return Err(Error::request("package.json is no object"));
        }
        if value.get("workspaces").is_some_and(|list| *list != Value::Array(Vec::new())) {
            return Err(Error::request("package.json has workspaces, and a hook is one package"));
        }
        let manifest = Manifest::deserialize(&value).map_err(unreadable)?;
        let overrides = value.get("overrides").map_or(Ok(BTreeMap::new()), |table| overrides(table, &manifest))?;
        // Only what brings packages is kept, so that a new description is not a new request.
        let Manifest { dependencies, optional, peers, optional_peers, .. } = manifest;
        let manifest = Manifest { dependencies, optional, peers, optional_peers, ..Manifest::default() };
        Self { manifest, overrides, npm_lock: npm_lock.map(str::to_owned) }.checked(limits)
    }

    fn checked(self, limits: &Limits) -> Result<Self, Error> {
        let requested = self.requested();
        if requested.len() > limits.direct {
            return Err(Error::limit(format!("{} packages are named", requested.len()), limits.direct.to_string(), "direct"));
        }
        for (name, spec) in requested.iter().chain(&self.overrides) {
            PackageName::parse(name).map_err(|error| Error::request(error.to_string()))?;
            Spec::parse(spec).map_err(|reason| Error::package(name, reason))?;
        }
        Ok(self)
    }

    /// All names that are asked for, with their specifiers.
    pub fn requested(&self) -> BTreeMap<String, String> {
        let Manifest { dependencies, optional, peers, optional_peers, .. } = &self.manifest;
        let peers = peers.iter().filter(|(name, _)| !optional_peers.contains(*name));
        let all = peers.chain(dependencies).chain(optional);
        all.filter(|(name, _)| !name.starts_with("@types/")).map(|(name, spec)| (name.clone(), spec.clone())).collect()
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.requested().is_empty()
    }
}

/// npm's `overrides` in their flat form, with `$name` for what package.json itself asks for.
fn overrides(table: &Value, manifest: &Manifest) -> Result<BTreeMap<String, String>, Error> {
    let table = table.as_object().ok_or_else(|| Error::request("overrides of package.json is no object"))?;
    let one = |(name, value): (&String, &Value)| {
        let text = value
            .as_str()
            .ok_or_else(|| Error::request(format!("overrides of package.json: {name:?} is nested, which is not supported")))?;
        let spec = match text.strip_prefix('$') {
            None => Some(text.to_owned()),
            Some(name) => manifest.dependencies.get(name).or_else(|| manifest.optional.get(name)).cloned(),
        };
        let spec = spec.ok_or_else(|| Error::request(format!("overrides of package.json: {text:?} is no dependency of it")))?;
        Ok((name.clone(), spec))
    };
    table.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, spec)| ((*name).to_owned(), (*spec).to_owned())).collect()
    }

    fn json(text: &str) -> Result<Request, Error> {
        Request::of_package_json(text, None, &Limits::default())
    }

    #[test]
    fn both_forms_ask_for_the_same() {
        let by_table = Request::of_packages(&table(&[("a", "^1"), ("@s/b", "")]), &Limits::default()).unwrap();
        let text = r#"{"name": "x", "version": "1.0.0", "dependencies": {"a": "^1", "@s/b": "", "@types/node": "*"}, "devDependencies": {"c": "1"}}"#;
        assert_eq!(json(text).unwrap().requested(), by_table.requested());
        assert!(json("{}").unwrap().is_empty());
    }

    #[test]
    fn overrides_are_flat() {
        let request = json(r#"{"dependencies": {"a": "1"}, "overrides": {"b": "2.0.0", "a": "$a"}}"#).unwrap();
        assert_eq!(request.overrides, table(&[("a", "1"), ("b", "2.0.0")]));
        let error = json(r#"{"overrides": {"b": {"c": "1"}}}"#).unwrap_err().to_string();
        assert_eq!(error, "overrides of package.json: \"b\" is nested, which is not supported");
    }

    #[test]
    fn what_cannot_be_asked_for_is_named() {
        let refused = [
            (r#"{"dependencies": {"a": "github:x/y"}}"#, "a: \"github:x/y\" is a git repository; packages come from the registry"),
            (r#"{"dependencies": {"a": "file:../x"}}"#, "a: \"file:../x\" is a file; packages come from the registry"),
            (r#"{"dependencies": {"../a": "1"}}"#, "\"../a\" is no name of a package"),
            (r#"{"workspaces": ["x"]}"#, "package.json has workspaces, and a hook is one package"),
            ("[]", "package.json is no object"),
        ];
        for (text, why) in refused {
            assert_eq!(json(text).unwrap_err().to_string(), why);
        }
        let many = (0..31).map(|n| (format!("p{n}"), "*".to_owned())).collect();
        let error = Request::of_packages(&many, &Limits::default()).unwrap_err().to_string();
        assert_eq!(error, "31 packages are named: the limit is 30 (direct)");
    }
}
