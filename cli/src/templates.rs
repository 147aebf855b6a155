//! The files that `hookbox new` writes, and the Rust SDK that a Rust project brings along: it is built from there, so that a project
//! needs nothing from this one's repository.

use hookbox_host_api::HookType;

use crate::language::Language;

/// Where a file goes, and its text; `{{name}}`, `{{type}}` and `{{main}}` are filled in.
pub(crate) struct File(pub(crate) &'static str, pub(crate) &'static str);

macro_rules! file {
    ($to:literal, $from:literal) => {
        File($to, include_str!(concat!("../templates/", $from)))
    };
}

macro_rules! sdk {
    ($($path:literal)*) => {
        &[$(File(concat!("sdk/", $path), include_str!(concat!("../../", $path)))),*]
    };
}

/// The guest SDK with the world that its bindings are made from.
pub(crate) static SDK: &[File] = sdk! {
    "guest-sdk/Cargo.toml"
    "guest-sdk/macros/Cargo.toml"
    "guest-sdk/macros/src/lib.rs"
    "guest-sdk/src/clock.rs"
    "guest-sdk/src/env.rs"
    "guest-sdk/src/export.rs"
    "guest-sdk/src/host.rs"
    "guest-sdk/src/host/imports.rs"
    "guest-sdk/src/host/memory.rs"
    "guest-sdk/src/level.rs"
    "guest-sdk/src/lib.rs"
    "guest-sdk/src/log.rs"
    "guest-sdk/src/pre_authentication.rs"
    "guest-sdk/src/pre_authentication/decision.rs"
    "guest-sdk/src/pre_authentication/user.rs"
    "guest-sdk/src/random.rs"
    "guest-sdk/src/testing.rs"
    "host-api/wit/hook.wit"
};

/// The files of a project, but for its manifest.
pub(crate) fn of(language: Language, hook_type: HookType) -> Vec<File> {
    let mut files = vec![file!("README.md", "README.md"), file!(".gitignore", "gitignore")];
    files.extend(match hook_type {
        HookType::PreAuthentication => [
            file!("samples/event.json", "pre-authentication/event.json"),
            file!("tests/allows.json", "pre-authentication/allows.json"),
            file!("tests/denies.json", "pre-authentication/denies.json"),
        ],
        HookType::UserMigration => [
            file!("samples/event.json", "user-migration/event.json"),
            file!("tests/allows.json", "user-migration/allows.json"),
            file!("tests/denies.json", "user-migration/denies.json"),
        ],
    });
    files.extend(match (language, hook_type) {
        (Language::Js, HookType::PreAuthentication) => vec![file!("hook.js", "pre-authentication/hook.js")],
        (Language::Js, HookType::UserMigration) => vec![file!("hook.js", "user-migration/hook.js")],
        (Language::C, HookType::PreAuthentication) => vec![file!("hook.c", "pre-authentication/hook.c")],
        (Language::C, HookType::UserMigration) => vec![file!("hook.c", "user-migration/hook.c")],
        (Language::Rust, HookType::PreAuthentication) => {
            vec![file!("Cargo.toml", "Cargo.toml.txt"), file!("src/lib.rs", "pre-authentication/lib.rs")]
        }
        (Language::Rust, HookType::UserMigration) => {
            vec![file!("Cargo.toml", "Cargo.toml.txt"), file!("src/lib.rs", "user-migration/lib.rs")]
        }
    });
    files
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_sdk_is_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        for folder in ["guest-sdk/src", "guest-sdk/macros/src", "host-api/wit"] {
            list(&root, Path::new(folder), &mut found);
        }
        for path in found {
            assert!(SDK.iter().any(|file| file.0 == format!("sdk/{path}")), "{path} is not among the files of a Rust project");
        }
    }

    fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root.join(&path).is_dir() { list(root, &path, found) } else { found.push(path.to_str().unwrap().to_owned()) }
        }
    }
}
