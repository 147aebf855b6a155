//! Dialects: a vendor's world behind one trait. A dialect brings hook types, endpoints with the form of their errors, settings of accounts,
//! project templates and an import; the service brings everything that is the same for all. Which dialects a server has is decided by the
//! program that starts it.

use serde_json::Value;

use crate::api::{Endpoint, ErrorStyle};
use crate::hook_type::{AccountRules, HookTypeSpec, Registry, RegistryError};

/// A vendor's world.
pub trait Dialect: Send + Sync {
    /// Its name, in records, logs and metrics: lower-case letters and digits.
    fn name(&self) -> &'static str;

    /// Its hook types, a row each: how events are read, results judged and settings kept is in their rules.
    fn hook_types(&self) -> &'static [HookTypeSpec];

    /// What it adds to the settings of accounts.
    fn account_rules(&self) -> Option<&'static dyn AccountRules> {
        None
    }

    /// Its endpoints: doors that events come through, admin APIs, token endpoints. A door writes the answer in the vendor's form, and may
    /// let callers in by the vendor's own means ([`crate::api::Access::Dialect`]).
    fn endpoints(&self) -> Vec<&'static Endpoint> {
        Vec::new()
    }

    /// The form of errors below its paths.
    fn error_styles(&self) -> &'static [ErrorStyle] {
        &[]
    }

    /// The schemas that its endpoints name: a JSON object of them, laid over the server's own.
    fn schemas(&self) -> &'static str {
        "{}"
    }

    /// The files of a new project of one of its types, but for its manifest.
    fn template(&self, hook_type: &str, language: Language) -> Vec<TemplateFile> {
        let _ = (hook_type, language);
        Vec::new()
    }

    /// What there is to say about a source in JavaScript before it is deployed to `destination`, the URL of a server, as far as that is known.
    fn check_source(&self, destination: Option<&str>, source: &str) -> Option<SourceNote> {
        let _ = (destination, source);
        None
    }

    /// How hooks are copied from the vendor, where its API gives them out.
    fn import(&self) -> Option<&'static Import> {
        None
    }
}

/// What a function is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust, compiled to a component.
    Rust,
    /// JavaScript.
    JavaScript,
    /// C, compiled to a WASI command.
    C,
}

/// A file of a new project: its path, and its text, in which `{{name}}`, `{{type}}` and `{{main}}` are filled in.
#[derive(Clone, Copy, Debug)]
pub struct TemplateFile {
    /// The path below the project's folder.
    pub path: &'static str,
    /// The text.
    pub text: &'static str,
}

/// What is said about a source before it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceNote {
    /// The destination refuses it.
    Refuse(String),
    /// Some servers refuse it.
    Warn(String),
}

/// How hooks are copied from a vendor's API.
pub struct Import {
    /// What is copied from, for people: a name, as it ends a sentence.
    pub from: &'static str,
    /// Where a client id and secret, as HTTP Basic with a grant type of `client_credentials`, are exchanged for an `access_token`.
    pub token_path: &'static str,
    /// Reads everything. `get` fetches a path and gives its JSON.
    ///
    /// # Errors
    /// The vendor's answer cannot be used.
    pub read: fn(get: &mut Fetch<'_>) -> Result<Imported, String>,
}

/// Fetches a path of the vendor's API.
pub type Fetch<'a> = dyn FnMut(&str) -> Result<Value, String> + 'a;

/// What a vendor's API gave.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The hooks.
    pub hooks: Vec<ImportedHook>,
    /// The names of the env vars; their values are not given out.
    pub env_vars: Vec<String>,
}

/// A hook of a vendor.
#[derive(Clone, Debug)]
pub struct ImportedHook {
    /// Its id there.
    pub id: String,
    /// Its type.
    pub hook_type: String,
    /// The body that makes the same hook on `/v1/hooks`.
    pub body: Value,
}

/// The registry of these dialects.
///
/// # Errors
/// They contradict each other.
pub fn registry(dialects: &[&'static dyn Dialect]) -> Result<Registry, RegistryError> {
    let types = dialects.iter().flat_map(|dialect| dialect.hook_types());
    Registry::new(types, dialects.iter().filter_map(|dialect| dialect.account_rules()))
}
