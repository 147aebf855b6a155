//! `hookbox config`: every setting as `serve` would have it, and where it was given.

use std::io::Write as _;

use anyhow::Result;
use clap::Args;
use hookbox_hooks::config::{Config, Effective, Origin};
use serde_json::{Map, Value, json};

use super::serve::SettingArgs;
use crate::style::{Style, visible};

/// Show every setting of the server, and where its value comes from
///
/// The order is: defaults, the file, the environment, the flags; the later wins. The flags are those of `hookbox serve`. A setting that cannot
/// be used is an error that names it.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(flatten)]
    settings: SettingArgs,

    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &ConfigArgs) -> Result<()> {
    let loaded = Config::load(&args.settings.sources()?)?;
    for warning in &loaded.warnings {
        writeln!(std::io::stderr().lock(), "warning: {}", visible(warning))?;
    }
    let text = if args.json { format!("{:#}\n", json(&loaded.effective)) } else { table(&loaded.effective, Style::stdout()) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn json(settings: &[Effective]) -> Value {
    let one = |one: &Effective| (one.key.to_owned(), json!({"value": one.value, "origin": one.origin.to_string()}));
    settings.iter().map(one).collect::<Map<_, _>>().into()
}

fn table(settings: &[Effective], style: Style) -> String {
    let width = |text: fn(&Effective) -> String| settings.iter().map(|one| text(one).chars().count()).max().unwrap_or_default();
    let (keys, values) = (width(|one| one.key.to_owned()), width(shown));
    let row = |one: &Effective| {
        let origin = visible(&one.origin.to_string());
        let origin = if one.origin == Origin::Default { style.dim(&origin) } else { style.bold(&origin) };
        format!("{:<keys$}  {:<values$}  {origin}\n", one.key, shown(one))
    };
    settings.iter().map(row).collect()
}

/// A value for people; none is a dash.
fn shown(one: &Effective) -> String {
    if one.value.is_empty() { "-".to_owned() } else { visible(&one.value) }
}
