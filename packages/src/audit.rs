//! Which packages of a lock have known vulnerabilities, according to advisories that the operator brings: JSON in the format of OSV
//! (<https://ossf.github.io/osv-schema/>). Nothing is asked of anybody over the network.

use std::collections::BTreeMap;
use std::path::Path;

use nodejs_semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::lock::Lock;

/// Advisories about npm packages, by name.
#[derive(Clone, Debug, Default)]
pub struct Advisories {
    by_package: BTreeMap<String, Vec<Advisory>>,
    count: usize,
}

#[derive(Clone, Debug)]
struct Advisory {
    id: String,
    aliases: Vec<String>,
    summary: String,
    ranges: Vec<Vec<Event>>,
    versions: Vec<String>,
}

/// What happened to a package at a version.
#[derive(Clone, Debug)]
enum Event {
    Introduced(Version),
    Fixed(Version),
    LastAffected(Version),
}

/// An advisory that is about a package of the lock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The package's name.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The advisory's id.
    pub id: String,
    /// Its other ids, such as a CVE.
    pub aliases: Vec<String>,
    /// What it is about, in the advisory's words.
    pub summary: String,
    /// Versions that have the fault no more, the lowest first. Empty: there is none.
    pub fixed: Vec<String>,
    /// Where the package lies in the tree.
    pub paths: Vec<String>,
}

#[derive(Deserialize)]
struct Raw {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    details: String,
    withdrawn: Option<Value>,
    #[serde(default)]
    affected: Vec<Affected>,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<Named>,
    #[serde(default)]
    ranges: Vec<Ranges>,
    #[serde(default)]
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct Named {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct Ranges {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<BTreeMap<String, String>>,
}

impl Advisories {
    /// Reads a file with one advisory or a list of them, or all `.json` files of a folder and of the folders in it.
    ///
    /// # Errors
    /// Something cannot be read, or is no advisory.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut advisories = Self::default();
        advisories.read(path)?;
        Ok(advisories)
    }

    /// How many advisories about npm packages there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn read(&mut self, path: &Path) -> Result<(), Error> {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(Error::disk(path))?;
            let mut inside =
                entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(Error::disk(path))?;
            inside.sort();
            let wanted = |path: &&std::path::PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "json");
            return inside.iter().filter(wanted).try_for_each(|path| self.read(path));
        }
        let bytes = std::fs::read(path).map_err(Error::disk(path))?;
        let invalid = |error: serde_json::Error| Error::request(format!("{} is no advisory in OSV's format: {error}", path.display()));
        let value: Value = serde_json::from_slice(&bytes).map_err(invalid)?;
        let list = if let Value::Array(list) = value { list } else { vec![value] };
        list.into_iter().try_for_each(|one| serde_json::from_value(one).map(|raw| self.add(raw)).map_err(invalid))
    }

    fn add(&mut self, raw: Raw) {
        // An advisory that was taken back says nothing any more.
        if raw.withdrawn.is_some_and(|at| !at.is_null()) {
            return;
        }
        let summary = if raw.summary.is_empty() { raw.details.lines().next().unwrap_or_default().to_owned() } else { raw.summary };
        let mut about_npm = false;
        for affected in raw.affected {
            let Some(Named { ecosystem, name }) = affected.package else { continue };
            if ecosystem != "npm" {
                continue;
            }
            about_npm = true;
            let (id, aliases, summary) = (raw.id.clone(), raw.aliases.clone(), summary.clone());
            let ranges = affected.ranges.iter().filter(|range| range.kind != "GIT").map(|range| events(&range.events)).collect();
            self.by_package.entry(name).or_default().push(Advisory { id, aliases, summary, ranges, versions: affected.versions });
        }
        self.count += usize::from(about_npm);
    }

    /// The findings about a lock, sorted by package, version and id. Packages for other platforms count as well.
    pub fn audit(&self, lock: &Lock) -> Vec<Finding> {
        let mut found: BTreeMap<(String, String, String), Finding> = BTreeMap::new();
        for (path, entry) in lock.packages().iter().filter(|(_, entry)| !entry.builtin) {
            let Ok(version) = Version::parse(&entry.version) else { continue };
            let about = self.by_package.get(entry.name.as_str()).into_iter().flatten();
            for advisory in about.filter(|advisory| advisory.is_about(&version, &entry.version)) {
                let (package, version, id) = (entry.name.to_string(), entry.version.clone(), advisory.id.clone());
                let finding = found.entry((package.clone(), version.clone(), id.clone())).or_insert_with(|| {
                    let (aliases, summary, fixed) = (advisory.aliases.clone(), advisory.summary.clone(), advisory.fixed());
                    Finding { package, version, id, aliases, summary, fixed, paths: Vec::new() }
                });
                if !finding.paths.contains(path) {
                    finding.paths.push(path.clone());
                }
            }
        }
        found.into_values().collect()
    }
}

impl Advisory {
    fn is_about(&self, version: &Version, text: &str) -> bool {
        self.versions.iter().any(|one| one == text) || self.ranges.iter().any(|events| is_within(events, version))
    }

