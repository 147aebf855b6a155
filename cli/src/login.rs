//! Which server a command talks to, and as whom: the environment first, then the profile. Asking the server is the client's.

use anyhow::Result;
use clap::Args;
use hookbox_host_api::Secret;

use crate::client::Client;
use crate::exit::Problem;
use crate::profile::{self, Profile, Profiles};

/// The server that is meant where nobody says otherwise.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:8080";

/// Who to be, for every command that asks a server.
#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// A profile that `hookbox login` saved [default: the one saved last]
    ///
    /// HOOKBOX_URL, HOOKBOX_CLIENT_ID and HOOKBOX_CLIENT_SECRET go before the profile.
    #[arg(long, value_name = "NAME", env = "HOOKBOX_PROFILE", hide_env_values = true)]
    pub(crate) profile: Option<String>,
}

impl ServerArgs {
    /// Logs in.
    pub(crate) fn connect(&self) -> Result<Client> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let environment =
            Environment { url: set("HOOKBOX_URL"), id: set("HOOKBOX_CLIENT_ID"), secret: set("HOOKBOX_CLIENT_SECRET").map(Secret::new) };
        // Without a home there still is the environment.
        let profiles = match profile::path() {
            Ok(path) => Profiles::load(&path)?,
            Err(_) => Profiles::default(),
        };
        let choice = choose(environment, &profiles, self.profile.as_deref())?;
        Client::connect(&choice.url, &choice.client_id, choice.client_secret.expose())
    }
}

/// The server that commands here are about, as far as it is known without asking anybody.
pub(crate) fn destination() -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let saved = || {
        let profiles = Profiles::load(&profile::path().ok()?).ok()?;
        Some(profiles.pick(set("HOOKBOX_PROFILE").as_deref()).ok()??.url.clone())
    };
    set("HOOKBOX_URL").or_else(saved)
}

/// What the environment says.
#[derive(Debug, Default)]
struct Environment {
    url: Option<String>,
    id: Option<String>,
    secret: Option<Secret>,
}

/// A profile's secret is shown to its own server only: whoever sets HOOKBOX_URL must set the credentials too.
fn choose(environment: Environment, profiles: &Profiles, name: Option<&str>) -> Result<Profile, Problem> {
    let Environment { url, id, secret } = environment;
    let saved = || profiles.pick(name);
    match (id, secret) {
        (Some(client_id), Some(client_secret)) => {
            // A profile that is not needed need not be there, unless it was asked for.
            let saved = if url.is_some() && name.is_none() { None } else { saved()? };
            let url = url.or_else(|| saved.map(|one| one.url.clone())).unwrap_or_else(|| DEFAULT_URL.to_owned());
            Ok(Profile { url, client_id, client_secret })
        }
        (None, None) => {
            let Some(saved) = saved()? else { return Err(Problem::NotLoggedIn("nobody is logged in".into())) };
            match url {
                Some(url) if url.trim_end_matches('/') != saved.url.trim_end_matches('/') => {
                    Err(Problem::NotLoggedIn(format!("HOOKBOX_URL is {url}, and the profile's secret is for {} alone", saved.url)))
                }
                _ => Ok(saved.clone()),
            }
        }
        (Some(_), None) => Err(Problem::NotLoggedIn("HOOKBOX_CLIENT_ID is set without HOOKBOX_CLIENT_SECRET".into())),
        (None, Some(_)) => Err(Problem::NotLoggedIn("HOOKBOX_CLIENT_SECRET is set without HOOKBOX_CLIENT_ID".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles() -> Profiles {
        let mut profiles = Profiles::default();
        for name in ["one", "two"] {
            let client_secret = Secret::new("kept");
            profiles.put(name, Profile { url: format!("http://{name}"), client_id: "saved".into(), client_secret });
        }
        profiles
    }

    fn environment(url: Option<&str>, id: Option<&str>, secret: Option<&str>) -> Environment {
        Environment { url: url.map(Into::into), id: id.map(Into::into), secret: secret.map(Secret::new) }
    }

    fn chosen(environment: Environment, name: Option<&str>) -> Result<(String, String), String> {
        choose(environment, &profiles(), name).map(|one| (one.url, one.client_id)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_goes_before_the_profile() {
        let one = |url: &str, id: &str| Ok((url.to_owned(), id.to_owned()));
        assert_eq!(chosen(environment(None, None, None), None), one("http://two", "saved"));
        assert_eq!(chosen(environment(None, None, None), Some("one")), one("http://one", "saved"));
        assert_eq!(chosen(environment(Some("http://x"), Some("e"), Some("s")), None), one("http://x", "e"));
        assert_eq!(chosen(environment(None, Some("e"), Some("s")), None), one("http://two", "e"));
        assert_eq!(chosen(environment(Some("http://two/"), None, None), None), one("http://two", "saved"));
        let none = choose(environment(None, Some("e"), Some("s")), &Profiles::default(), None).unwrap();
        assert_eq!(none.url, DEFAULT_URL);
    }

    #[test]
    fn a_saved_secret_goes_to_no_other_server() {
        assert!(chosen(environment(Some("http://elsewhere"), None, None), None).unwrap_err().contains("alone"));
        assert!(chosen(environment(None, Some("e"), None), None).unwrap_err().contains("without HOOKBOX_CLIENT_SECRET"));
        assert!(chosen(environment(None, None, Some("s")), None).unwrap_err().contains("without HOOKBOX_CLIENT_ID"));
        assert!(chosen(environment(Some("http://x"), Some("e"), Some("s")), Some("three")).unwrap_err().contains("three"));
        assert!(choose(environment(None, None, None), &Profiles::default(), None).is_err());
    }
}
