//! The files of a new project of each type, in each language.

use hookbox_hooks::dialect::{Language, TemplateFile};

macro_rules! files {
    ($folder:literal: $($to:literal = $from:literal),*) => {
        &[$(TemplateFile { path: $to, text: include_str!(concat!($folder, "/", $from)) }),*]
    };
}

macro_rules! project {
    ($folder:literal) => {
        Project {
            always: files!($folder: "samples/event.json" = "event.json", "tests/allows.json" = "allows.json", "tests/denies.json" = "denies.json"),
            javascript: files!($folder: "hook.js" = "hook.js"),
            typescript: files!($folder: "hook.ts" = "hook.ts"),
            c: files!($folder: "hook.c" = "hook.c"),
            rust: files!($folder: "src/lib.rs" = "lib.rs"),
        }
    };
}

struct Project {
    always: &'static [TemplateFile],
    javascript: &'static [TemplateFile],
    typescript: &'static [TemplateFile],
    c: &'static [TemplateFile],
    rust: &'static [TemplateFile],
}

static PRE_AUTHENTICATION: Project = project!("pre-authentication");
static USER_MIGRATION: Project = project!("user-migration");

/// The files of a type's project, without those that every project has.
pub(super) fn of(hook_type: &str, language: Language) -> Vec<TemplateFile> {
    let project = match hook_type {
        "pre-authentication" => &PRE_AUTHENTICATION,
        "user-migration" => &USER_MIGRATION,
        _ => return Vec::new(),
    };
    let source = match language {
        Language::Rust => project.rust,
        Language::JavaScript => project.javascript,
        Language::TypeScript => project.typescript,
        Language::C => project.c,
    };
    [project.always, source].concat()
}
