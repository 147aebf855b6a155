//! The desired state of an account, as one caller sends it. The service works out the changes.

use std::collections::HashSet;

use hookbox_egress::Policy;
use hookbox_host_api::Secret;
use serde_json::Value;

use super::env_var::{EnvName, check_value, sealed_for};
use super::hook_input::HookInput;
use super::input_rules::InputRules;
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::hook_type::Registry;

/// The hooks and env vars that an account has afterwards. All others are deleted.
#[derive(Debug)]
pub(crate) struct DesiredState {
    pub(crate) hooks: Vec<HookInput>,
    pub(crate) envs: Vec<DesiredEnv>,
    /// Whether the changes are only reported, not made.
    pub(crate) dry_run: bool,
}

/// A desired env var. Without a value it keeps its present one.
#[derive(Debug)]
pub(crate) struct DesiredEnv {
    pub(crate) name: EnvName,
    pub(crate) value: Option<Secret>,
    /// Whom the value is sealed for, if that changes.
    pub(crate) sealed_for: Option<Policy>,
}

impl DesiredState {
    /// Reads a body.
    pub(crate) fn parse(body: &[u8], rules: &InputRules, registry: &Registry) -> Result<Self, ServiceError> {
        let mut fields = Fields::parse(body)?.only(&["hooks", "env_vars", "dry_run"])?;
        let dry_run = fields.boolean("dry_run")?.unwrap_or(false);
        // Both lists are required, because an absent one would delete everything.
        let envs = fields.objects("env_vars")?.ok_or_else(|| fields.missing("env_vars"))?;
        let envs = envs.into_iter().map(env).collect::<Result<Vec<_>, _>>()?;
        let hooks = match fields.take("hooks") {
            Some(Value::Array(hooks)) => hooks,
            Some(_) => return Err(fields.wrong("hooks", "is not of a type(s) array")),
            None => return Err(fields.missing("hooks")),
        };
        let hook = |(index, value): (usize, Value)| hook(&value, rules, registry).map_err(|error| at(&format!("hooks[{index}]"), error));
        let hooks = hooks.into_iter().enumerate().map(hook).collect::<Result<Vec<_>, _>>()?;
        let desired = Self { hooks, envs, dry_run };
        desired.check_names()?;
        Ok(desired)
    }

    /// Refuses duplicate names, and links to env vars that will not exist.
    fn check_names(&self) -> Result<(), ServiceError> {
        let mut names = HashSet::new();
        if let Some((index, env)) = self.envs.iter().enumerate().find(|(_, env)| !names.insert(&env.name)) {
            let field = format!("env_vars[{index}].name");
            let message = format!("instance.{field} is there twice: \"{}\"", env.name);
            return Err(ServiceError::invalid(field, message));
        }
        for (index, hook) in self.hooks.iter().enumerate() {
            if let Some(name) = hook.env_vars.iter().flatten().find(|name| !names.contains(name)) {
                let field = format!("hooks[{index}].env_vars");
                let message = format!("instance.{field} names the environment variable \"{name}\", which is not among env_vars");
                return Err(ServiceError::invalid(field, message));
            }
        }
        Ok(())
    }
}

fn hook(value: &Value, rules: &InputRules, registry: &Registry) -> Result<HookInput, ServiceError> {
    let bytes = serde_json::to_vec(value).map_err(|error| ServiceError::Internal(error.to_string()))?;
    HookInput::parse(&bytes, rules, registry)
}

fn env(fields: Fields) -> Result<DesiredEnv, ServiceError> {
    let mut fields = fields.only(&["name", "value", "sealed_for"])?;
    let name = fields.string("name")?.ok_or_else(|| fields.missing("name"))?;
    let name = EnvName::parse(name).map_err(|rule| fields.wrong("name", rule))?;
    let value = fields.string("value")?.map(Secret::new);
    value.iter().try_for_each(|value| check_value(&fields, value))?;
    let sealed_for = sealed_for(&mut fields)?;
    Ok(DesiredEnv { name, value, sealed_for })
}

/// The error with the place of the item in front of its field.
pub(crate) fn at(place: &str, error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Invalid { field, message } => {
            let field = field.map_or_else(|| place.to_owned(), |field| format!("{place}.{field}"));
            ServiceError::Invalid { field: Some(field), message: format!("{place}: {message}") }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::ServiceLimits;
    use crate::testing::registry;

    #[test]
    fn what_cannot_be_wanted_is_named() {
        let rules = InputRules { limits: ServiceLimits::default(), types: registry().types().to_vec(), lenient: true };
        for (body, field) in [
            (r#"{"hooks": []}"#, "env_vars"),
            (r#"{"env_vars": []}"#, "hooks"),
            (r#"{"env_vars": [], "hooks": {}}"#, "hooks"),
            (r#"{"env_vars": [], "hooks": [{"timeout": 0}]}"#, "hooks[0].timeout"),
            (r#"{"env_vars": [], "hooks": [3]}"#, "hooks[0]"),
            (r#"{"env_vars": [{"name": "AB", "value": ""}], "hooks": []}"#, "env_vars[0].value"),
            (r#"{"env_vars": [{"name": "AB"}, {"name": "AB"}], "hooks": []}"#, "env_vars[1].name"),
            (r#"{"env_vars": [{"name": "AB"}], "hooks": [{}, {"env_vars": ["CD"]}]}"#, "hooks[1].env_vars"),
            (r#"{"env_vars": [], "hooks": [], "dry": true}"#, "dry"),
        ] {
            match DesiredState::parse(body.as_bytes(), &rules, &registry()) {
                Err(ServiceError::Invalid { field: Some(named), .. }) => assert_eq!(named, field),
                other => panic!("{body}: {other:?}"),
            }
        }
    }
}
