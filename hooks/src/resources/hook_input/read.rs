//! Reads the fields of a hook's body, one function each.

use std::collections::BTreeMap;

use hookbox_egress::Policy;
use hookbox_host_api::Decision;
use serde_json::Value;

use crate::error::ServiceError;
use crate::fields::Fields;
use crate::hook_type::{HookType, names};
use crate::limits::ServiceLimits;
use crate::resources::account::DECISIONS;
use crate::resources::condition::{Condition, Operator, Source};
use crate::resources::env_var::EnvName;
use crate::resources::hosts::hosts;
use crate::resources::input_rules::{InputRules, MIN_FUEL};
use crate::resources::runtime::Runtime;

/// What a hook may set as its `on_error`, as far as its type allows.
pub(super) const DECISIONS_ON_ERROR: [Decision; 3] = [Decision::Allow, Decision::Deny, Decision::NoChange];

/// The longest version of a package or value of a condition.
const MAX_LENGTH: usize = 100;

pub(super) fn hook_type(fields: &mut Fields, types: &[HookType]) -> Result<Option<HookType>, ServiceError> {
    let Some(name) = fields.string("type")? else { return Ok(None) };
    let unknown = || fields.wrong("type", format_args!("is not one of enum values: {}", names(types)));
    types.iter().find(|one| one.id == name).copied().map(Some).ok_or_else(unknown)
}

pub(super) fn on_error(fields: &mut Fields) -> Result<Option<Decision>, ServiceError> {
    let Some(value) = fields.take("on_error") else { return Ok(None) };
    // Which ones a hook may have is a matter of its type.
    let known = DECISIONS_ON_ERROR.into_iter().find(|decision| value.as_str() == Some(decision.as_str()));
    known.map(Some).ok_or_else(|| fields.wrong("on_error", DECISIONS))
}

/// Whom the function may call, in the form that the policy writes.
pub(super) fn allowed_hosts(fields: &mut Fields) -> Result<Option<Policy>, ServiceError> {
    hosts(fields, "allowed_hosts")
}

pub(super) fn resources(fields: &mut Fields, most: &ServiceLimits) -> Result<(Option<u64>, Option<u32>), ServiceError> {
    let Some(limits) = fields.object("limits")? else { return Ok((None, None)) };
    let mut limits = limits.only(&["fuel", "memory_mib"])?;
    let fuel = limits.integer("fuel", MIN_FUEL..=most.max_fuel)?;
    let memory = limits.integer("memory_mib", 1..=most.max_memory_mib.into())?;
    Ok((fuel, memory.and_then(|mib| u32::try_from(mib).ok())))
}

/// Names. A lenient reading also accepts objects with a name, as some clients write them.
pub(super) fn env_vars(fields: &mut Fields, rules: &InputRules) -> Result<Option<Vec<EnvName>>, ServiceError> {
    let names = if rules.lenient { env_names(fields)? } else { fields.strings("env_vars")? };
    let Some(names) = names else { return Ok(None) };
    if names.len() > rules.limits.env_vars {
        return Err(fields.wrong("env_vars", format_args!("does not meet maximum length of {}", rules.limits.env_vars)));
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

fn env_names(fields: &mut Fields) -> Result<Option<Vec<String>>, ServiceError> {
    let values = match fields.take("env_vars") {
        None => return Ok(None),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(fields.wrong("env_vars", "is not of a type(s) array")),
    };
    let name = |(index, value): (usize, Value)| {
        let name = match value {
            Value::String(name) => Some(name),
            Value::Object(mut object) => match object.remove("name") {
                Some(Value::String(name)) => Some(name),
                _ => None,
            },
            _ => None,
        };
        name.ok_or_else(|| fields.wrong(&format!("env_vars[{index}]"), "is not of a type(s) string"))
    };
    values.into_iter().enumerate().map(name).collect::<Result<_, _>>().map(Some)
}

/// The npm packages of the function: ranges by name, which its deployment resolves.
pub(super) fn packages(fields: &mut Fields, most: usize) -> Result<Option<BTreeMap<String, String>>, ServiceError> {
    let packages = match fields.take("packages") {
        None => return Ok(None),
        Some(Value::Object(packages)) => packages,
        Some(_) => return Err(fields.wrong("packages", "is not of a type(s) object")),
    };
    if packages.len() > most {
        return Err(fields.wrong("packages", format_args!("does not meet maximum length of {most}")));
    }
    let package = |(name, version): (String, Value)| {
        if !is_package_name(&name) {
            return Err(fields.wrong("packages", "has a name that no package can have"));
        }
        match version {
            Value::String(version) if version.chars().count() <= MAX_LENGTH => Ok((name, version)),
            Value::String(_) => {
                Err(fields.wrong(&format!("packages.{name}"), format_args!("does not meet maximum length of {MAX_LENGTH}")))
            }
            _ => Err(fields.wrong(&format!("packages.{name}"), "is not of a type(s) string")),
        }
    };
    packages.into_iter().map(package).collect::<Result<_, _>>().map(Some)
}

fn is_package_name(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let bare =
        name.strip_prefix('@').and_then(|scoped| scoped.split_once('/')).map_or(name, |(scope, bare)| if part(scope) { bare } else { "" });
    name.len() <= 214 && part(bare)
}

pub(super) fn conditions(fields: &mut Fields, most: usize) -> Result<Option<Vec<Condition>>, ServiceError> {
    let Some(conditions) = fields.objects("conditions")? else { return Ok(None) };
    if conditions.len() > most {
        return Err(fields.wrong("conditions", format_args!("does not meet maximum length of {most}")));
    }
    conditions.into_iter().map(condition).collect::<Result<_, _>>().map(Some)
}

fn condition(fields: Fields) -> Result<Condition, ServiceError> {
    let mut fields = fields.only(&["source", "operator", "value"])?;
    let mut text = |name: &str| fields.string(name)?.ok_or_else(|| fields.missing(name));
    let (source, operator, value) = (text("source")?, text("operator")?, text("value")?);
    let source = match source.as_str() {
        "roles" => Source::Roles,
        _ => return Err(fields.wrong("source", "is not one of enum values: roles")),
    };
    let operator = match operator.as_str() {
        "~" => Operator::Has,
        "!~" => Operator::Lacks,
        _ => return Err(fields.wrong("operator", "is not one of enum values: ~,!~")),
    };
    match value.len() {
        1..=MAX_LENGTH => Ok(Condition { source, operator, value }),
        0 => Err(fields.wrong("value", "does not meet minimum length of 1")),
        _ => Err(fields.wrong("value", format_args!("does not meet maximum length of {MAX_LENGTH}"))),
    }
}

pub(super) fn runtime(fields: &mut Fields) -> Result<Option<Runtime>, ServiceError> {
    let Some(name) = fields.string("runtime")? else { return Ok(None) };
    let unknown = || {
        let names: Vec<&str> = Runtime::all().map(Runtime::as_str).collect();
        fields.wrong("runtime", format_args!("is not one of enum values: {}", names.join(",")))
    };
    Runtime::parse(&name).map(Some).ok_or_else(unknown)
}
