//! The file with the profiles that `hookbox login` saves: for each name a server, a client id and its secret.
//!
//! It is its owner's alone, and replaced as a whole, so that nobody ever reads half of it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use hookbox_host_api::Secret;
use serde::{Deserialize, Serialize, Serializer};

use crate::exit::Problem;

const FILE: &str = "profiles.toml";

/// Everything in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profiles {
    /// The one that is used where none is named.
    #[serde(default)]
    pub(crate) default: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// A server and who to be there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) url: String,
    pub(crate) client_id: String,
    #[serde(serialize_with = "expose", deserialize_with = "conceal")]
    pub(crate) client_secret: Secret,
}

/// The file is the one place that the secret is written to.
fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn conceal<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

/// `$XDG_CONFIG_HOME/hookbox/profiles.toml`, or the same below `~/.config`.
pub(crate) fn path() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    Ok(folder.context("neither XDG_CONFIG_HOME nor HOME is set, so there is no place for profiles")?.join("hookbox").join(FILE))
}

impl Profiles {
    /// Reads the file; none is as good as an empty one.
    pub(crate) fn load(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            // The parser's words may repeat the line, and with it a secret.
            Ok(text) => toml::from_str(&text).map_err(|_| anyhow::anyhow!("{} is not as `hookbox login` writes it", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// The profile of this name, or the default one; none where nothing was ever saved.
    pub(crate) fn pick(&self, name: Option<&str>) -> Result<Option<&Profile>, Problem> {
        let Some(wanted) = name.or(self.default.as_deref()) else { return Ok(None) };
        match self.profiles.get(wanted) {
            Some(profile) => Ok(Some(profile)),
            None => {
                let names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
                let saved = if names.is_empty() { "none is saved".to_owned() } else { format!("there are: {}", names.join(", ")) };
                Err(Problem::NotLoggedIn(format!("there is no profile \"{wanted}\"; {saved}")))
            }
        }
    }

    /// Puts a profile in, which becomes the default.
    pub(crate) fn put(&mut self, name: &str, profile: Profile) {
        self.profiles.insert(name.to_owned(), profile);
        self.default = Some(name.to_owned());
    }

    /// Writes the file, readable for nobody else from its first byte on.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let failed = || format!("cannot write {}", path.display());
        let folder = path.parent().with_context(failed)?;
        std::fs::create_dir_all(folder).with_context(failed)?;
        // Made with 0600, whatever the umask.
        let mut file = tempfile::Builder::new().prefix(".profiles").tempfile_in(folder).with_context(failed)?;
        file.write_all(toml::to_string(self)?.as_bytes()).with_context(failed)?;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o600)).with_context(failed)?;
        file.as_file().sync_all().with_context(failed)?;
        file.persist(path).with_context(failed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(url: &str) -> Profile {
        Profile { url: url.into(), client_id: "ada".into(), client_secret: Secret::new("s3cret \"quoted\"") }
    }

    #[test]
    fn what_is_saved_is_read_again_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/hookbox").join(FILE);
        assert!(Profiles::load(&path).unwrap().pick(None).unwrap().is_none());
        let mut profiles = Profiles::default();
        profiles.put("one", profile("http://one"));
        profiles.put("two", profile("http://two"));
        profiles.save(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = Profiles::load(&path).unwrap();
        assert_eq!(read.pick(None).unwrap().unwrap().url, "http://two");
        let one = read.pick(Some("one")).unwrap().unwrap();
        assert_eq!((one.url.as_str(), one.client_secret.expose()), ("http://one", "s3cret \"quoted\""));
        let error = read.pick(Some("three")).unwrap_err().to_string();
        assert!(error.contains("one, two"), "{error}");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no part is left");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "client_secret = hunter2").unwrap();
        let error = format!("{:#}", Profiles::load(&path).unwrap_err());
        assert!(error.contains(FILE) && !error.contains("hunter2"), "{error}");
        assert!(!format!("{:?}", profile("http://x")).contains("s3cret"));
    }
}
