//! What packages are told that they run on. It is Node.js on Linux, whatever the host is: nothing of a package runs outside the sandbox.

use nodejs_semver::{Range, Version};

use crate::manifest::Manifest;

/// The platform that `os`, `cpu`, `libc` and `engines` of packages are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// `process.platform`.
    pub os: String,
    /// `process.arch`.
    pub cpu: String,
    /// The C library that native parts would be linked with.
    pub libc: String,
    /// The version of Node.js, without a `v`.
    pub node: String,
}

impl Default for Platform {
    fn default() -> Self {
        Self { os: "linux".into(), cpu: "x64".into(), libc: "glibc".into(), node: "22.21.1".into() }
    }
}

impl Platform {
    /// Why a package is not for this platform: a field of its package.json and what that says.
    pub(crate) fn objection(&self, manifest: &Manifest) -> Option<String> {
        let fields = [("os", &manifest.os, &self.os), ("cpu", &manifest.cpu, &self.cpu), ("libc", &manifest.libc, &self.libc)];
        fields
            .into_iter()
            .find(|(_, list, value)| !allowed(list, value))
            .map(|(field, list, value)| format!("it is for {field} {}, and hooks run on {value}", list.join(", ")))
    }

    /// The range of Node.js that a package asks for, if this version is not in it.
    pub(crate) fn engine_mismatch<'m>(&self, manifest: &'m Manifest) -> Option<&'m str> {
        let wanted = manifest.node.as_deref()?;
        let version = Version::parse(&self.node).ok()?;
        // What nobody can read refuses nobody; npm treats it so too.
        let range = Range::parse(wanted).ok()?;
        (!range.satisfies(&version)).then_some(wanted)
    }
}

/// Whether a list such as `["linux", "!win32"]` allows a value. An empty list allows all.
fn allowed(list: &[String], value: &str) -> bool {
    if list.is_empty() || list == ["any"] {
        return true;
    }
    let denied = list.iter().filter_map(|one| one.strip_prefix('!')).any(|one| one == value);
    let mut named = list.iter().filter(|one| !one.starts_with('!')).peekable();
    !denied && (named.peek().is_none() || named.any(|one| one == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_allows_what_it_names_and_does_not_deny() {
        let check = |list: &[&str], value| allowed(&list.iter().map(ToString::to_string).collect::<Vec<_>>(), value);
        assert!(check(&[], "linux") && check(&["any"], "linux") && check(&["linux", "darwin"], "linux") && check(&["!win32"], "linux"));
        assert!(!check(&["darwin"], "linux") && !check(&["!linux"], "linux") && !check(&["linux", "!linux"], "linux"));
    }

    #[test]
    fn an_objection_names_the_field() {
        let platform = Platform::default();
        let manifest = Manifest { os: vec!["darwin".into()], node: Some(">=4".into()), ..Manifest::default() };
        assert_eq!(platform.objection(&manifest).unwrap(), "it is for os darwin, and hooks run on linux");
        assert_eq!(platform.engine_mismatch(&manifest), None);
        let manifest = Manifest { node: Some("^18".into()), ..manifest };
        assert_eq!(platform.engine_mismatch(&manifest), Some("^18"));
    }
}
