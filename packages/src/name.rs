//! The names of packages, which become parts of URLs and of paths.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a package as a registry knows it: `name` or `@scope/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(String);

/// A text that names no package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name of a package")]
pub struct NameError(String);

/// Characters of a name. Old packages have capitals; whatever a URL or a path would read as something else is out.
fn is_part(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~!'()*".contains(c);
    !text.is_empty() && text.chars().all(plain) && !text.starts_with('.') && !text.starts_with('_')
}

impl PackageName {
    /// Reads a name.
    ///
    /// # Errors
    /// It is empty, longer than 214 characters, a reserved word, or has a character that names do not have.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = match text.strip_prefix('@').map(|rest| rest.split_once('/')) {
            None => is_part(text),
            Some(Some((scope, name))) => is_part(scope) && is_part(name),
            Some(None) => false,
        };
        let reserved = matches!(text, "node_modules" | "favicon.ico");
        if fits && !reserved && text.len() <= 214 { Ok(Self(text.to_owned())) } else { Err(NameError(text.chars().take(214).collect())) }
    }

    /// The name of what asks for packages, which no package has.
    pub(crate) fn root() -> Self {
        Self(String::new())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scope with its `@`.
    pub fn scope(&self) -> Option<&str> {
        self.0.split_once('/').map(|(scope, _)| scope)
    }

    /// The name without its scope.
    pub fn bare(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Whether it holds types for TypeScript alone, which no program requires.
    pub fn is_types(&self) -> bool {
        self.scope() == Some("@types")
    }
}

impl TryFrom<String> for PackageName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<PackageName> for String {
    fn from(name: PackageName) -> Self {
        name.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_registries_have() {
        for name in ["lodash", "@types/node", "JSONStream", "lodash.merge", "a~b", "@a-b/c.d"] {
            assert_eq!(PackageName::parse(name).unwrap().as_str(), name);
        }
        let long = "x".repeat(215);
        for text in
            ["", ".", "..", ".bin", "_x", "@", "@/x", "@x", "@x/", "@x/y/z", "a/b", "a b", "a\\b", "a%2f", "é", "node_modules", &long]
        {
            assert!(PackageName::parse(text).is_err(), "{text}");
        }
        let name = PackageName::parse("@types/node").unwrap();
        assert!((name.scope(), name.bare()) == (Some("@types"), "node") && name.is_types());
    }
}
