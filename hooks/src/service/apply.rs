//! Makes an account's hooks and env vars equal to one caller's lists, in a single change that happens as a whole or not at all.
//!
//! Hooks have no names. Within a type, a hook that equals a desired one stays. The other desired hooks, in order, replace the other
//! existing ones, oldest first. Those left over on one side are created or deleted. `hooks` creates, changes and deletes single hooks, and
//! `envs` does so for env vars.

use std::borrow::Cow;
use std::collections::HashSet;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::renewal::Renewals;
use super::{Service, envs, hooks};
use crate::error::ServiceError;
use crate::hook_type::HookType;
use crate::ids::{AccountId, HookId};
use crate::resources::{
    AccountSettings, DesiredEnv, DesiredState, EnvName, HookInput, HookRecord, HookView, NewEnv, NewValue, ServingView, Spec, Status, at,
};
use crate::state::{State, Transaction, blocking};

/// The changes that were made, or would be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Applied {
    /// Whether the changes were only reported, not made.
    pub dry_run: bool,
    /// Whether anything changes.
    pub changed: bool,
    /// The hooks, by type.
    pub hooks: Vec<AppliedHook>,
    /// The env vars.
    pub env_vars: Vec<AppliedEnv>,
}

/// What happens to one hook or env var.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is created.
    Create,
    /// It is changed.
    Update,
    /// It is as desired.
    Keep,
    /// It is deleted.
    Delete,
}

impl Action {
    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Keep => "keep",
            Self::Delete => "delete",
        }
    }
}

/// What happens to a hook.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppliedHook {
    /// What is done.
    pub action: Action,
    /// `None` if a dry run would create it.
    pub id: Option<HookId>,
    /// Its type.
    #[serde(rename = "type")]
    pub hook_type: Cow<'static, str>,
    /// The newest version.
    pub version: u32,
    /// The state of admission of the newest version.
    pub status: Status,
    /// The names of the fields that change.
    pub fields: Vec<String>,
}

/// What happens to an env var.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppliedEnv {
    /// What is done.
    pub action: Action,
    /// Its name.
    pub name: String,
}

impl Service {
    /// Makes the account's hooks and env vars equal to what the body says.
    pub(crate) async fn apply(&self, account: AccountId, body: Bytes) -> Result<Applied, ServiceError> {
        let (rules, registry) = (self.input_rules(self.registry.types().to_vec()), self.registry.clone());
        let desired = blocking(move || DesiredState::parse(&body, &rules, &registry)).await?;
        let dry_run = desired.dry_run;
        let edit = move |state: &State, change: &mut Transaction, renewals: &Renewals| apply(state, change, renewals, account, &desired);
        let mut applied = match dry_run {
            true => self.state.dry_run(move |state, change| edit(state, change, &Renewals::default())).await?,
            false => self.write_renewing(account, edit).await?,
        };
        for hook in &mut applied.hooks {
            match (dry_run, hook.id) {
                (true, _) if hook.action == Action::Create => hook.id = None,
                (false, Some(id)) if hook.action != Action::Delete && hook.status.is_pending() => self.admission.queue(account, id),
                _ => {}
            }
        }
        Ok(applied)
    }
}

/// Creates and updates env vars first, so that hooks can link to them, and deletes the others last.
fn apply(
    state: &State,
    change: &mut Transaction,
    renewals: &Renewals,
    id: AccountId,
    desired: &DesiredState,
) -> Result<Applied, ServiceError> {
    let DesiredState { hooks, envs, dry_run } = desired;
    let names: HashSet<&EnvName> = envs.iter().map(|env| &env.name).collect();
    let mut env_vars = Vec::new();
    for (index, env) in envs.iter().enumerate() {
        env_vars.push(put_env(state, change, renewals, id, index, env)?);
    }
    let mut applied = Vec::new();
    for hook_type in change.directory.registry().types().to_vec() {
        let of_type = hooks.iter().enumerate().filter(|(_, hook)| hook.hook_type == Some(hook_type)).collect();
        apply_type(state, change, id, hook_type, of_type, &mut applied)?;
    }
    if let Some(index) = hooks.iter().position(|hook| hook.hook_type.is_none()) {
        // `create` reports the missing type in its own words.
        hooks
            .get(index)
            .map_or(Ok(()), |hook| hook.create(&AccountSettings::default()).map(drop))
            .map_err(|error| at(&format!("hooks[{index}]"), error))?;
    }
    let gone: Vec<_> = change.directory.account(id)?.envs().filter(|env| !names.contains(&env.record.name)).cloned().collect();
    for env in gone {
        envs::delete(state, change, renewals, id, env.record.id)?;
        env_vars.push(AppliedEnv { action: Action::Delete, name: env.record.name.to_string() });
    }
    let changed =
        applied.iter().any(|hook: &AppliedHook| hook.action != Action::Keep) || env_vars.iter().any(|env| env.action != Action::Keep);
    Ok(Applied { dry_run: *dry_run, changed, hooks: applied, env_vars })
}

