//! The first credential of a new server: given in the environment, or made here and written to a file that only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use hookbox_hooks::api::MAX_SECRET_BYTES;
use hookbox_hooks::offline::{Folder, reset_credential};
use hookbox_hooks::{ClientId, Service};
use hookbox_host_api::Secret;

const ID_VARIABLE: &str = "HOOKBOX_BOOTSTRAP_CLIENT_ID";
const SECRET_VARIABLE: &str = "HOOKBOX_BOOTSTRAP_CLIENT_SECRET";
const SHORTEST_SECRET: usize = 32;
const FILE: &str = "admin-credential.json";

/// A client id and its secret.
#[derive(Debug)]
pub(crate) struct AdminCredential {
    client_id: ClientId,
    client_secret: Secret,
}

impl AdminCredential {
    /// The one in the environment, if there is one. Half of one, or one that is easily guessed, is an error.
    pub(crate) fn from_environment() -> Result<Option<Self>> {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::given(read(ID_VARIABLE), read(SECRET_VARIABLE))
    }

    fn given(client_id: Option<String>, secret: Option<String>) -> Result<Option<Self>> {
        let (client_id, secret) = match (client_id, secret) {
            (None, None) => return Ok(None),
            (Some(client_id), Some(secret)) => (client_id, secret),
            (Some(_), None) => bail!("{ID_VARIABLE} is set and {SECRET_VARIABLE} is not"),
            (None, Some(_)) => bail!("{SECRET_VARIABLE} is set and {ID_VARIABLE} is not"),
        };
        if secret.chars().count() < SHORTEST_SECRET {
            bail!("{SECRET_VARIABLE} must have {SHORTEST_SECRET} characters or more");
        }
        if secret.len() > MAX_SECRET_BYTES {
            bail!("{SECRET_VARIABLE} must not be longer than {MAX_SECRET_BYTES} bytes");
        }
        let rule = "must have 1 to 128 characters of A-Z a-z 0-9 . _ -";
        let client_id = client_id.parse().with_context(|| format!("{ID_VARIABLE} {rule}"))?;
        Ok(Some(Self { client_id, client_secret: Secret::new(secret) }))
    }

    /// One that nobody can guess.
    pub(crate) fn random() -> Result<Self> {
        Ok(Self { client_id: random_text()?.expose().parse()?, client_secret: random_text()? })
    }

    /// What a client logs in with.
    pub(crate) fn login(&self) -> (String, Secret) {
        (self.client_id.to_string(), self.client_secret.clone())
    }

    /// Makes the service's first account with this credential.
    pub(crate) async fn bootstrap(self, service: &Service) -> Result<()> {
        service.bootstrap(self.client_id, self.client_secret).await.context("the admin credential cannot be made")
    }

    /// Makes the service's first account with a new credential, and leaves it where the operator finds it.
    ///
    /// The file comes first: if the server died between the two, an account without a credential that anybody knows could not be
    /// used, whereas the file is simply written anew at the next start.
    pub(crate) async fn bootstrap_random(service: &Service, data: &Path, json: bool) -> Result<()> {
        let credential = Self::random()?;
        let path = credential.write(data).with_context(|| format!("{} cannot be written", data.join(FILE).display()))?;
        credential.announce(&path, json);
        credential.bootstrap(service).await
    }

    /// Makes one more credential on a folder that no server has open, and leaves it where the operator finds it.
    ///
    /// The file comes last: what is in the way, such as a running server, must not cost the file that is there.
    pub(crate) fn reset(folder: &Folder) -> Result<(ClientId, PathBuf)> {
        let credential = Self::random()?;
        reset_credential(folder, credential.client_id.clone(), &credential.client_secret)?;
        let path = credential.write(&folder.data).with_context(|| format!("{} cannot be written", folder.data.join(FILE).display()))?;
        credential.announce(&path, false);
        Ok((credential.client_id, path))
    }

    /// Writes the file whole or not at all, and waits until it is on disk.
    fn write(&self, data: &Path) -> io::Result<PathBuf> {
        let (path, draft) = (data.join(FILE), data.join(format!("{FILE}.new")));
        // A file left by an earlier attempt may have another mode.
        if let Err(error) = fs::remove_file(&draft)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let (client_id, client_secret) = (self.client_id.as_str(), self.client_secret.expose());
        writeln!(file, "{:#}", serde_json::json!({"client_id": client_id, "client_secret": client_secret}))?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(data)?.sync_all()?;
        Ok(path)
    }

    /// Tells where the credential is. The secret itself goes to a person at a terminal only: anywhere else it would be kept in a log.
    fn announce(&self, path: &Path, json: bool) {
        let mut stderr = io::stderr().lock();
        if json {
            let (client_id, file) = (self.client_id.as_str(), path.display().to_string());
            let _ =
                writeln!(stderr, "{}", serde_json::json!({"message": "made the admin credential", "client_id": client_id, "file": file}));
            return;
        }
        // The file is what counts; that nobody reads this is no reason to stop.
        let _ = writeln!(stderr, "made the admin credential, client id {}, in {}", self.client_id, path.display());
        if stderr.is_terminal() {
            let _ = writeln!(stderr, "its client secret is {}", self.client_secret.expose());
        }
    }
}

/// 64 hexadecimal digits.
fn random_text() -> Result<Secret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system gives no random bytes")?;
    Ok(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn given(client_id: &str, secret: &str) -> Result<Option<AdminCredential>> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        AdminCredential::given(some(client_id), some(secret))
    }

    #[test]
    fn a_given_credential_is_whole_and_strong_or_refused() {
        let long = "s".repeat(32);
        assert!(given("", "").unwrap().is_none());
        assert_eq!(given("admin", &long).unwrap().unwrap().client_id.as_str(), "admin");
        for (client_id, secret, says) in [
            ("admin", "", "HOOKBOX_BOOTSTRAP_CLIENT_SECRET is not"),
            ("", long.as_str(), "HOOKBOX_BOOTSTRAP_CLIENT_ID is not"),
            ("admin", &long[1..], "32 characters or more"),
            ("admin", &"s".repeat(1025), "longer than 1024 bytes"),
            ("ad min", &long, "1 to 128 characters"),
        ] {
            let error = format!("{:#}", given(client_id, secret).unwrap_err());
            assert!(error.contains(says) && !error.contains("sss"), "{error}");
        }
    }

    #[test]
    fn the_file_is_private_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("admin-credential.json.new"), "rest of an earlier attempt").unwrap();
        let credential = AdminCredential::random().unwrap();
        let path = credential.write(folder.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(read["client_id"], credential.client_id.as_str());
        assert_eq!(read["client_secret"], credential.client_secret.expose());
        assert_eq!(credential.client_secret.expose().len(), 64);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
