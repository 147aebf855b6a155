//! The hook types that a server knows, and the account settings that its dialects add.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::{HookType, HookTypeSpec, Settings};
use crate::error::ServiceError;
use crate::fields::Fields;

/// What a dialect adds to an account's settings.
pub trait AccountRules: Send + Sync {
    /// The names of the settings, which are unique over all dialects and differ from the account's own.
    fn setting_names(&self) -> &'static [&'static str];

    /// `before`, changed by the caller's settings in `said`. Other keys in `said` are left alone.
    ///
    /// # Errors
    /// A setting breaks a rule.
    fn apply(&self, before: &Settings, said: &mut Fields) -> Result<Settings, ServiceError>;

    /// The settings as callers see them, with a value for each name.
    fn view(&self, settings: &Settings) -> Settings;

    /// The settings as a command line offers them.
    fn flags(&self) -> &'static [SettingFlag] {
        &[]
    }
}

/// A setting as a command line offers it.
#[derive(Clone, Copy, Debug)]
pub struct SettingFlag {
    /// The setting's name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// The placeholder for its value in help, in capitals.
    pub value_name: &'static str,
    /// The values that it accepts.
    pub values: SettingValues,
}

/// The values that a setting accepts.
#[derive(Clone, Copy, Debug)]
pub enum SettingValues {
    /// True or false.
    Boolean,
    /// One of these texts, or null, which is the default.
    OneOf(&'static [&'static str]),
}

/// Dialects that contradict each other; found when the server starts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Two hook types have the same name.
    #[error("two hook types have the name {0}")]
    Type(&'static str),
    /// A setting has the name of a key that all hooks or accounts have, or of another dialect's setting.
    #[error("the setting {name} of {owner} has a name that is taken")]
    Setting {
        /// The setting.
        name: &'static str,
        /// The hook type or dialect that it belongs to.
        owner: &'static str,
    },
    /// A row has no entry point, no `on_error`, an empty range or no name.
    #[error("the hook type {0} has an incomplete row")]
    Row(&'static str),
}

/// Every hook type of a server. A copy is cheap.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    types: Vec<HookType>,
    accounts: Vec<&'static dyn AccountRules>,
}

/// Keys that all hooks have.
pub(crate) const HOOK_KEYS: [&str; 25] = [
    "id",
    "account_id",
    "type",
    "dialect",
    "disabled",
    "version",
    "serving_version",
    "spec",
    "status",
    "status_message",
    "ready",
    "created_at",
    "updated_at",
    "function",
    "runtime",
    "timeout",
    "retries",
    "env_vars",
    "packages",
    "conditions",
    "limits",
    "on_error",
    "expose_errors",
    "allowed_hosts",
    "http_cache",
];

/// Keys of a stored version that callers do not see, or see under another name.
const STORED_KEYS: [&str; 4] = ["fuel", "memory_mib", "settings", "samples"];

/// Keys that all accounts have.
const ACCOUNT_KEYS: [&str; 9] =
    ["id", "name", "settings", "created_at", "updated_at", "hooks_per_type", "on_no_hook", "allowed_hosts", "hosts_ceiling"];

impl Registry {
    /// The registry of these types, with what their dialects add to accounts.
    ///
    /// # Errors
    /// The dialects contradict each other.
    pub fn new(
        specs: impl IntoIterator<Item = &'static HookTypeSpec>,
        accounts: impl IntoIterator<Item = &'static dyn AccountRules>,
    ) -> Result<Self, RegistryError> {
        let mut types: Vec<HookType> = Vec::new();
        for (index, spec) in specs.into_iter().enumerate() {
            check(spec, &types)?;
            types.push(HookType { spec, index });
        }
        let accounts: Vec<_> = accounts.into_iter().collect();
        let mut taken: BTreeSet<&str> = ACCOUNT_KEYS.into_iter().collect();
        for name in accounts.iter().flat_map(|rules| rules.setting_names()) {
            if !taken.insert(name) {
                return Err(RegistryError::Setting { name, owner: "accounts" });
            }
        }
        Ok(Self(Arc::new(Inner { types, accounts })))
    }

    /// Every type, in the order in which they are documented.
    pub fn types(&self) -> &[HookType] {
        &self.0.types
    }

    /// The types of one dialect.
    pub fn of_dialect(&self, dialect: &str) -> Vec<HookType> {
        self.types().iter().filter(|one| one.dialect == dialect).copied().collect()
    }

    /// The type with this name.
    pub fn find(&self, id: &str) -> Option<HookType> {
        self.types().iter().find(|one| one.id == id).copied()
    }

    /// The names of all types, as errors list them.
    pub fn names(&self) -> String {
        names(self.types())
    }

    /// What dialects add to accounts.
    pub(crate) fn account_rules(&self) -> &[&'static dyn AccountRules] {
        &self.0.accounts
    }

    /// The sample inputs of all types, which an engine reads before it serves.
    pub fn samples(&self) -> Vec<String> {
        let mut samples: Vec<String> = Vec::new();
        for sample in self.types().iter().flat_map(|one| (one.samples)()) {
            if !samples.contains(&sample) {
                samples.push(sample);
            }
        }
        samples
    }
}

/// Names of types with commas between.
pub(crate) fn names(types: &[HookType]) -> String {
    types.iter().map(|one| one.id).collect::<Vec<_>>().join(",")
}

fn check(spec: &'static HookTypeSpec, before: &[HookType]) -> Result<(), RegistryError> {
    if spec.id.is_empty() || spec.entries.is_empty() || spec.on_error.is_empty() || !spec.timeout.contains(&spec.default_timeout) {
        return Err(RegistryError::Row(spec.id));
    }
    if before.iter().any(|other| other.id == spec.id) {
        return Err(RegistryError::Type(spec.id));
    }
    let taken = |name: &&&str| HOOK_KEYS.contains(name) || STORED_KEYS.contains(name);
    match spec.rules.setting_names().iter().find(taken) {
        Some(name) => Err(RegistryError::Setting { name, owner: spec.id }),
        None => Ok(()),
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.types()).finish()
    }
}
