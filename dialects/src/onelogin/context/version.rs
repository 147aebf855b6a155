//! Versions of contexts, and the ranges in npm's notation by which a hook picks one.

use std::fmt;

use semver::{Version, VersionReq};

use crate::onelogin::kind::Kind;

/// A version of the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::onelogin) enum ContextVersion {
    /// The first version.
    V1_0_0,
    /// Adds the user's id and last login, the second factors and the application.
    V1_1_0,
}

impl ContextVersion {
    /// The name as the API writes it.
    pub(in crate::onelogin) fn as_str(self) -> &'static str {
        match self {
            Self::V1_0_0 => "1.0.0",
            Self::V1_1_0 => "1.1.0",
        }
    }

    fn number(self) -> Version {
        match self {
            Self::V1_0_0 => Version::new(1, 0, 0),
            Self::V1_1_0 => Version::new(1, 1, 0),
        }
    }
}

impl fmt::Display for ContextVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a range picks no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::onelogin) enum RangeError {
    /// The text is not a range.
    #[error("is not a version or a range of versions")]
    Unreadable,
    /// The text is a range, but it contains none of the hook type's versions.
    #[error("matches no context version")]
    Empty,
}

impl Kind {
    /// The newest context version of the type that lies in `range`, such as `1.0.0`, `^1.0`, `>= 1.0.0 <2`, `1.0.x || 1.1.0`.
    pub(in crate::onelogin) fn context_version(self, range: &str) -> Result<ContextVersion, RangeError> {
        let alternatives: Vec<VersionReq> = range.split("||").map(alternative).collect::<Option<_>>().ok_or(RangeError::Unreadable)?;
        let fits = |version: &&ContextVersion| alternatives.iter().any(|one| one.matches(&version.number()));
        self.context_versions().iter().rev().find(fits).copied().ok_or(RangeError::Empty)
    }

    /// The newest context version of the type, which a hook gets by default.
    pub(in crate::onelogin) fn newest_context(self) -> ContextVersion {
        self.context_versions().last().copied().unwrap_or(ContextVersion::V1_0_0)
    }
}

/// One alternative of a range, in the notation of [`VersionReq`]: commas between the comparators, and a `=` where npm has no operator.
fn alternative(text: &str) -> Option<VersionReq> {
    if let Some((from, to)) = text.split_once(" - ") {
        return VersionReq::parse(&format!("{}, {}", comparator(&format!(">={}", from.trim()))?, comparator(&format!("<={}", to.trim()))?))
            .ok();
    }
    let mut comparators = Vec::new();
    let mut operator = String::new();
    for word in text.split_whitespace() {
        operator.push_str(word);
        // An operator may stand apart from its version.
        if word.ends_with(is_operator) {
            continue;
        }
        comparators.push(comparator(&std::mem::take(&mut operator))?);
    }
    match (operator.is_empty(), comparators.is_empty()) {
        (false, _) => None,
        (true, true) => Some(VersionReq::STAR),
        (true, false) => VersionReq::parse(&comparators.join(", ")).ok(),
    }
}

fn is_operator(c: char) -> bool {
    "<>=~^".contains(c)
}

fn comparator(text: &str) -> Option<String> {
    let version = text.trim_start_matches(is_operator);
    let operator = match text.strip_suffix(version)? {
        "" => "=",
        "~>" => "~",
        operator => operator,
    };
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let numbers: Vec<&str> = version.split('.').take_while(|part| !matches!(*part, "x" | "X" | "*")).collect();
    if version.is_empty() {
        return None;
    }
    Some(if numbers.is_empty() { "*".to_owned() } else { format!("{operator}{}", numbers.join(".")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContextVersion::{V1_0_0, V1_1_0};

    #[test]
    fn a_range_picks_the_newest_version_in_it() {
        let pick = |range| Kind::PreAuthentication.context_version(range);
        for range in [
            "",
            "*",
            "x",
            "1",
            "1.x",
            "1.1.0",
            "v1.1.0",
            "=1.1.0",
            "^1.0.0",
            ">= 1.0.0",
            ">=1.0.0 <2",
            "1.0.0 || 1.1.0",
            "1.0 - 1.1",
            "~1.1",
        ] {
            assert_eq!(pick(range), Ok(V1_1_0), "{range}");
        }
        for range in ["1.0.0", "1.0.x", "~1.0", "~> 1.0.0", "< 1.1.0", "<=1.0.0", ">=1.0.0 <1.1.0", "1.0.0 || 3", "0.1 - 1.0.5"] {
            assert_eq!(pick(range), Ok(V1_0_0), "{range}");
        }
        for range in ["2", "1.0.1", "<1", ">1.1.0", "1.1.0 1.0.0"] {
            assert_eq!(pick(range), Err(RangeError::Empty), "{range}");
        }
        for range in ["latest", ">=", "1.0.0 -", "1..0", "1.0.0, ", "||<", "1.a", "^"] {
            assert_eq!(pick(range), Err(RangeError::Unreadable), "{range}");
        }
        assert_eq!(Kind::UserMigration.context_version("*"), Ok(V1_0_0));
        assert_eq!(Kind::UserMigration.context_version("1.1.0"), Err(RangeError::Empty));
    }

    #[test]
    fn names_are_the_numbers() {
        for version in [Kind::PreAuthentication, Kind::UserMigration].into_iter().flat_map(Kind::context_versions) {
            assert_eq!(version.number().to_string(), version.as_str());
        }
    }
}
