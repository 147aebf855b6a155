//! One dependency of one package.

use std::sync::Arc;

use nodejs_semver::Version;

use super::order::compare;
use super::setting::{Setting, Table};
use crate::manifest::Manifest;
use crate::name::PackageName;
use crate::spec::Spec;

/// How much a dependency is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Required,
    /// The package works without.
    Optional,
    /// It has to be where whoever uses the package sees it too.
    Peer,
    /// If it is there, it has to fit.
    OptionalPeer,
}

/// A dependency, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) name: String,
    /// What the registry calls it.
    pub(super) package: PackageName,
    pub(super) spec: Arc<Spec>,
    pub(super) kind: Kind,
    /// The version that a tag stands for, once that is known.
    pub(super) tagged: Option<Version>,
    /// Why it cannot be had.
    pub(super) failed: Option<String>,
    /// A peer that does not fit what is there, and is left so.
    pub(super) conflict: bool,
}

impl Kind {
    pub(super) fn is_peer(self) -> bool {
        matches!(self, Self::Peer | Self::OptionalPeer)
    }

    pub(super) fn is_optional(self) -> bool {
        matches!(self, Self::Optional | Self::OptionalPeer)
    }
}

impl Edge {
    /// Whether a version of a package is what is wanted.
    pub(super) fn accepts_version(&self, package: &PackageName, version: &Version) -> bool {
        *package == self.package && (self.spec.accepts(version) || self.tagged.as_ref() == Some(version))
    }
}

/// All dependencies of a package, in the order of their names. What cannot be asked for has failed already.
pub(super) fn edges(manifest: &Manifest, overrides: &Table, setting: &Setting<'_>, is_root: bool) -> Vec<Edge> {
    let peer = |name: &String| if manifest.optional_peers.contains(name) { Kind::OptionalPeer } else { Kind::Peer };
    let optional = manifest.optional.iter().map(|(name, spec)| (name, spec, Kind::Optional));
    let required = manifest.dependencies.iter().map(|(name, spec)| (name, spec, Kind::Required));
    let peers =
        manifest.peers.iter().filter(|(name, _)| !manifest.dependencies.contains_key(*name) && !manifest.optional.contains_key(*name));
    let peers = peers.map(|(name, spec)| (name, spec, peer(name)));
    // What is inside the tarball need not be found elsewhere; types are never required.
    let wanted = |(name, ..): &(&String, &String, Kind)| !name.starts_with("@types/") && (is_root || !manifest.bundled.contains(*name));
    let mut edges: Vec<Edge> = optional
        .chain(required)
        .chain(peers)
        .filter(wanted)
        .filter_map(|(name, text, kind)| {
            // What package.json asks for itself wins over what it overrides.
            let text = if is_root { text } else { overrides.get(name).unwrap_or(text) };
            edge(name, text, kind, setting)
        })
        .collect();
    edges.sort_by(|one, other| compare(&one.name, &other.name));
    edges
}

/// One dependency. One with a specifier that is refused has failed already.
pub(super) fn edge(name: &str, text: &str, kind: Kind, setting: &Setting<'_>) -> Option<Edge> {
    let any = || Spec::parse("*").ok();
    let own = PackageName::parse(name);
    let (spec, failed) = match Spec::parse(text) {
        // The host has one version of what it builds in.
        _ if setting.builtins.contains(name) => (any()?, None),
        Ok(spec) => (spec, None),
        Err(reason) => (any()?, Some(reason)),
    };
    let failed = failed.or_else(|| own.as_ref().err().map(ToString::to_string));
    let package = spec.alias.clone().or(own.ok()).unwrap_or_else(PackageName::root);
    Some(Edge { name: name.to_owned(), package, spec: Arc::new(spec), kind, tagged: None, failed, conflict: false })
}
