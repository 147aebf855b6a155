//! Renewal: hooks that were prepared with the values of their env vars are prepared again before new values are published, so that the next
//! execution uses them. Admission prepares new versions of a hook.

use hookbox_runtime::AdmissionError;
use tokio::runtime::Handle;

use crate::directory::{Hook, records};
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::message::masked;
use crate::resources::{Ready, Runtime};
use crate::sandbox::Function;
use crate::state::{State, Transaction};

/// Prepares those of these hooks that hold env values, with the values of the changed directory. It blocks, on a thread where it may, and
/// under the write lock, so that no other change decides meanwhile what serves.
pub(super) fn renew(state: &State, change: &mut Transaction, account: AccountId, hooks: &[HookId]) -> Result<(), ServiceError> {
    hooks.iter().try_for_each(|hook| renew_one(state, change, account, *hook))
}

fn renew_one(state: &State, change: &mut Transaction, id: AccountId, hook: HookId) -> Result<(), ServiceError> {
    let account = change.directory.account(id)?;
    let hook = account.hook(hook)?.clone();
    let Some(ready) = hook.record.ready.as_ref().filter(|ready| depends(&hook, ready)) else { return Ok(()) };
    let bytes = state.function(id, &ready.spec.function.digest)?.into();
    let env = account.values(&ready.spec.env_vars).into();
    let prepared =
        state.compiler.clone().prepare(Function { bytes, runtime: ready.spec.runtime, entries: hook.record.hook_type.entries(), env });
    match Handle::current().block_on(prepared) {
        Ok(function) => {
            let record = hook.record.revived();
            if record != hook.record {
                records::put_hook(&mut change.batch, id, &record)?;
            }
            change.directory.account_mut(id)?.serve(record, function)
        }
        Err(AdmissionError::Rejected(message)) => stop(state, change, id, &hook, &message),
        Err(AdmissionError::Host(problem)) => {
            tracing::error!(account = %id, hook = %hook.record.id, problem, "a hook could not be prepared for another env value");
            Err(ServiceError::Unavailable("A hook could not be prepared for this change, so nothing was changed; please try again".into()))
        }
    }
}

/// Whether new values may make another function. A function that could not be prepared with the old values may succeed now.
fn depends(hook: &Hook, ready: &Ready) -> bool {
    match &hook.serving {
        Some(serving) => serving.function.holds_env(),
        None => ready.spec.runtime != Runtime::Wasm,
    }
}

/// Takes a hook out of service that cannot be prepared with the new values, because serving the old ones would be wrong.
fn stop(state: &State, change: &mut Transaction, id: AccountId, hook: &Hook, message: &str) -> Result<(), ServiceError> {
    let account = change.directory.account_mut(id)?;
    let message = masked(&account.mask()?, message, state.limits.error_bytes);
    tracing::warn!(account = %id, hook = %hook.record.id, message, "a hook no longer serves: it fails with another env value");
    // The status describes the newest version; it does not change when an older one stops.
    if !hook.record.newest_was_ready() {
        account.stop(hook.record.clone());
        return Ok(());
    }
    let record = hook.record.refused(message);
    account.stop(record.clone());
    records::put_hook(&mut change.batch, id, &record)
}
