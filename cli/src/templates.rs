//! The files that `hookbox new` writes, and the Rust SDK that a Rust project brings along: it is built from there, so that a project
//! needs nothing from this one's repository.

use hookbox_hooks::dialect::{self, TemplateFile};
use hookbox_hooks::hook_type::HookType;

use crate::hook_types;
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

macro_rules! types {
    ($($path:literal)*) => {
        &[$(File(concat!(".hookbox/types/", $path), include_str!(concat!("../../guest-sdk/js/", $path)))),*]
    };
}

/// The types of contexts, results and globals, for the compiler and the editor of an author in TypeScript.
pub(crate) static TYPES: &[File] = types! {
    "globals.d.ts"
    "globals/blob.d.ts"
    "globals/buffer.d.ts"
    "globals/commonjs.d.ts"
    "globals/console.d.ts"
    "globals/crypto.d.ts"
    "globals/events.d.ts"
    "globals/fetch.d.ts"
    "globals/performance.d.ts"
    "globals/process.d.ts"
    "globals/streams.d.ts"
    "globals/text.d.ts"
    "globals/timers.d.ts"
    "globals/url.d.ts"
    "handler.d.ts"
    "index.d.ts"
    "modules/assert.d.ts"
    "modules/async_hooks.d.ts"
    "modules/buffer.d.ts"
    "modules/crypto.d.ts"
    "modules/events.d.ts"
    "modules/hookbox.d.ts"
    "modules/os.d.ts"
    "modules/path.d.ts"
    "modules/perf_hooks.d.ts"
    "modules/querystring.d.ts"
    "modules/string_decoder.d.ts"
    "modules/timers.d.ts"
    "modules/url.d.ts"
    "modules/util.d.ts"
    "pre-authentication.d.ts"
    "user-migration.d.ts"
};

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
    "guest-sdk/src/http.rs"
    "guest-sdk/src/http/error.rs"
    "guest-sdk/src/http/request.rs"
    "guest-sdk/src/http/response.rs"
    "guest-sdk/src/http/send.rs"
    "guest-sdk/src/json.rs"
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

/// Whether there is a template of the type in a language.
pub(crate) fn has(language: Language, hook_type: HookType) -> bool {
    hook_types::dialect(hook_type).is_some_and(|dialect| !dialect.template(hook_type.id, of_dialect(language)).is_empty())
}

fn of_dialect(language: Language) -> dialect::Language {
    match language {
        Language::Js => dialect::Language::JavaScript,
        Language::Ts => dialect::Language::TypeScript,
        Language::C => dialect::Language::C,
        Language::Rust => dialect::Language::Rust,
    }
}

/// The files of a project, but for its manifest.
pub(crate) fn of(language: Language, hook_type: HookType) -> Vec<File> {
    let mut files = vec![file!("README.md", "README.md"), file!(".gitignore", "gitignore")];
    if language == Language::Rust {
        files.push(file!("Cargo.toml", "Cargo.toml.txt"));
    }
    if language == Language::Ts {
        files.push(file!("tsconfig.json", "tsconfig.json"));
        files.extend(TYPES.iter().map(|File(path, text)| File(path, text)));
    }
    let theirs = hook_types::dialect(hook_type).map(|dialect| dialect.template(hook_type.id, of_dialect(language))).unwrap_or_default();
    files.extend(theirs.into_iter().map(|TemplateFile { path, text }| File(path, text)));
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

    #[test]
    fn the_types_are_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/js");
        let mut found = Vec::new();
        for folder in ["globals", "modules"] {
            list(&root, Path::new(folder), &mut found);
        }
        found.extend(std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()));
        for path in found.iter().filter(|path| path.ends_with(".d.ts")) {
            assert!(
                TYPES.iter().any(|file| file.0 == format!(".hookbox/types/{path}")),
                "{path} is not among the files of a TypeScript project"
            );
        }
    }

    fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root.join(&path).is_dir() { list(root, &path, found) } else { found.push(path.to_str().unwrap().to_owned()) }
        }
    }
}
