//! What a caller may say about a hook: every rule that can be checked without looking at the account.

mod read;

use std::collections::BTreeMap;

use hookbox_host_api::{Condition, Decision, HookType, Options, RangeError};

use super::env_var::EnvName;
use super::hook::{FunctionRef, Spec};
use super::runtime::Runtime;
use super::upload::{Upload, check_runtime};
use crate::error::ServiceError;
use crate::fields::Fields;

/// Limits that the server's configuration sets, and how the account wants bodies to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InputRules {
    /// Whether everything must be there and be as OneLogin documents it. Otherwise what its clients leave out, or write in other ways,
    /// is understood.
    pub(crate) strict: bool,
    /// Decoded bytes of a function.
    pub(crate) function_bytes: usize,
    /// Bytes of JavaScript that a function has, where OneLogin's own limit does not hold.
    pub(crate) source_bytes: usize,
    /// Env vars linked to one hook.
    pub(crate) env_vars: usize,
    /// The most fuel that a hook may ask for.
    pub(crate) max_fuel: u64,
    /// The most memory that a hook may ask for.
    pub(crate) max_memory_mib: u32,
}

/// What a body says about a hook. What it does not say takes its default in a new hook and stays as it is in an old one.
#[derive(Debug, Default)]
pub(crate) struct HookInput {
    pub(crate) hook_type: Option<HookType>,
    pub(crate) disabled: Option<bool>,
    pub(crate) function: Option<Upload>,
    pub(crate) env_vars: Option<Vec<EnvName>>,
    runtime: Option<Runtime>,
    timeout: Option<u8>,
    retries: Option<u8>,
    packages: Option<BTreeMap<String, String>>,
    context_version: Option<String>,
    options: OptionsInput,
    conditions: Option<Vec<Condition>>,
    fuel: Option<u64>,
    memory_mib: Option<u32>,
    on_error: Option<Decision>,
    strict: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct OptionsInput {
    /// Whether any option was named, whatever its value.
    named: bool,
    risk_enabled: Option<bool>,
    location_enabled: Option<bool>,
    mfa_device_info_enabled: Option<bool>,
}

impl OptionsInput {
    fn any(&self) -> bool {
        [self.risk_enabled, self.location_enabled, self.mfa_device_info_enabled].contains(&Some(true))
    }

    fn apply(&self, before: Options) -> Options {
        Options {
            risk_enabled: self.risk_enabled.unwrap_or(before.risk_enabled),
            location_enabled: self.location_enabled.unwrap_or(before.location_enabled),
            mfa_device_info_enabled: self.mfa_device_info_enabled.unwrap_or(before.mfa_device_info_enabled),
        }
    }
}

const MIN_FUEL: u64 = 10_000;
const DEFAULT_FUEL: u64 = 3_000_000_000;
const DEFAULT_MEMORY_MIB: u32 = 64;

impl HookInput {
    /// Keys that the server fills in: clients send back what they got, so these are taken and ignored.
    const READ_ONLY: [&str; 6] = ["id", "status", "status_message", "version", "created_at", "updated_at"];
    const WRITABLE: [&str; 13] = [
        "type",
        "function",
        "runtime",
        "timeout",
        "retries",
        "disabled",
        "env_vars",
        "packages",
        "context_version",
        "options",
        "conditions",
        "limits",
        "on_error",
    ];
    /// What OneLogin documents as required, on create and on update.
    const REQUIRED: [(&str, &str); 8] = [
        ("type", "string"),
        ("disabled", "boolean"),
        ("timeout", "integer"),
        ("env_vars", "array"),
        ("runtime", "string"),
        ("retries", "integer"),
        ("packages", "object"),
        ("function", "string"),
    ];

    /// Reads a body.
    pub(crate) fn parse(body: &[u8], rules: &InputRules) -> Result<Self, ServiceError> {
        let known: Vec<&str> = Self::WRITABLE.into_iter().chain(Self::READ_ONLY).collect();
        let mut fields = Fields::parse(body)?.only(&known)?;
        if rules.strict {
            Self::REQUIRED.iter().try_for_each(|(name, kind)| fields.require(name, kind))?;
        }
        let (fuel, memory_mib) = read::resources(&mut fields, rules)?;
        let hook_type = read::hook_type(&mut fields)?;
        let input = Self {
            hook_type,
            disabled: fields.boolean("disabled")?,
            timeout: read::timeout(&mut fields, hook_type.filter(|_| rules.strict))?,
            retries: fields.integer("retries", 0..=4)?.and_then(|times| u8::try_from(times).ok()),
            packages: read::packages(&mut fields)?,
            env_vars: read::env_vars(&mut fields, rules)?,
            context_version: read::context_version(&mut fields)?,
            options: read::options(&mut fields)?,
            conditions: read::conditions(&mut fields)?,
            on_error: read::on_error(&mut fields)?,
            fuel,
            memory_mib,
            strict: rules.strict,
            ..Self::default()
        };
        let function = Upload::take(&mut fields, rules)?;
        let runtime = read::runtime(&mut fields, rules.strict)?;
        Ok(Self { function, runtime, ..input })
    }

