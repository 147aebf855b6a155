//! `hookbox login [URL]`: tries a client id and secret, then saves them as a profile.

use anyhow::Result;
use clap::Args;
use hookbox_host_api::Secret;
use serde_json::json;

use crate::client::Client;
use crate::login::DEFAULT_URL;
use crate::output::{self, OutputArgs};
use crate::profile::{self, Profile, Profiles};
use crate::prompt;
use crate::style::visible;

/// Save a server and its credential as a profile for the other commands
///
/// The secret is asked for without an echo, or read from stdin, or taken from HOOKBOX_CLIENT_SECRET; it is tried before it is saved. The
/// file is ~/.config/hookbox/profiles.toml (or below XDG_CONFIG_HOME), readable for you alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox login https://hooks.example.com --client-id ada\n  hookbox login --profile staging < secret.txt"
)]
pub(crate) struct LoginArgs {
    /// The server
    #[arg(value_name = "URL", env = "HOOKBOX_URL", default_value = DEFAULT_URL)]
    url: String,

    /// The profile's name; it becomes the default one
    #[arg(long, value_name = "NAME", env = "HOOKBOX_PROFILE", default_value = "default")]
    profile: String,

    /// The credential's client id [asked for where it is not given]
    #[arg(long, value_name = "ID", env = "HOOKBOX_CLIENT_ID")]
    client_id: Option<String>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &LoginArgs) -> Result<()> {
    let client_id = match &args.client_id {
        Some(id) => id.clone(),
        None => prompt::line("Client id", "--client-id")?,
    };
    let client_secret = match std::env::var("HOOKBOX_CLIENT_SECRET") {
        Ok(secret) if !secret.is_empty() => Secret::new(secret),
        _ => prompt::secret("Client secret")?,
    };
    Client::connect(&args.url, &client_id, client_secret.expose())?;
    let path = profile::path()?;
    let mut profiles = Profiles::load(&path)?;
    profiles.put(&args.profile, Profile { url: args.url.clone(), client_id: client_id.clone(), client_secret });
    profiles.save(&path)?;
    if args.output.json {
        return output::json(&json!({"profile": args.profile, "url": args.url, "client_id": client_id, "file": path}));
    }
    let (name, url) = (visible(&args.profile), visible(&args.url));
    output::note(&format!("logged in at {url} as {}; saved as profile \"{name}\" in {}", visible(&client_id), path.display()))
}
