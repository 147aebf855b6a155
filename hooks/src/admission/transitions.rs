//! State transitions of hooks: which version is prepared, and what the result changes. Preparing is done elsewhere.

use std::sync::Arc;

use hookbox_host_api::EnvVars;
use hookbox_runtime::FunctionDigest;

use super::lane::{Lane, Name};
use crate::directory::{Account, Directory, records};
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::message::masked;
use crate::resources::{Build, HookRecord, Runtime, Spec};
use crate::sandbox::PreparedFunction;
use crate::state::{State, Transaction};

/// The result of a preparation.
pub(super) enum Prepared {
    Ready(Arc<dyn PreparedFunction>),
    /// The function is at fault, or damaged: another try would end the same.
    Refused(String),
    /// The host is at fault: another try may succeed.
    Trouble(String),
}

/// A version to be prepared.
#[derive(Clone)]
pub(super) struct Task {
    pub(super) account: AccountId,
    pub(super) hook: HookId,
    pub(super) version: u32,
    pub(super) build: Build,
    /// The values of its env vars at the start of the preparation.
    pub(super) env: Arc<EnvVars>,
}

impl Task {
    pub(super) fn new(account: &Account, record: &HookRecord, version: u32, spec: &Spec) -> Self {
        let (hook, hook_type) = (record.id, record.hook_type);
        let env = Arc::new(account.values(&spec.env_vars));
        Self { account: account.record.id, hook, version, build: spec.build(hook_type), env }
    }

    /// The hook's name in the queues.
    pub(super) fn name(&self) -> Name {
        (self.account, self.hook)
    }

    /// Whether the version is still the newest or the serving one. The result of any other version is not needed.
    pub(super) fn is_wanted(&self, directory: &Directory) -> bool {
        let hook = directory.account(self.account).and_then(|account| account.hook(self.hook));
        hook.is_ok_and(|hook| {
            let ready = hook.record.ready.as_ref().map(|ready| ready.version);
            hook.record.version == self.version || ready == Some(self.version)
        })
    }

    /// Whether the result depends on env values that have changed since.
    fn is_outdated(&self, account: &Account, spec: &Spec, prepared: &Prepared) -> bool {
        let depends = match prepared {
            Prepared::Ready(function) => function.holds_env(),
            // An old value may be the reason, and the message may quote it. The account's mask no longer hides it.
            Prepared::Refused(_) | Prepared::Trouble(_) => self.build.runtime != Runtime::Wasm,
        };
        depends && *self.env != account.values(&spec.env_vars)
    }
}

/// Whether a result was taken, or the preparation must be repeated.
pub(super) enum Concluded {
    Yes,
    Outdated,
}

/// The work for a hook, if any.
pub(super) enum Claim {
    Nothing,
    /// The hook belongs to the other lane: it changed its language while its name was in the queue.
    Elsewhere(Lane),
    Task(Task),
}

/// Claims a lane's work for a hook, and sets the hook's status to running.
pub(super) fn claim(change: &mut Transaction, lane: Lane, account: AccountId, hook: HookId) -> Claim {
    // A deleted hook or account needs no work.
    let Ok(owner) = change.directory.account_mut(account) else { return Claim::Nothing };
    let Some(record) = owner.hook(hook).ok().map(|hook| hook.record.clone()).filter(|record| record.status.is_pending()) else {
        return Claim::Nothing;
    };
    let hook_lane = Lane::of(record.spec.runtime);
    if hook_lane != lane {
        return Claim::Elsewhere(hook_lane);
    }
    let task = Task::new(owner, &record, record.version, &record.spec);
    // Not persisted: after a restart a running admission starts again from queued.
    let status = record.status.running();
    owner.put_hook(record.with_status(status));
    Claim::Task(task)
}

/// Takes the result, if the version that was prepared is still the newest.
pub(super) fn conclude(
    state: &State,
    change: &mut Transaction,
    task: &Task,
    prepared: Prepared,
    kept: Option<FunctionDigest>,
) -> Result<Concluded, ServiceError> {
    let id = task.account;
    let newest = change.directory.account(id).and_then(|account| account.hook(task.hook)).map(|hook| hook.record.clone());
    // Otherwise the hook was deleted, or a newer version is in the queue.
    if let Ok(before) = newest
        && before.version == task.version
    {
        if task.is_outdated(change.directory.account(id)?, &before.spec, &prepared) {
            return Ok(Concluded::Outdated);
        }
        decide(state, change, id, &before, prepared)?;
    }
    if let Some(kept) = kept {
        change.forget(task.build.clone(), kept);
    }
    Ok(Concluded::Yes)
}

/// Puts the newest version of a hook into service, or records why it cannot serve.
fn decide(state: &State, change: &mut Transaction, id: AccountId, before: &HookRecord, prepared: Prepared) -> Result<(), ServiceError> {
    let account = change.directory.account_mut(id)?;
    match prepared {
        Prepared::Ready(function) => {
            let record = before.admitted(function.lock());
            account.serve(record.clone(), function)?;
            records::put_hook(&mut change.batch, id, &record)?;
            match &before.ready {
                Some(former) => change.release(state, id, former.spec.build(before.hook_type)),
                None => Ok(()),
            }
        }
        Prepared::Refused(message) => {
            let message = masked(&account.mask()?, &message, state.limits.error_bytes);
            let record = before.refused(message);
            account.put_hook(record.clone());
            records::put_hook(&mut change.batch, id, &record)
        }
        Prepared::Trouble(_) => Ok(()),
    }
}

/// Tells the author of a version that the host is at fault. It is not stored, because it concerns this moment of this server.
pub(super) fn tell_trouble(state: &State, change: &mut Transaction, task: &Task, problem: &str) -> Result<(), ServiceError> {
    let account = change.directory.account_mut(task.account)?;
    let Some(before) = account.hook(task.hook).ok().map(|hook| hook.record.clone()).filter(|record| record.version == task.version) else {
        return Ok(());
    };
    let message = format!("the server has trouble; it tries again: {problem}");
    let record = before.troubled(masked(&account.mask()?, &message, state.limits.error_bytes));
    let status = if before.status.is_pending() { before.status.queued() } else { before.status };
    account.put_hook(record.with_status(status));
    Ok(())
}

/// Puts a version back into service that served before the start.
pub(super) fn serve_loaded(state: &State, change: &mut Transaction, task: &Task, prepared: Prepared) -> Result<Concluded, ServiceError> {
    let account = change.directory.account_mut(task.account)?;
    let before = account.hook(task.hook)?.record.clone();
    let Some(ready) = before.ready.as_ref().filter(|ready| ready.version == task.version) else { return Ok(Concluded::Yes) };
    if task.is_outdated(account, &ready.spec, &prepared) {
        return Ok(Concluded::Outdated);
    }
    match prepared {
        Prepared::Ready(function) => {
            let record = before.revived();
            if record.status != before.status {
                records::put_hook(&mut change.batch, task.account, &record)?;
            }
            account.serve(record, function)?;
        }
        Prepared::Refused(message) => {
            let message = masked(&account.mask()?, &message, state.limits.error_bytes);
            tracing::error!(account = %task.account, hook = %task.hook, message, "a hook that was ready no longer is");
            if before.version == task.version {
                account.put_hook(before.refused(message));
            }
        }
        Prepared::Trouble(_) => {}
    }
    Ok(Concluded::Yes)
}
