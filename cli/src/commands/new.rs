//! `hookbox new NAME`: a project that runs at once. What is in its files is in `templates/`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_host_api::HookType;
use serde_json::{Value, json};

use crate::exit::Problem;
use crate::language::Language;
use crate::output::{self, OutputArgs};
use crate::project::MANIFEST;
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
    #[arg(short = 't', long = "type", value_name = "TYPE", default_value = "pre-authentication")]
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
    let mut written = Vec::new();
    for (path, text) in files(args) {
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

fn files(args: &NewArgs) -> Vec<(&'static str, String)> {
    let fill = |text: &str| {
        text.replace("{{name}}", &args.name).replace("{{type}}", args.hook_type.as_str()).replace("{{main}}", args.lang.main())
    };
    let mut files = vec![(MANIFEST, format!("{:#}\n", manifest(args)))];
    files.extend(templates::of(args.lang, args.hook_type).into_iter().map(|File(path, text)| (path, fill(text))));
    if args.lang == Language::Rust {
        files.extend(templates::SDK.iter().map(|File(path, text)| (*path, (*text).to_owned())));
    }
    files
}

fn manifest(args: &NewArgs) -> Value {
    json!({
        "type": args.hook_type.as_str(),
        "runtime": args.lang.runtime(),
        "main": args.lang.main(),
        "timeout": 1,
        "retries": 0,
        "env_vars": [],
        "packages": {},
        "limits": {"fuel": 100_000_000, "memory_mib": 32},
        "on_error": "deny",
        "samples": ["samples/event.json"],
    })
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
