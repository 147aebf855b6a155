//! `hookbox new NAME`: a project that runs at once. What is in its files is in `templates/`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use hookbox_hooks::bodies::HookBody;
use hookbox_hooks::hook_type::{HookType, Settings};
use hookbox_hooks::{CheckedHook, ServiceLimits};
use serde_json::json;

use crate::deployed;
use crate::exit::Problem;
use crate::hook_types::{self, REGISTRY};
use crate::language::Language;
use crate::manifest::{MANIFEST, schema, writer};
use crate::output::{self, OutputArgs};
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
        // What is not the author's is nobody's concern.
        written
            .iter()
            .filter(|path| !["sdk/", deployed::FOLDER].iter().any(|theirs| path.starts_with(theirs)))
            .map(|path| format!("{}/{path}\n", args.name))
            .collect()
    })?;
    if args.output.json {
        return Ok(());
    }
    output::note(&format!("next: cd {} && hookbox run && hookbox test", args.name))
}

fn files(args: &NewArgs) -> Result<Vec<(&'static str, String)>> {
    let fill =
        |text: &str| text.replace("{{name}}", &args.name).replace("{{type}}", args.hook_type.id).replace("{{main}}", args.lang.main());
    let mut files = vec![(MANIFEST, manifest(args)?), (writer::SCHEMA, schema::text()?)];
    files.extend(templates::of(args.lang, args.hook_type).into_iter().map(|File(path, text)| (path, fill(text))));
    if args.lang == Language::Rust {
        files.extend(templates::SDK.iter().map(|File(path, text)| (*path, (*text).to_owned())));
    }
    Ok(files)
}

/// The manifest: every setting with its default, which is the server's. The settings that are made elsewhere are kept.
fn manifest(args: &NewArgs) -> Result<String> {
    let hook_type = args.hook_type;
    let dialect = hook_types::dialect(hook_type);
    let blank = json!({
        "type": hook_type.id,
        "runtime": args.lang.runtime(),
        "allowed_hosts": dialect.map(|dialect| dialect.template_hosts(hook_type.id)).unwrap_or_default(),
        "env_vars": dialect.map(|dialect| dialect.template_env_vars(hook_type.id)).unwrap_or_default(),
        "function": STANDARD.encode(args.lang.blank()),
    });
    let hook = CheckedHook::new(blank.to_string().as_bytes(), &REGISTRY, &ServiceLimits::default())?;
    let elsewhere = hook_type.rules.made_elsewhere();
    let mut settings = hook_type.rules.view(&Settings::new());
    settings.retain(|name, _| !elsewhere.contains(&name.as_str()));
    // Whether a hook is disabled is a switch that a project need not have an opinion on.
    let body = HookBody { settings, disabled: None, ..hook.body() };
    writer::text(&body, args.lang.main(), &["samples/event.json"], elsewhere, &[])
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
