//! The document in which a registry lists the versions of a package, and which of them is meant by a specifier.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use nodejs_semver::Version;
use serde::Deserialize;

use crate::manifest::Manifest;
use crate::platform::Platform;
use crate::spec::{Spec, Wanted, exact_version};

/// All versions of a package, the highest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packument {
    tags: BTreeMap<String, String>,
    versions: Vec<Release>,
}

/// A version that can be had.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub(crate) version: Version,
    pub(crate) manifest: Arc<Manifest>,
    published: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, rename = "dist-tags")]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    versions: BTreeMap<String, Manifest>,
    #[serde(default)]
    time: BTreeMap<String, serde_json::Value>,
}

/// What decides between versions that all fit.
#[derive(Clone, Copy)]
pub(crate) struct Choice<'a> {
    pub(crate) platform: &'a Platform,
    /// Versions published later are not there yet.
    pub(crate) before: Option<Timestamp>,
}

impl Packument {
    /// Reads a registry's document, abbreviated or full.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let Raw { tags, versions, time } = serde_json::from_slice(bytes)?;
        let published = |version: &str| time.get(version)?.as_str()?.parse().ok();
        let release = |(text, mut manifest): (String, Manifest)| {
            let version = exact_version(&text)?;
            manifest.version = text;
            let published = published(&manifest.version);
            Some(Release { version, manifest: Arc::new(manifest), published })
        };
        let mut versions: Vec<Release> = versions.into_iter().filter_map(release).collect();
        versions.sort_by(|one, other| other.version.cmp(&one.version));
        Ok(Self { tags, versions })
    }

    /// A document made of versions that lie in a folder: the highest that is no prerelease is the latest.
    pub(crate) fn of(manifests: impl IntoIterator<Item = Manifest>) -> Self {
        let release = |manifest: Manifest| {
            let version = exact_version(&manifest.version)?;
            Some(Release { version, manifest: Arc::new(manifest), published: None })
        };
        let mut versions: Vec<Release> = manifests.into_iter().filter_map(release).collect();
        versions.sort_by(|one, other| other.version.cmp(&one.version));
        let latest = versions.iter().find(|one| !one.version.is_prerelease()).or(versions.first());
        let tags = latest.map(|one| ("latest".to_owned(), one.manifest.version.clone())).into_iter().collect();
        Self { tags, versions }
    }

    /// Where the registry has the tarball of a version.
    pub(crate) fn tarball_of(&self, version: &str) -> Option<&str> {
        self.versions.iter().find(|one| one.manifest.version == version)?.manifest.tarball.as_deref()
    }

    /// The version that npm would take: `latest` if it fits, else the highest that does, with those that are deprecated or for another Node.js
    /// after all others.
    pub(crate) fn pick(&self, spec: &Spec, choice: Choice<'_>) -> Result<&Release, String> {
        let found = match &spec.wanted {
            Wanted::Exact(version) => self.versions.iter().find(|one| one.version == *version && choice.allows(one)),
            Wanted::Tag(tag) => self.tagged(tag).filter(|one| choice.allows(one)).or_else(|| self.older_than_tag(tag, choice)),
            Wanted::Range(_) => self.in_range(spec, choice),
        };
        found.ok_or_else(|| self.explain(spec, choice))
    }

    fn tagged(&self, tag: &str) -> Option<&Release> {
        let version = self.tags.get(tag)?;
        self.versions.iter().find(|one| one.manifest.version == *version)
    }

    /// What a tag means as long as the version that it names is too young.
    fn older_than_tag(&self, tag: &str, choice: Choice<'_>) -> Option<&Release> {
        let tagged = self.tagged(tag)?;
        let older = |one: &&Release| one.version < tagged.version && !one.version.is_prerelease();
        self.best(self.versions.iter().filter(older), choice)
    }

    fn in_range(&self, spec: &Spec, choice: Choice<'_>) -> Option<&Release> {
        let latest = self.tagged("latest").filter(|one| spec.accepts(&one.version) || spec.to_string() == "*");
        let latest = latest.filter(|one| choice.allows(one) && choice.rank(one) == (true, true, true));
        latest.or_else(|| self.best(self.versions.iter().filter(|one| spec.accepts(&one.version)), choice))
    }

    fn best<'p>(&self, fitting: impl Iterator<Item = &'p Release>, choice: Choice<'_>) -> Option<&'p Release> {
        let mut best: Option<&Release> = None;
        // The highest comes first, so that a later one has to be better to win.
        for one in fitting.filter(|one| choice.allows(one)) {
            if best.is_none_or(|best| choice.rank(one) > choice.rank(best)) {
                best = Some(one);
            }
        }
        best
    }

    fn explain(&self, spec: &Spec, choice: Choice<'_>) -> String {
        let fits = |one: &&Release| spec.accepts(&one.version);
        if self.versions.is_empty() {
            return "it has no version that could be installed".to_owned();
        }
        if let Some(young) = self.versions.iter().find(fits).filter(|one| !choice.allows(one)) {
            let when = young.published.map_or("at an unknown time".to_owned(), |at| format!("on {}", at.strftime("%Y-%m-%d")));
            return format!("each version that fits is younger than the minimum age of a release; {} was published {when}", young.version);
        }
        match (&spec.wanted, self.tagged("latest")) {
            (Wanted::Tag(tag), _) => format!("it has no tag {tag:?}"),
            (_, Some(latest)) => format!("no version fits; the latest is {}", latest.version),
            _ => "no version fits".to_owned(),
        }
    }
}