fn put_env(
    state: &State,
    change: &mut Transaction,
    renewals: &Renewals,
    id: AccountId,
    index: usize,
    env: &DesiredEnv,
) -> Result<AppliedEnv, ServiceError> {
    let DesiredEnv { name, value, sealed_for } = env;
    let text = name.to_string();
    let before = change.directory.account(id)?.env_named(name).cloned();
    let action = match (before, value) {
        (None, None) => {
            let field = format!("env_vars[{index}].value");
            let message = format!("instance.{field} is needed: there is no environment variable \"{name}\" yet");
            return Err(ServiceError::invalid(field, message));
        }
        (None, Some(value)) => {
            envs::create(state, change, id, NewEnv { name: name.clone(), value: value.clone(), sealed_for: sealed_for.clone() })?;
            Action::Create
        }
        (Some(before), value) => {
            let other = value.as_ref().filter(|value| before.value != **value);
            if other.is_none() && (sealed_for.is_none() || before.record.sealed_for == *sealed_for) {
                return Ok(AppliedEnv { action: Action::Keep, name: text });
            }
            // Whoever seals a value for others has to know it.
            if value.is_none() && before.record.sealed_for.is_some() {
                let field = format!("env_vars[{index}].value");
                let message = format!("instance.{field} is needed: \"{name}\" is sealed for other hosts");
                return Err(ServiceError::invalid(field, message));
            }
            let new = NewValue { value: other.unwrap_or(&before.value).clone(), sealed_for: sealed_for.clone() };
            envs::update(state, change, renewals, id, before.record.id, new)?;
            Action::Update
        }
    };
    Ok(AppliedEnv { action, name: text })
}

/// A desired hook, and the existing hook that becomes it; `None` if it is new.
struct Pair<'a> {
    /// The position in the body.
    index: usize,
    input: &'a HookInput,
    /// Absent fields take their default: the hook keeps nothing of what it was.
    spec: Spec,
    before: Option<HookRecord>,
}

impl Pair<'_> {
    fn disabled(&self) -> bool {
        self.input.disabled.unwrap_or(false)
    }
}

/// Applies the hooks of one type. Deleted and disabled hooks come first: only one hook can be enabled, and there may be room for one only.
fn apply_type(
    state: &State,
    change: &mut Transaction,
    id: AccountId,
    hook_type: HookType,
    desired: Vec<(usize, &HookInput)>,
    applied: &mut Vec<AppliedHook>,
) -> Result<(), ServiceError> {
    let mut existing: Vec<HookRecord> = change.directory.account(id)?.hooks().map(|hook| hook.record.clone()).collect();
    existing.retain(|record| record.hook_type == hook_type);
    let mut pairs = pair(state, desired, &mut existing, &change.directory.account(id)?.record.settings)?;
    for record in existing {
        hooks::delete(state, change, id, record.id)?;
        applied.push(AppliedHook::new(Action::Delete, &record, Vec::new()));
    }
    pairs.sort_by_key(|pair| !pair.disabled());
    for pair in pairs {
        let index = pair.index;
        applied.push(put_hook(state, change, id, pair).map_err(|error| at(&format!("hooks[{index}]"), error))?);
    }
    Ok(())
}

/// Pairs each desired hook with an equal existing one, in any order, and the others with the oldest that are left.
fn pair<'a>(
    state: &State,
    desired: Vec<(usize, &'a HookInput)>,
    existing: &mut Vec<HookRecord>,
    account: &AccountSettings,
) -> Result<Vec<Pair<'a>>, ServiceError> {
    existing.sort_by_key(|record| (record.created_at, record.id));
    let mut pairs = Vec::new();
    for (index, input) in desired {
        let (hook_type, spec) = input.create(account).map_err(|error| at(&format!("hooks[{index}]"), error))?;
        let mut pair = Pair { index, input, spec, before: None };
        let equals = |record: &HookRecord| {
            record.disabled == pair.disabled() && record.spec == hooks::kept(state, hook_type, &record.spec.settings, pair.spec.clone())
        };
        let same = existing.iter().position(equals);
        pair.before = same.map(|place| existing.remove(place));
        pairs.push(pair);
    }
    for pair in pairs.iter_mut().filter(|pair| pair.before.is_none()).take(existing.len()) {
        pair.before = Some(existing.remove(0));
    }
    Ok(pairs)
}

fn put_hook(state: &State, change: &mut Transaction, id: AccountId, pair: Pair<'_>) -> Result<AppliedHook, ServiceError> {
    let disabled = pair.disabled();
    let Pair { input, spec, before, .. } = pair;
    let Some(before) = before else {
        let made = hooks::create(state, change, id, input)?.id;
        return Ok(AppliedHook::new(Action::Create, &change.directory.account(id)?.hook(made)?.record, Vec::new()));
    };
    let spec = hooks::kept(state, before.hook_type, &before.spec.settings, spec);
    let record = hooks::revised(&before, spec, disabled, true, state)?;
    hooks::put(state, change, id, &before, &record, input.function.as_ref())?;
    let action = if record == before { Action::Keep } else { Action::Update };
    Ok(AppliedHook::new(action, &record, differing(id, &before, &record)?))
}

/// The fields that an author writes and that differ.
fn differing(id: AccountId, before: &HookRecord, after: &HookRecord) -> Result<Vec<String>, ServiceError> {
    const FOLLOWS: [&str; 6] = ["version", "status", "status_message", "updated_at", "kind", "function_bytes"];
    let fields = |record: &HookRecord| {
        serde_json::to_value(HookView::new(id, record, ServingView::default()))
            .map_err(|error| ServiceError::Internal(format!("a hook cannot be written: {error}")))
    };
    let (old, new) = (fields(before)?, fields(after)?);
    let names = new.as_object().into_iter().flat_map(serde_json::Map::keys).filter(|name| !FOLLOWS.contains(&name.as_str()));
    let differs = |name: &&String| old.get(name.as_str()).unwrap_or(&Value::Null) != new.get(name.as_str()).unwrap_or(&Value::Null);
    let mut names: Vec<String> = names.filter(differs).cloned().collect();
    if before.spec.function != after.spec.function {
        names.push("function".to_owned());
    }
    names.sort_unstable();
    Ok(names)
}

impl AppliedHook {
    fn new(action: Action, record: &HookRecord, fields: Vec<String>) -> Self {
        let HookRecord { id, hook_type, version, status, .. } = record;
        Self { action, id: Some(*id), hook_type: hook_type.id.into(), version: *version, status: *status, fields }
    }
}
