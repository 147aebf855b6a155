//! What a caller may say about a hook: every rule that can be checked without looking at the account.

use hookbox_host_api::{Decision, HookType, Options};
use serde_json::Value;

use super::account::{DECISIONS, parse_decision};
use super::body::Fields;
use super::env_var::EnvName;
use super::hook::{FunctionRef, Spec};
use super::runtime::Runtime;
use super::upload::{Upload, check_runtime};
use crate::error::ServiceError;

/// Limits that the server's configuration sets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InputLimits {
    /// Decoded bytes of a function.
    pub(crate) function_bytes: usize,
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
    options: OptionsInput,
    fuel: Option<u64>,
    memory_mib: Option<u32>,
    on_error: Option<Decision>,
}

#[derive(Clone, Copy, Debug, Default)]
struct OptionsInput {
    /// Whether any option was named, whatever its value.
    named: bool,
    risk_enabled: Option<bool>,
    location_enabled: Option<bool>,
}

const NOT_AVAILABLE: &str = "has a value that is not available yet";

const MIN_FUEL: u64 = 10_000;
const DEFAULT_FUEL: u64 = 1_000_000_000;
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

    /// Reads a body.
    pub(crate) fn parse(body: &[u8], limits: &InputLimits) -> Result<Self, ServiceError> {
        let known: Vec<&str> = Self::WRITABLE.into_iter().chain(Self::READ_ONLY).collect();
        let mut fields = Fields::parse(body)?.only(&known)?;
        let (fuel, memory_mib) = resources(&mut fields, limits)?;
        let input = Self {
            hook_type: hook_type(&mut fields)?,
            disabled: fields.boolean("disabled")?,
            timeout: fields.integer("timeout", 1..=10)?.and_then(|seconds| u8::try_from(seconds).ok()),
            env_vars: env_vars(&mut fields, limits)?,
            options: options(&mut fields)?,
            on_error: on_error(&mut fields)?,
            fuel,
            memory_mib,
            ..Self::default()
        };
        later(&mut fields)?;
        let function = Upload::take(&mut fields, limits.function_bytes)?;
        let runtime = runtime(&mut fields)?;
        Ok(Self { function, runtime, ..input })
    }

    /// Whether the body says anything about what a version freezes.
    pub(crate) fn names_a_version(&self) -> bool {
        let Self { hook_type: _, disabled: _, function, env_vars, runtime, timeout, options, fuel, memory_mib, on_error } = self;
        function.is_some()
            || env_vars.is_some()
            || runtime.is_some()
            || timeout.is_some()
            || options.named
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
        if hook_type == HookType::UserMigration && self.options.named {
            return Err(ServiceError::invalid("options", "instance.options has no properties for a 'user-migration' hook"));
        }
        let options = Options {
            risk_enabled: self.options.risk_enabled.unwrap_or(spec.options.risk_enabled),
            location_enabled: self.options.location_enabled.unwrap_or(spec.options.location_enabled),
            mfa_device_info_enabled: spec.options.mfa_device_info_enabled,
        };
        Ok(Spec {
            function: self.function_for(hook_type, spec)?,
            runtime: self.runtime.unwrap_or(spec.runtime),
            timeout: self.timeout.unwrap_or(spec.timeout),
            env_vars: self.env_vars.clone().unwrap_or_else(|| spec.env_vars.clone()),
            options,
            fuel: self.fuel.unwrap_or(spec.fuel),
            memory_mib: self.memory_mib.unwrap_or(spec.memory_mib),
            on_error: self.on_error.unwrap_or(spec.on_error),
        })
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

fn hook_type(fields: &mut Fields) -> Result<Option<HookType>, ServiceError> {
    let Some(name) = fields.string("type")? else { return Ok(None) };
    let names = HookType::ALL.map(HookType::as_str).join(",");
    name.parse().map(Some).map_err(|_| fields.wrong("type", format_args!("is not one of enum values: {names}")))
}

fn on_error(fields: &mut Fields) -> Result<Option<Decision>, ServiceError> {
    let Some(value) = fields.take("on_error") else { return Ok(None) };
    parse_decision(&value).map(Some).ok_or_else(|| fields.wrong("on_error", DECISIONS))
}

fn resources(fields: &mut Fields, most: &InputLimits) -> Result<(Option<u64>, Option<u32>), ServiceError> {
    let Some(limits) = fields.object("limits")? else { return Ok((None, None)) };
    let mut limits = limits.only(&["fuel", "memory_mib"])?;
    let fuel = limits.integer("fuel", MIN_FUEL..=most.max_fuel)?;
    let memory = limits.integer("memory_mib", 1..=most.max_memory_mib.into())?;
    Ok((fuel, memory.and_then(|mib| u32::try_from(mib).ok())))
}

fn options(fields: &mut Fields) -> Result<OptionsInput, ServiceError> {
    const NAMES: [&str; 3] = ["risk_enabled", "location_enabled", "mfa_device_info_enabled"];
    let Some(options) = fields.object("options")? else { return Ok(OptionsInput::default()) };
    let mut options = options.only(&NAMES)?;
    let named = NAMES.iter().any(|name| options.has(name));
    let [risk, location, mfa] = NAMES;
    if options.boolean(mfa)? == Some(true) {
        return Err(options.wrong(mfa, NOT_AVAILABLE));
    }
    Ok(OptionsInput { named, risk_enabled: options.boolean(risk)?, location_enabled: options.boolean(location)? })
}

fn env_vars(fields: &mut Fields, limits: &InputLimits) -> Result<Option<Vec<EnvName>>, ServiceError> {
    let Some(names) = fields.strings("env_vars")? else { return Ok(None) };
    if names.len() > limits.env_vars {
        return Err(fields.wrong("env_vars", format_args!("does not meet maximum length of {}", limits.env_vars)));
    }
    let mut linked: Vec<EnvName> = Vec::with_capacity(names.len());
    for (index, name) in names.into_iter().enumerate() {
        let name = EnvName::parse(name).map_err(|rule| fields.wrong(&format!("env_vars[{index}]"), rule))?;
        if linked.contains(&name) {
            return Err(fields.wrong("env_vars", "contains duplicate item"));
        }
        linked.push(name);
    }
    Ok(Some(linked))
}

/// Fields of the API whose time has not come: their default is taken, and nothing else.
fn later(fields: &mut Fields) -> Result<(), ServiceError> {
    if fields.integer("retries", 0..=4)?.is_some_and(|retries| retries != 0) {
        return Err(fields.wrong("retries", NOT_AVAILABLE));
    }
    match fields.take("packages") {
        None => {}
        Some(Value::Object(packages)) if packages.is_empty() => {}
        Some(Value::Object(_)) => return Err(fields.wrong("packages", NOT_AVAILABLE)),
        Some(_) => return Err(fields.wrong("packages", "is not of a type(s) object")),
    }
    match fields.take("conditions") {
        None => {}
        Some(Value::Array(conditions)) if conditions.is_empty() => {}
        Some(Value::Array(_)) => return Err(fields.wrong("conditions", NOT_AVAILABLE)),
        Some(_) => return Err(fields.wrong("conditions", "is not of a type(s) array")),
    }
    match fields.string("context_version")? {
        Some(_) => Err(fields.wrong("context_version", NOT_AVAILABLE)),
        None => Ok(()),
    }
}

fn runtime(fields: &mut Fields) -> Result<Option<Runtime>, ServiceError> {
    let Some(name) = fields.string("runtime")? else { return Ok(None) };
    let unknown = || {
        let names: Vec<&str> = Runtime::all().map(Runtime::as_str).collect();
        fields.wrong("runtime", format_args!("is not one of enum values: {}", names.join(",")))
    };
    Runtime::parse(&name).map(Some).ok_or_else(unknown)
}

#[cfg(test)]
mod tests;