impl Choice<'_> {
    fn allows(self, release: &Release) -> bool {
        self.before.is_none_or(|before| release.published.is_some_and(|at| at <= before))
    }

    /// The larger, the better.
    fn rank(self, release: &Release) -> (bool, bool, bool) {
        let engine = self.platform.engine_mismatch(&release.manifest).is_none();
        let current = !release.manifest.deprecated;
        (engine && current, engine, current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"dist-tags": {"latest": "1.5.0", "next": "2.0.0-rc.1"}, "versions": {
        "1.0.0": {"version": "1.0.0"}, "1.5.0": {}, "1.6.0": {}, "1.7.0": {"deprecated": "broken"}, "1.4.0": {"engines": {"node": "^4"}},
        "0.9.0": {"deprecated": "old"}, "2.0.0-rc.1": {}, "not-a-version": {}},
        "time": {"1.0.0": "2020-01-01T00:00:00.000Z", "1.5.0": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"}}"#;

    fn pick(spec: &str, before: Option<&str>) -> String {
        let packument = Packument::parse(DOCUMENT.as_bytes()).unwrap();
        let platform = Platform::default();
        let choice = Choice { platform: &platform, before: before.map(|text| text.parse().unwrap()) };
        let picked = packument.pick(&Spec::parse(spec).unwrap(), choice);
        picked.map_or_else(|reason| reason, |release| release.version.to_string())
    }

    #[test]
    fn versions_are_picked_as_npm_does() {
        let specs =
            ["*", "", "^1.0.0", "latest", "next", "1.0.0", ">=1.6.0 <2", "1.7.x", ">1.0.0 <1.5.0", "^0.9.0", "^2.0.0-rc.0", "npm:other@^1"];
        let picked = ["1.5.0", "1.5.0", "1.5.0", "1.5.0", "2.0.0-rc.1", "1.0.0", "1.6.0", "1.7.0", "1.4.0", "0.9.0", "2.0.0-rc.1", "1.5.0"];
        assert_eq!(specs.map(|spec| pick(spec, None)), picked);
    }

    #[test]
    fn what_does_not_fit_is_explained() {
        assert_eq!(pick("^3", None), "no version fits; the latest is 1.5.0");
        assert_eq!(pick("nightly", None), "it has no tag \"nightly\"");
        assert_eq!(
            Packument::of([]).explain(&Spec::parse("1").unwrap(), Choice { platform: &Platform::default(), before: None }),
            "it has no version that could be installed"
        );
    }

    #[test]
    fn young_versions_are_not_there_yet() {
        assert_eq!(pick("^1", Some("2025-01-01T00:00:00Z")), "1.5.0");
        assert_eq!(pick("^1", Some("2021-01-01T00:00:00Z")), "1.0.0");
        assert_eq!(pick("latest", Some("2021-01-01T00:00:00Z")), "1.0.0");
        let reason = "each version that fits is younger than the minimum age of a release; 1.5.0 was published on 2024-01-01";
        assert_eq!(pick("1.5.0", Some("2021-01-01T00:00:00Z")), reason);
        assert!(pick("1.6.0", Some("2025-01-01T00:00:00Z")).contains("at an unknown time"));
    }

    #[test]
    fn the_latest_of_a_folder_is_the_highest_release() {
        let manifest = |version: &str| Manifest { version: version.to_owned(), ..Manifest::default() };
        let packument = Packument::of(["1.0.0", "10.0.0", "9.0.0", "11.0.0-rc.1"].map(manifest));
        assert_eq!(packument.tagged("latest").unwrap().version.to_string(), "10.0.0");
    }
}