    /// Whether the body says anything about what a version freezes.
    pub(crate) fn changes_version(&self) -> bool {
        let Self { hook_type: _, disabled: _, strict: _, function, env_vars, runtime, timeout, retries, packages, .. } = self;
        let Self { context_version, options, conditions, fuel, memory_mib, on_error, .. } = self;
        function.is_some()
            || env_vars.is_some()
            || runtime.is_some()
            || timeout.is_some()
            || retries.is_some()
            || packages.is_some()
            || context_version.is_some()
            || options.named
            || conditions.is_some()
            || fuel.is_some()
            || memory_mib.is_some()
            || on_error.is_some()
    }

    /// The first version of a new hook.
    pub(crate) fn create(&self) -> Result<(HookType, Spec), ServiceError> {
        let missing = |name: &str| ServiceError::invalid(name, format!("instance requires property \"{name}\""));
        let hook_type = self.hook_type.ok_or_else(|| missing("type"))?;
        let function = self.function.as_ref().ok_or_else(|| missing("function"))?;
        let runtime = self.runtime.ok_or_else(|| missing("runtime"))?;
        let blank = Spec {
            function: function.reference(hook_type, runtime, true)?,
            runtime,
            timeout: 1,
            env_vars: Vec::new(),
            options: Options::default(),
            context_version: None,
            conditions: Vec::new(),
            retries: 0,
            packages: BTreeMap::new(),
            fuel: DEFAULT_FUEL,
            memory_mib: DEFAULT_MEMORY_MIB,
            on_error: Decision::Deny,
        };
        Ok((hook_type, self.apply(hook_type, &blank)?))
    }

    /// `spec`, which belongs to a hook of this type, with what the body says.
    pub(crate) fn apply(&self, hook_type: HookType, spec: &Spec) -> Result<Spec, ServiceError> {
        if self.hook_type.is_some_and(|wanted| wanted != hook_type) {
            return Err(ServiceError::invalid("type", format!("instance.type cannot be changed: the hook is a '{hook_type}' hook")));
        }
        if hook_type == HookType::UserMigration && (self.options.any() || (self.strict && self.options.named)) {
            return Err(ServiceError::invalid("options", "instance.options has no properties for a 'user-migration' hook"));
        }
        Ok(Spec {
            function: self.function_for(hook_type, spec)?,
            runtime: self.runtime.unwrap_or(spec.runtime),
            timeout: self.timeout.unwrap_or(spec.timeout),
            env_vars: self.env_vars.clone().unwrap_or_else(|| spec.env_vars.clone()),
            options: self.options.apply(spec.options),
            context_version: self.context_for(hook_type)?.or_else(|| spec.context_version.clone()),
            conditions: self.conditions.clone().unwrap_or_else(|| spec.conditions.clone()),
            retries: self.retries.unwrap_or(spec.retries),
            packages: self.packages_for(spec)?,
            fuel: self.fuel.unwrap_or(spec.fuel),
            memory_mib: self.memory_mib.unwrap_or(spec.memory_mib),
            on_error: self.on_error.unwrap_or(spec.on_error),
        })
    }

    /// The range of context versions that the body picks, if a hook of this type has one in it.
    fn context_for(&self, hook_type: HookType) -> Result<Option<String>, ServiceError> {
        let Some(range) = &self.context_version else { return Ok(None) };
        let wrong = |rule: &str| ServiceError::invalid("context_version", format!("instance.context_version {rule}"));
        match hook_type.context_version(range) {
            Ok(_) => Ok(Some(range.clone())),
            Err(error @ RangeError::Unreadable) => Err(wrong(&error.to_string())),
            Err(error @ RangeError::Empty) => {
                let versions: Vec<&str> = hook_type.context_versions().iter().map(|version| version.as_str()).collect();
                Err(wrong(&format!("{error} of a '{hook_type}' hook, which has {}", versions.join(","))))
            }
        }
    }

    fn packages_for(&self, spec: &Spec) -> Result<BTreeMap<String, String>, ServiceError> {
        let packages = self.packages.as_ref().unwrap_or(&spec.packages);
        if !packages.is_empty() && self.runtime.unwrap_or(spec.runtime) == Runtime::Wasm {
            return Err(ServiceError::invalid("packages", "instance.packages is for JavaScript: a WebAssembly function requires none"));
        }
        Ok(packages.clone())
    }

    /// The function that goes with what the body says, be it in the body or of `spec`. It must be what the runtime says.
    fn function_for(&self, hook_type: HookType, spec: &Spec) -> Result<FunctionRef, ServiceError> {
        let runtime = self.runtime.unwrap_or(spec.runtime);
        match &self.function {
            Some(upload) => upload.reference(hook_type, runtime, self.runtime.is_some()),
            None => check_runtime(runtime, &spec.function).map(|()| spec.function.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
