//! Dialects: everything that is particular to a vendor, behind one trait. A dialect brings hook types, endpoints with the form of their
//! errors, settings of accounts, project templates and an import; the service brings everything that is the same for all vendors. The
//! program that starts a server chooses its dialects.

use serde_json::Value;

use crate::api::{Endpoint, ErrorStyle};
use crate::hook_type::{AccountRules, HookTypeSpec, Registry, RegistryError};

/// Everything that is particular to a vendor.
pub trait Dialect: Send + Sync {
    /// Its name, in records, logs and metrics: lower-case letters and digits.
    fn name(&self) -> &'static str;

    /// Its hook types, a row each. The rules of a row define how events are read, results judged and settings kept.
    fn hook_types(&self) -> &'static [HookTypeSpec];

    /// What it adds to the settings of accounts.
    fn account_rules(&self) -> Option<&'static dyn AccountRules> {
        None
    }

    /// Its endpoints: for events, administration and tokens. An endpoint for events writes the answer in the vendor's form, and may
    /// authenticate callers by the vendor's own means ([`crate::api::Access::Dialect`]).
    fn endpoints(&self) -> Vec<&'static Endpoint> {
        Vec::new()
    }

    /// The form of errors below its paths.
    fn error_styles(&self) -> &'static [ErrorStyle] {
        &[]
    }

    /// The schemas that its endpoints name: a JSON object, merged over the server's own.
    fn schemas(&self) -> &'static str {
        "{}"
    }

    /// The files of a new project of one of its types, without the manifest.
    fn template(&self, hook_type: &str, language: Language) -> Vec<TemplateFile> {
        let _ = (hook_type, language);
        Vec::new()
    }

    /// Whom the function of a new project of one of its types calls, for the manifest.
    fn template_hosts(&self, hook_type: &str) -> &'static [&'static str] {
        let _ = hook_type;
        &[]
    }

    /// The env vars that the function of a new project of one of its types reads, for the manifest.
    fn template_env_vars(&self, hook_type: &str) -> &'static [&'static str] {
        let _ = hook_type;
        &[]
    }

    /// A note on a source in JavaScript before it is deployed to `destination`, the URL of a server, if that is known.
    fn check_source(&self, destination: Option<&str>, source: &str) -> Option<SourceNote> {
        let _ = (destination, source);
        None
    }

    /// What the vendor would do with an answer to an event, a sentence each, for who runs a function on a machine of their own. Without a body
    /// the answer is empty.
    fn effects(&self, hook_type: &str, event: &Value, body: Option<&Value>) -> Vec<String> {
        let _ = (hook_type, event, body);
        Vec::new()
    }

    /// How hooks are copied from the vendor, if its API returns them.
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
    /// TypeScript, of which the types are taken away before it is deployed.
    TypeScript,
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

/// A note on a source before it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceNote {
    /// The destination refuses it.
    Refuse(String),
    /// Some servers refuse it.
    Warn(String),
}

/// How hooks are copied from a vendor's API.
pub struct Import {
    /// The name of the source for people, which ends a sentence.
    pub from: &'static str,
    /// Where a client id and secret, as HTTP Basic with a grant type of `client_credentials`, are exchanged for an `access_token`.
    pub token_path: &'static str,
    /// Reads everything. `get` fetches a path and returns its JSON.
    ///
    /// # Errors
    /// The vendor's answer cannot be used.
    pub read: fn(get: &mut Fetch<'_>) -> Result<Imported, String>,
}

/// Fetches a path of the vendor's API.
pub type Fetch<'a> = dyn FnMut(&str) -> Result<Value, String> + 'a;

/// What was read from a vendor's API.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The hooks.
    pub hooks: Vec<ImportedHook>,
    /// The names of the env vars; the API does not return their values.
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

/// The registry of these dialects' hook types.
///
/// # Errors
/// The dialects contradict each other.
pub fn registry(dialects: &[&'static dyn Dialect]) -> Result<Registry, RegistryError> {
    let types = dialects.iter().flat_map(|dialect| dialect.hook_types());
    Registry::new(types, dialects.iter().filter_map(|dialect| dialect.account_rules()))
}