    fn fixed(&self) -> Vec<String> {
        let fixed = self.ranges.iter().flatten().filter_map(|event| if let Event::Fixed(version) = event { Some(version) } else { None });
        let mut fixed: Vec<&Version> = fixed.collect();
        fixed.sort();
        fixed.dedup();
        fixed.into_iter().map(ToString::to_string).collect()
    }
}

fn events(raw: &[BTreeMap<String, String>]) -> Vec<Event> {
    let version = |text: &str| if text == "0" { Some(Version::from((0_u64, 0, 0))) } else { Version::parse(text).ok() };
    let read = |(kind, text): (&String, &String)| match kind.as_str() {
        "introduced" => version(text).map(Event::Introduced),
        "fixed" => version(text).map(Event::Fixed),
        "last_affected" => version(text).map(Event::LastAffected),
        _ => None,
    };
    let mut events: Vec<Event> = raw.iter().flatten().filter_map(read).collect();
    events.sort_by(|one, other| one.version().cmp(other.version()));
    events
}

impl Event {
    fn version(&self) -> &Version {
        let (Self::Introduced(version) | Self::Fixed(version) | Self::LastAffected(version)) = self;
        version
    }
}

/// Walks the events up to a version. What is introduced in 0 is so in the prereleases of 0.0.0 as well.
fn is_within(events: &[Event], version: &Version) -> bool {
    let zero = Version::from((0_u64, 0, 0));
    events.iter().fold(false, |within, event| match event {
        Event::Introduced(at) if *version >= *at || *at == zero => true,
        Event::Fixed(at) if *version >= *at => false,
        Event::LastAffected(at) if *version > *at => false,
        _ => within,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::integrity::Integrity;

    fn lock(packages: &[(&str, &str)]) -> Lock {
        let entry = |(name, version): &(&str, &str)| {
            let json = json!({"name": name, "version": version, "integrity": Integrity::of(name.as_bytes())});
            (format!("node_modules/{name}"), serde_json::from_value(json).unwrap())
        };
        Lock::new(BTreeMap::new(), BTreeMap::new(), packages.iter().map(entry).collect())
    }

    fn advisory(events: Value) -> Value {
        json!({"id": "X-1", "aliases": ["CVE-1"], "summary": "bad", "affected": [
            {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": events}]},
            {"package": {"ecosystem": "PyPI", "name": "b"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]})
    }

    fn load(value: &Value) -> Advisories {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("one.json"), value.to_string()).unwrap();
        std::fs::write(folder.path().join("README.md"), "not one").unwrap();
        Advisories::load(folder.path()).unwrap()
    }

    #[test]
    fn versions_between_introduction_and_fix_are_found() {
        let advisories = load(&advisory(json!([{"introduced": "2.0.0"}, {"fixed": "2.3.1"}, {"introduced": "0"}, {"fixed": "1.2.0"}])));
        let found = |version: &str| advisories.audit(&lock(&[("a", version), ("b", "1.0.0")])).len();
        let versions = ["0.1.0", "1.1.9", "1.2.0", "1.9.0", "2.0.0-rc.1", "2.0.0", "2.3.0", "2.3.1", "3.0.0"];
        assert_eq!(versions.map(found), [1, 1, 0, 0, 0, 1, 1, 0, 0]);
        let finding = &advisories.audit(&lock(&[("a", "2.1.0")]))[0];
        assert_eq!((finding.id.as_str(), finding.summary.as_str(), finding.aliases[0].as_str()), ("X-1", "bad", "CVE-1"));
        assert_eq!(
            (finding.fixed.as_slice(), finding.paths.as_slice()),
            (&["1.2.0".to_owned(), "2.3.1".to_owned()][..], &["node_modules/a".to_owned()][..])
        );
    }

    #[test]
    fn the_last_affected_version_is_affected() {
        let advisories = load(&json!([advisory(json!([{"introduced": "1.0.0"}, {"last_affected": "1.5.0"}]))]));
        let found = |version: &str| advisories.audit(&lock(&[("a", version)])).len();
        assert_eq!(["0.9.0", "1.0.0", "1.5.0", "1.5.1"].map(found), [0, 1, 1, 0]);
        assert!(advisories.audit(&lock(&[("a", "1.0.0")]))[0].fixed.is_empty());
    }

    #[test]
    fn versions_that_are_listed_are_found_and_withdrawn_advisories_are_not() {
        let mut one = json!({"id": "X-2", "details": "first line\nsecond", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1.0.0"]}]});
        assert_eq!(load(&one).audit(&lock(&[("a", "1.0.0")]))[0].summary, "first line");
        one["withdrawn"] = json!("2024-01-01T00:00:00Z");
        assert!(load(&one).is_empty());
    }

    #[test]
    fn what_is_no_advisory_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{}").unwrap();
        assert!(Advisories::load(file.path()).unwrap_err().to_string().contains("is no advisory in OSV's format"));
    }
}
