//! What a caller sets of a hook: every rule that can be checked without the account. This module reads the keys that all hooks have. The
//! hook type's own rules read the dialect's settings.

mod read;

use std::collections::BTreeMap;

use hookbox_egress::Policy;
use hookbox_host_api::Decision;

use super::account::AccountSettings;
use super::condition::Condition;
use super::env_var::EnvName;
use super::hook::{FunctionRef, Spec};
use super::input_rules::InputRules;
use super::runtime::Runtime;
use super::upload::{Upload, check_runtime};
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::hook_type::{Draft, HookType, Registry, Settings};

/// What a body sets of a hook. Absent fields take their default in a new hook and stay as they are in an existing one.
#[derive(Debug, Default)]
pub struct HookInput {
    pub(crate) hook_type: Option<HookType>,
    pub(crate) disabled: Option<bool>,
    pub(crate) function: Option<Upload>,
    pub(crate) env_vars: Option<Vec<EnvName>>,
    runtime: Option<Runtime>,
    timeout: Option<u64>,
    retries: Option<u8>,
    packages: Option<BTreeMap<String, String>>,
    conditions: Option<Vec<Condition>>,
    fuel: Option<u64>,
    memory_mib: Option<u32>,
    on_error: Option<Decision>,
    expose_errors: Option<bool>,
    allowed_hosts: Option<Policy>,
    http_cache: Option<bool>,
    /// The dialect's own keys, from each place where they may stand.
    settings: Vec<Fields>,
    /// Whether absent fields take their default in an existing hook, too.
    replaces: bool,
}

const DEFAULT_FUEL: u64 = 3_000_000_000;
const DEFAULT_MEMORY_MIB: u32 = 64;

impl HookInput {
    /// Keys that the server fills in. Clients send back what they received, so these are accepted and ignored.
    pub const READ_ONLY: [&str; 6] = ["id", "status", "status_message", "version", "created_at", "updated_at"];
    /// Keys that only `/v1` shows; accepted and ignored there.
    const READ_ONLY_V1: [&str; 8] =
        ["account_id", "dialect", "serving_version", "kind", "function_bytes", "top_level", "top_level_reason", "lock"];
    /// Keys that all hooks have and callers write.
    pub const WRITABLE: [&str; 16] = [
        "type",
        "function",
        "main",
        "files",
        "runtime",
        "timeout",
        "retries",
        "disabled",
        "env_vars",
        "packages",
        "conditions",
        "limits",
        "on_error",
        "expose_errors",
        "allowed_hosts",
        "http_cache",
    ];

    /// Reads a body of `/v1`. A dialect's settings stand in `settings`, or beside the other keys.
    ///
    /// # Errors
    /// The body breaks a rule.
    pub(crate) fn parse(body: &[u8], rules: &InputRules, registry: &Registry) -> Result<Self, ServiceError> {
        let mut settings: Vec<&str> = registry.types().iter().flat_map(|one| one.rules.setting_names()).copied().collect();
        settings.dedup();
        let known = [Self::WRITABLE.as_slice(), &Self::READ_ONLY, &Self::READ_ONLY_V1, &["settings"], &settings].concat();
        let mut fields = Fields::parse(body)?.only(&known)?;
        let nested = fields.object("settings")?;
        let input = Self::read(&mut fields, rules)?;
        Ok(Self { settings: [nested, Some(fields.split(&settings))].into_iter().flatten().collect(), ..input })
    }

    /// Takes the keys of [`HookInput::WRITABLE`] out of a body.
    ///
    /// # Errors
    /// One of them breaks a rule.
    pub fn read(fields: &mut Fields, rules: &InputRules) -> Result<Self, ServiceError> {
        let (fuel, memory_mib) = read::resources(fields, &rules.limits)?;
        let input = Self {
            hook_type: read::hook_type(fields, &rules.types)?,
            disabled: fields.boolean("disabled")?,
            timeout: fields.whole("timeout", 1)?,
            retries: fields.integer("retries", 0..=4)?.and_then(|times| u8::try_from(times).ok()),
            packages: read::packages(fields, rules.limits.packages)?,
            env_vars: read::env_vars(fields, rules)?,
            conditions: read::conditions(fields, rules.limits.conditions)?,
            on_error: read::on_error(fields)?,
            expose_errors: fields.boolean("expose_errors")?,
            allowed_hosts: read::allowed_hosts(fields)?,
            http_cache: fields.boolean("http_cache")?,
            fuel,
            memory_mib,
            ..Self::default()
        };
        let function = Upload::take(fields, rules)?;
        let runtime = read::runtime(fields)?;
        Ok(Self { function, runtime, ..input })
    }

