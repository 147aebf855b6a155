//! `hookbox new NAME`: a project that runs at once. What is in its files is in `templates/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::bodies::{HookBody, LimitsBody};
use hookbox_hooks::hook_type::{HookType, Settings};
use serde_json::{Value, json};

use crate::exit::Problem;
use crate::hook_types;
use crate::language::Language;
use crate::output::{self, OutputArgs};
use crate::project::{MANIFEST, Manifest};
use crate::templates::{self, File};

/// Make a project for a hook: manifest, source, sample contexts, tests
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  hookbox new mobile-policy --lang js && cd mobile-policy && hookbox run && hookbox test && hookbox deploy --wait"
)]
pub(crate) struct NewArgs {
    /// The project's name, and its folder's: lower-case letters, digits, - and _
    #[arg(value_parser = name)]
    name: String,

    /// The language of the function
    #[arg(short, long)]
    lang: Language,

    /// The event that it is for
    #[arg(short = 't', long = "type", value_name = "TYPE", default_value = hook_types::default(), value_parser = hook_types::parse)]
    hook_type: HookType,

    #[command(flatten)]
    output: OutputArgs,
}

/// It becomes the name of a folder and of a crate.
fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err("a name begins with a lower-case letter and has at most 64 of a-z, 0-9, - and _".into())
}

pub(crate) fn run(args: &NewArgs) -> Result<()> {
    let dir = PathBuf::from(&args.name);
    if dir.exists() {
        return Err(Problem::Usage(format!("{} is there already", dir.display())).into());
    }
    if !templates::has(args.lang, args.hook_type) {
        let said = format!("there is no template of {} in this language: `--lang js` has one", args.hook_type);
        return Err(Problem::Usage(said).into());
    }
    let mut written = Vec::new();
    for (path, text) in files(args)? {
        write(&dir.join(path), &text)?;
        written.push(path.to_owned());
    }
    args.output.print(&json!({"dir": dir, "files": written}), |_| {
        // The SDK's own files are nobody's concern.
        written.iter().filter(|path| !path.starts_with("sdk/")).map(|path| format!("{}/{path}\n", args.name)).collect()
    })?;
    if args.output.json {
        return Ok(());
    }
    output::note(&format!("next: cd {} && hookbox run && hookbox test", args.name))
}

fn files(args: &NewArgs) -> Result<Vec<(&'static str, String)>> {
    let fill =
        |text: &str| text.replace("{{name}}", &args.name).replace("{{type}}", args.hook_type.id).replace("{{main}}", args.lang.main());
    let mut files = vec![(MANIFEST, manifest(args)?)];
    files.extend(templates::of(args.lang, args.hook_type).into_iter().map(|File(path, text)| (path, fill(text))));
    if args.lang == Language::Rust {
        files.extend(templates::SDK.iter().map(|File(path, text)| (*path, (*text).to_owned())));
    }
    Ok(files)
}

/// The manifest: what an author may want to change, at its default or near.
fn manifest(args: &NewArgs) -> Result<String> {
    let settings = args.hook_type.rules.view(&Settings::new());
    let body = HookBody {
        hook_type: Some(args.hook_type.id.to_owned()),
        runtime: Some(args.lang.runtime().to_owned()),
        timeout: Some(args.hook_type.default_timeout.into()),
        retries: Some(0),
        env_vars: Some(Vec::new()),
        packages: Some(BTreeMap::new()),
        limits: Some(LimitsBody { fuel: Some(100_000_000), memory_mib: Some(32) }),
        on_error: Some(args.hook_type.default_on_error()),
        allowed_hosts: allowed_hosts(args.hook_type),
        settings: settings.into_iter().filter(|(_, value)| says_something(value)).collect(),
        ..HookBody::default()
    };
    Manifest { body, main: args.lang.main(), samples: &["samples/event.json"], files: &[] }.text()
}

/// Whom the function of the template calls; `None` for nobody, which is the default.
fn allowed_hosts(hook_type: HookType) -> Option<Vec<String>> {
    let hosts = hook_types::dialect(hook_type).map(|dialect| dialect.template_hosts(hook_type.id)).unwrap_or_default();
    (!hosts.is_empty()).then(|| hosts.iter().map(|host| (*host).to_owned()).collect())
}

fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_object().is_none_or(|fields| !fields.is_empty())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_a_folder_and_a_crate() {
        assert!(name("mobile-policy_2").is_ok());
        for text in ["", "A", "1a", "a/b", "..", "a b", &"a".repeat(65)] {
            assert!(name(text).is_err(), "{text}");
        }
    }
}
