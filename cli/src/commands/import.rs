//! `hookbox import onelogin --url URL`: copies the hooks and the names of the env vars of another server into this one's account.
//!
//! Values of env vars are never given out, so what is made here has a placeholder, and every hook is made disabled.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::login::{DEFAULT_URL, ServerArgs};
use crate::style::{Style, visible};

/// Copy hooks from another server
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    Onelogin(OneLoginArgs),
}

/// Copy the hooks and the names of the env vars of OneLogin, or of any server with its API
///
/// The hooks are made disabled. Values of env vars cannot be read, so each is made with a placeholder and named at the end.
#[derive(Debug, Args)]
struct OneLoginArgs {
    /// The server to copy from: the URL of your account there
    #[arg(long, value_name = "URL")]
    url: String,

    /// A client id of that server
    #[arg(long, value_name = "ID", env = "ONELOGIN_CLIENT_ID")]
    client_id: String,

    /// Its secret; better given in the environment
    #[arg(long, value_name = "SECRET", env = "ONELOGIN_CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,

    /// The Hookbox server to copy to
    #[arg(long, value_name = "URL", env = "HOOKBOX_URL", default_value = DEFAULT_URL)]
    to: String,

    /// A client id of the Hookbox server, with the scope manage [default: the profile's, with its server]
    #[arg(long, value_name = "ID", env = "HOOKBOX_CLIENT_ID", requires = "to_client_secret")]
    to_client_id: Option<String>,

    /// Its secret; better given in the environment
    #[arg(long, value_name = "SECRET", env = "HOOKBOX_CLIENT_SECRET", hide_env_values = true)]
    to_client_secret: Option<String>,

