//! What stands after a package's name: a range, an exact version, a tag, or another name with one of these. What would bring code from
//! anywhere but a registry is refused, with the reason.

use std::fmt;

use nodejs_semver::{Range, Version};

use crate::name::PackageName;

/// Which package of the registry is meant, and which of its versions.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// Another package than the dependency's name says: `npm:other@^1`.
    pub(crate) alias: Option<PackageName>,
    pub(crate) wanted: Wanted,
    text: String,
}

/// Which version.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    Exact(Version),
    Range(Range),
    Tag(String),
}

/// What places other than a registry look like, and what they are called.
const PLACES: [(&str, &str); 14] = [
    ("git:", "a git repository"),
    ("git+", "a git repository"),
    ("git@", "a git repository"),
    ("github:", "a git repository"),
    ("gitlab:", "a git repository"),
    ("bitbucket:", "a git repository"),
    ("gist:", "a git repository"),
    ("file:", "a file"),
    ("link:", "a link"),
    ("portal:", "a link"),
    ("workspace:", "a workspace"),
    ("catalog:", "a catalog of another package manager"),
    ("http:", "a URL"),
    ("https:", "a URL"),
];

impl Spec {
    /// Reads a specifier. `name` is what it stands behind.
    ///
    /// # Errors
    /// A reason that names no package.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("npm:") {
            return Self::alias(text, rest);
        }
        if let Some((_, what)) = PLACES.iter().find(|(prefix, _)| text.starts_with(prefix)) {
            return Err(format!("{text:?} is {what}; packages come from the registry"));
        }
        if text.starts_with(['.', '/', '~']) && text.contains('/') {
            return Err(format!("{text:?} is a file; packages come from the registry"));
        }
        if text.contains('/') {
            return Err(format!("{text:?} is a git repository; packages come from the registry"));
        }
        Ok(Self { alias: None, wanted: wanted(text)?, text: text.to_owned() })
    }

    fn alias(text: &str, rest: &str) -> Result<Self, String> {
        let at = rest.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
        let (name, version) = at.and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?))).unwrap_or((rest, ""));
        let name = PackageName::parse(name).map_err(|error| error.to_string())?;
        Ok(Self { alias: Some(name), wanted: wanted(version)?, text: text.to_owned() })
    }

    /// Whether a version is one that is meant. A tag means none by itself: the registry says which one it is.
    pub(crate) fn accepts(&self, version: &Version) -> bool {
        match &self.wanted {
            Wanted::Exact(exact) => exact == version,
            Wanted::Range(range) => range.satisfies(version),
            Wanted::Tag(_) => false,
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.text.is_empty() { "*" } else { &self.text })
    }
}

/// Reads an exact version, which becomes a part of URLs and of names of files. The library alone takes `1.0.0 - 2.0.0` for its first version.
pub(crate) fn exact_version(text: &str) -> Option<Version> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    if text.chars().all(is_part) { Version::parse(text).ok() } else { None }
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let text = text.trim();
    if text.is_empty() {
        return Range::parse("*").map(Wanted::Range).map_err(|_| "no range".to_owned());
    }
    if let Some(version) = exact_version(text.trim_start_matches(['=', 'v'])) {
        return Ok(Wanted::Exact(version));
    }
    if let Ok(range) = Range::parse(text) {
        return Ok(Wanted::Range(range));
    }
    let tag = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if tag { Ok(Wanted::Tag(text.to_owned())) } else { Err(format!("{text:?} is no version, range or tag")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> String {
        match Spec::parse(text) {
            Ok(Spec { alias, wanted, .. }) => {
                let kind = match wanted {
                    Wanted::Exact(version) => format!("= {version}"),
                    Wanted::Range(_) => "range".to_owned(),
                    Wanted::Tag(tag) => format!("tag {tag}"),
                };
                alias.map_or(kind.clone(), |name| format!("{name} {kind}"))
            }
            Err(reason) => reason,
        }
    }

    #[test]
    fn versions_ranges_tags_and_aliases_are_read() {
        assert_eq!(["1.0.0 - 2.0.0", "1.0.0||2.0.0", "1.0.0 2.0.0"].map(kind), ["range"; 3]);
        let read = ["1.2.3", "v1.2.3", "^1.2", "", "*", ">=1 <3 || 5.x", "latest", "next-7", "npm:auth@^4", "npm:@a/b@1.0.0", "npm:@a/b"];
        let kinds = [
            "= 1.2.3",
            "= 1.2.3",
            "range",
            "range",
            "range",
            "range",
            "tag latest",
            "tag next-7",
            "auth range",
            "@a/b = 1.0.0",
            "@a/b range",
        ];
        assert_eq!(read.map(kind), kinds);
    }

    #[test]
    fn other_places_are_refused_by_what_they_are() {
        let refused = [
            ("git+ssh://git@host.example/x.git", "a git repository"),
            ("someone/something#semver:^1", "a git repository"),
            ("github:someone/something", "a git repository"),
            ("file:../x", "a file"),
            ("../x", "a file"),
            ("~/x", "a file"),
            ("link:../x", "a link"),
            ("workspace:*", "a workspace"),
            ("https://host.example/x.tgz", "a URL"),
            ("not a range!", "no version"),
            ("npm:..@1", "no name"),
        ];
        for (text, why) in refused {
            let reason = Spec::parse(text).unwrap_err();
            assert!(reason.contains(why), "{text}: {reason}");
        }
    }
}
