//! Which version an edge gets, before it is known where it will be.

use std::sync::Arc;

use nodejs_semver::Version;

use super::edge::Edge;
use super::setting::Setting;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::packument::{Choice, Release};
use crate::registry::Documents;
use crate::spec::{Spec, Wanted};

/// A package that is to be placed.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    pub(super) version: Version,
    pub(super) manifest: Arc<Manifest>,
    pub(super) builtin: bool,
}

/// Chooses versions.
pub(super) struct Picker<'a> {
    documents: &'a Documents<'a>,
    setting: &'a Setting<'a>,
}

/// Why there is no version.
pub(super) enum Miss {
    /// It can never be had, which an optional dependency bears.
    Never(String),
    /// The registry failed. Nothing is decided on such a day.
    Today(Error),
}

impl<'a> Picker<'a> {
    pub(super) fn new(documents: &'a Documents<'a>, setting: &'a Setting<'a>) -> Self {
        Self { documents, setting }
    }

    /// The version for an edge.
    pub(super) fn pick(&self, edge: &Edge) -> Result<Picked, Miss> {
        if let Some(reason) = &edge.failed {
            return Err(Miss::Never(reason.clone()));
        }
        if self.setting.builtins.contains(&edge.name) {
            let version = Version::from((0_u64, 0, 0));
            return Ok(Picked { version, manifest: Arc::default(), builtin: true });
        }
        let document = self.documents.get(&edge.package).map_err(|error| match error {
            Error::Package { reason, .. } => Miss::Never(reason),
            other => Miss::Today(other),
        })?;
        let choice = Choice { platform: self.setting.platform, before: self.setting.before };
        let kept = self.kept(edge).and_then(|version| document.pick(&version, choice).ok());
        let release = kept.map_or_else(|| document.pick(&edge.spec, choice), Ok).map_err(Miss::Never)?;
        let Release { version, manifest, .. } = release.clone();
        Ok(Picked { version, manifest, builtin: false })
    }

    /// The highest version of the previous lock that fits. A tag is asked for anew.
    fn kept(&self, edge: &Edge) -> Option<Spec> {
        let entries = self.setting.previous?.packages().values().filter(|entry| entry.name == edge.package);
        let fitting = entries.filter_map(|entry| Version::parse(&entry.version).ok()).filter(|version| edge.spec.accepts(version));
        let version = fitting.max().filter(|_| !matches!(edge.spec.wanted, Wanted::Tag(_)))?;
        Spec::parse(&version.to_string()).ok()
    }
}