    #[command(flatten)]
    server: ServerArgs,

    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// The value that an env var has until somebody sets it.
const PLACEHOLDER: &str = "to-be-set";

const HOOKS: &str = "/api/2/hooks";
const ENVS: &str = "/api/2/hooks/envs";

/// What of a hook is copied as it is.
const COPIED: [&str; 9] = ["type", "function", "runtime", "timeout", "retries", "packages", "context_version", "options", "conditions"];

/// What became of everything.
#[derive(Debug, Default, Serialize)]
struct Report {
    hooks: Vec<HookReport>,
    env_vars: BTreeMap<String, EnvReport>,
}

#[derive(Debug, Serialize)]
struct HookReport {
    r#type: String,
    from: String,
    /// The id of the copy; none where there is none.
    id: Option<String>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct EnvReport {
    id: Option<String>,
    /// Whether its value has to be set by hand.
    to_be_set: bool,
    error: Option<String>,
}

/// Copies. What cannot be copied is told and left out, and is exit code 1.
pub(crate) fn run(args: &ImportArgs) -> Result<ExitCode> {
    let From::Onelogin(args) = &args.from;
    let from = Client::connect(&args.url, &args.client_id, &args.client_secret).context("the server to copy from")?;
    let to = match (&args.to_client_id, &args.to_client_secret) {
        (Some(id), Some(secret)) => Client::connect(&args.to, id, secret),
        _ => args.server.connect(),
    };
    let to = to.context("the Hookbox server")?;
    let mut report = Report::default();
    copy_env_vars(&from, &to, &mut report)?;
    for hook in from.list(HOOKS)? {
        let id = text(&hook, "id").context("the server lists a hook without an id")?;
        report.hooks.push(copy_hook(&from, &to, &id)?);
    }
    if args.json {
        print_json(&report)?
    } else {
        print_text(&report)?
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes the env vars that are not there yet.
fn copy_env_vars(from: &Client, to: &Client, report: &mut Report) -> Result<()> {
    let ids = |envs: Vec<Value>| envs.iter().filter_map(|env| Some((text(env, "name")?, text(env, "id")?))).collect::<BTreeMap<_, _>>();
    let have = ids(to.list(ENVS)?);
    for name in ids(from.list(ENVS)?).into_keys() {
        let found = match have.get(&name) {
            Some(id) => EnvReport { id: Some(id.clone()), to_be_set: false, error: None },
            None => match to.post(ENVS, &json!({"name": name, "value": PLACEHOLDER})) {
                Ok(made) => EnvReport { id: text(&made, "id"), to_be_set: true, error: None },
                Err(error) => EnvReport { id: None, to_be_set: true, error: Some(error.to_string()) },
            },
        };
        report.env_vars.insert(name, found);
    }
    Ok(())
}

/// Makes one hook. That another server's hook is refused here is told, and no reason to stop.
fn copy_hook(from: &Client, to: &Client, id: &str) -> Result<HookReport> {
    let hook = from.get(&format!("{HOOKS}/{id}"))?;
    let made = to.post(HOOKS, &copy(&hook));
    let (made, error) = match made {
        Ok(made) => (text(&made, "id"), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(HookReport { r#type: text(&hook, "type").unwrap_or_default(), from: id.to_owned(), id: made, error })
}

/// The body of the copy.
fn copy(hook: &Value) -> Value {
    let copied = COPIED.iter().filter_map(|name| Some(((*name).to_owned(), hook.get(name)?.clone())));
    let mut body: Map<String, Value> = copied.collect();
    let links = hook.get("env_vars").and_then(Value::as_array).into_iter().flatten();
    // Either form in which servers show them.
    let names = links.filter_map(|link| link.as_str().or_else(|| link.get("name")?.as_str()));
    body.insert("env_vars".to_owned(), names.collect());
    body.insert("disabled".to_owned(), true.into());
    body.into()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

impl Report {
    fn is_whole(&self) -> bool {
        self.hooks.iter().all(|hook| hook.error.is_none()) && self.env_vars.values().all(|env| env.error.is_none())
    }
}

fn print_json(report: &Report) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(report)?)?;
    Ok(())
}

fn print_text(report: &Report) -> Result<()> {
    let style = Style::stdout();
    let mut out = std::io::stdout().lock();
    let width = report.env_vars.keys().map(|name| name.chars().count()).chain([18]).max().unwrap_or_default();
    writeln!(out, "{}", style.bold(&format!("{:<8}  {:<width$}  {}", "KIND", "NAME", "RESULT")))?;
    for (name, env) in &report.env_vars {
        let result = match (&env.error, env.to_be_set) {
            (Some(error), _) => style.bad(&visible(error)),
            (None, true) => "made with a placeholder".to_owned(),
            (None, false) => style.dim("is there already, and keeps its value"),
        };
        writeln!(out, "{:<8}  {:<width$}  {result}", "env var", visible(name))?;
    }
    for hook in &report.hooks {
        let result = match (&hook.error, &hook.id) {
            (Some(error), _) => style.bad(&visible(error)),
            (None, id) => format!("made, disabled: {}", visible(id.as_deref().unwrap_or_default())),
        };
        writeln!(out, "{:<8}  {:<width$}  {result}", "hook", visible(&hook.r#type))?;
    }
    let unset: Vec<_> = report.env_vars.iter().filter(|(_, env)| env.to_be_set).collect();
    if !unset.is_empty() {
        writeln!(out, "\nSet these values by hand before you enable a hook, since no server gives them out:")?;
        for (name, _) in unset {
            writeln!(out, "  hookbox env set {}", visible(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_disabled_and_names_its_env_vars_whatever_their_form() {
        let hook = json!({
            "id": "1", "type": "pre-authentication", "function": "eA==", "runtime": "nodejs18.x", "timeout": 1, "retries": 0, "disabled": false,
            "packages": {}, "status": "ready", "env_vars": ["A", {"id": "2", "name": "B"}], "options": {"risk_enabled": true}, "created_at": "",
        });
        let copy = copy(&hook);
        assert_eq!((&copy["disabled"], &copy["env_vars"]), (&json!(true), &json!(["A", "B"])));
        assert_eq!(copy["options"], hook["options"]);
        assert!(copy.get("id").is_none() && copy.get("status").is_none() && copy.get("conditions").is_none());
    }
}