    /// The same with the dialect's settings of the body; `said` holds only these keys.
    pub fn with_settings(mut self, said: Fields) -> Self {
        self.settings.push(said);
        self
    }

    /// The same for the whole of an existing hook: absent fields take their default there, too.
    pub(crate) fn replacing(self) -> Self {
        Self { replaces: true, ..self }
    }

    /// Whether the body sets anything that a version freezes.
    pub(crate) fn changes_version(&self) -> bool {
        let Self { hook_type: _, disabled: _, function, env_vars, runtime, timeout, retries, packages, .. } = self;
        let Self { conditions, fuel, memory_mib, on_error, expose_errors, allowed_hosts, http_cache, settings, replaces, .. } = self;
        *replaces
            || function.is_some()
            || env_vars.is_some()
            || runtime.is_some()
            || timeout.is_some()
            || retries.is_some()
            || packages.is_some()
            || conditions.is_some()
            || fuel.is_some()
            || memory_mib.is_some()
            || on_error.is_some()
            || expose_errors.is_some()
            || allowed_hosts.is_some()
            || http_cache.is_some()
            || settings.iter().any(Fields::says_something)
    }

    /// The first version of a new hook, in an account with these settings.
    pub(crate) fn create(&self, account: &AccountSettings) -> Result<(HookType, Spec), ServiceError> {
        let missing = |name: &str| ServiceError::invalid(name, format!("instance requires property \"{name}\""));
        let hook_type = self.hook_type.ok_or_else(|| missing("type"))?;
        let function = self.function.as_ref().ok_or_else(|| missing("function"))?;
        let runtime = self.runtime.ok_or_else(|| missing("runtime"))?;
        let blank = Spec {
            function: function.reference(runtime, true)?,
            runtime,
            timeout: hook_type.default_timeout,
            env_vars: Vec::new(),
            conditions: Vec::new(),
            retries: 0,
            packages: BTreeMap::new(),
            lock: None,
            fuel: DEFAULT_FUEL,
            memory_mib: DEFAULT_MEMORY_MIB,
            on_error: hook_type.default_on_error(),
            expose_errors: false,
            allowed_hosts: account.allowed_hosts.clone(),
            http_cache: false,
            settings: Settings::new(),
        };
        Ok((hook_type, self.apply(hook_type, &blank, &account.dialects)?))
    }

    /// Whether the hook is disabled afterwards.
    pub(crate) fn disables(&self, before: bool) -> bool {
        self.disabled.unwrap_or(before && !self.replaces)
    }

    /// The next version after `spec`, of a hook of this type in an account with these settings.
    pub(crate) fn revise(&self, hook_type: HookType, spec: &Spec, account: &AccountSettings) -> Result<Spec, ServiceError> {
        if !self.replaces {
            return self.apply(hook_type, spec, &account.dialects);
        }
        self.check_type(hook_type)?;
        let (_, new) = self.create(account)?;
        Ok(Spec { lock: spec.lock.clone().filter(|_| new.packages == spec.packages), ..new })
    }

    fn check_type(&self, hook_type: HookType) -> Result<(), ServiceError> {
        match self.hook_type.is_some_and(|said| said != hook_type) {
            true => Err(ServiceError::invalid("type", format!("instance.type cannot be changed: the hook is a '{hook_type}' hook"))),
            false => Ok(()),
        }
    }

