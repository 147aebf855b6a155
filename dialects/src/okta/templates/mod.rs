//! The files of a new project of each type. They are in JavaScript: what people bring from Okta's own guides is.

use hookbox_hooks::dialect::{Language, TemplateFile};

use super::kind::Kind;

macro_rules! project {
    ($folder:literal, $($test:literal),+) => {
        &[
            TemplateFile { path: "hook.js", text: include_str!(concat!($folder, "/hook.js")) },
            TemplateFile { path: "samples/event.json", text: include_str!(concat!($folder, "/event.json")) },
            $(TemplateFile { path: concat!("tests/", $test, ".json"), text: include_str!(concat!($folder, "/", $test, ".json")) }),+
        ]
    };
}

static PASSWORD_IMPORT: &[TemplateFile] = project!("password-import", "verifies", "refuses");
static TELEPHONY: &[TemplateFile] = project!("telephony", "sends", "leaves-it-to-okta");
static REGISTRATION: &[TemplateFile] = project!("registration", "allows", "denies", "completes");
static TOKEN: &[TemplateFile] = project!("token", "adds-claims");
static SAML: &[TemplateFile] = project!("saml-assertion", "adds-claims");
static USER_IMPORT: &[TemplateFile] = project!("user-import", "links");
static EVENT: &[TemplateFile] = project!("event", "notes");

/// The files of a type's project, without those that every project has; none in a language that there is no template for.
pub(super) fn of(kind: Kind, language: Language) -> Vec<TemplateFile> {
    let files = match kind {
        Kind::PasswordImport => PASSWORD_IMPORT,
        Kind::Telephony => TELEPHONY,
        Kind::Registration => REGISTRATION,
        Kind::Token => TOKEN,
        Kind::Saml => SAML,
        Kind::UserImport => USER_IMPORT,
        Kind::Event => EVENT,
    };
    match language {
        Language::JavaScript => files.to_vec(),
        Language::TypeScript | Language::Rust | Language::C => Vec::new(),
    }
}

/// The env vars that the function of a new project reads.
pub(super) fn env_vars(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Telephony => &["SMS_URL", "SMS_KEY"],
        Kind::PasswordImport | Kind::Registration | Kind::Token | Kind::Saml | Kind::UserImport | Kind::Event => &[],
    }
}

/// Whom the function of a new project calls.
pub(super) fn hosts(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Telephony => &["sms.example"],
        Kind::PasswordImport | Kind::Registration | Kind::Token | Kind::Saml | Kind::UserImport | Kind::Event => &[],
    }
}