    /// `spec`, of a hook of this type, changed by the body.
    fn apply(&self, hook_type: HookType, spec: &Spec, account: &Settings) -> Result<Spec, ServiceError> {
        self.check_type(hook_type)?;
        let spec = Spec {
            function: self.function_for(spec)?,
            runtime: self.runtime.unwrap_or(spec.runtime),
            timeout: self.timeout_for(hook_type)?.unwrap_or(spec.timeout),
            env_vars: self.env_vars.clone().unwrap_or_else(|| spec.env_vars.clone()),
            conditions: self.conditions.clone().unwrap_or_else(|| spec.conditions.clone()),
            retries: self.retries.unwrap_or(spec.retries),
            packages: self.packages_for(spec)?,
            lock: spec.lock.clone().filter(|_| self.packages.as_ref().is_none_or(|packages| *packages == spec.packages)),
            fuel: self.fuel.unwrap_or(spec.fuel),
            memory_mib: self.memory_mib.unwrap_or(spec.memory_mib),
            on_error: self.on_error_for(hook_type)?.unwrap_or(spec.on_error),
            expose_errors: self.expose_errors.unwrap_or(spec.expose_errors),
            allowed_hosts: self.allowed_hosts.clone().unwrap_or_else(|| spec.allowed_hosts.clone()),
            http_cache: self.http_cache.unwrap_or(spec.http_cache),
            settings: self.settings_for(hook_type, spec, account)?,
        };
        let source = self.function.as_ref().and_then(Upload::text);
        self.function.iter().try_for_each(|function| function.check_length(hook_type.source_bytes))?;
        hook_type.rules.check(&Draft { runtime: spec.runtime.as_str(), timeout: spec.timeout, source }, account)?;
        Ok(spec)
    }

    fn timeout_for(&self, hook_type: HookType) -> Result<Option<u8>, ServiceError> {
        let Some(seconds) = self.timeout else { return Ok(None) };
        let (least, most) = (*hook_type.timeout.start(), *hook_type.timeout.end());
        let wrong = |rule: String| Err(ServiceError::invalid("timeout", format!("instance.timeout {rule}")));
        match u8::try_from(seconds) {
            Ok(seconds) if hook_type.timeout.contains(&seconds) => Ok(Some(seconds)),
            Ok(seconds) if seconds < least => wrong(format!("must be greater than or equal to {least}")),
            _ => wrong(format!("must be less than or equal to {most}")),
        }
    }

    fn on_error_for(&self, hook_type: HookType) -> Result<Option<Decision>, ServiceError> {
        match self.on_error.filter(|decision| !hook_type.on_error.contains(decision)) {
            None => Ok(self.on_error),
            Some(_) => {
                let allowed = read::DECISIONS_ON_ERROR.into_iter().filter(|decision| hook_type.on_error.contains(decision));
                let names: Vec<&str> = allowed.map(Decision::as_str).collect();
                Err(ServiceError::invalid("on_error", format!("instance.on_error is not one of enum values: {}", names.join(","))))
            }
        }
    }

    fn settings_for(&self, hook_type: HookType, spec: &Spec, account: &Settings) -> Result<Settings, ServiceError> {
        let names = hook_type.rules.setting_names();
        let mut settings = hook_type.rules.apply(&spec.settings, &mut Fields::default(), account)?;
        for said in &self.settings {
            settings = hook_type.rules.apply(&settings, &mut said.clone().only(names)?, account)?;
        }
        Ok(settings)
    }

    fn packages_for(&self, spec: &Spec) -> Result<BTreeMap<String, String>, ServiceError> {
        let packages = self.packages.as_ref().unwrap_or(&spec.packages);
        if !packages.is_empty() && self.runtime.unwrap_or(spec.runtime) == Runtime::Wasm {
            return Err(ServiceError::invalid("packages", "instance.packages is for JavaScript: a WebAssembly function requires none"));
        }
        Ok(packages.clone())
    }

    /// The function after the change, from the body or from `spec`. It must match the runtime.
    fn function_for(&self, spec: &Spec) -> Result<FunctionRef, ServiceError> {
        let runtime = self.runtime.unwrap_or(spec.runtime);
        match &self.function {
            Some(upload) => upload.reference(runtime, self.runtime.is_some()),
            None => check_runtime(runtime, &spec.function).map(|()| spec.function.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
