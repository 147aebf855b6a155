//! Renewal: hooks that were prepared with the values of their env vars are prepared again before new values are published, so that the next
//! execution uses them. Admission prepares new versions of a hook.
//!
//! A change that finds functions missing is given up, they are prepared while nothing is locked, and the change is made again. It
//! publishes only functions that were prepared with exactly the values that it brings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookbox_host_api::EnvVars;
use hookbox_runtime::AdmissionError;

use super::Service;
use crate::directory::{Hook, records};
use crate::error::ServiceError;
use crate::ids::{AccountId, HookId};
use crate::message::masked;
use crate::resources::{Build, Ready, Runtime};
use crate::sandbox::{Function, PreparedFunction};
use crate::state::{Area, State, Transaction};
use crate::store::StoreError;

/// How often a change is made again because another one came between.
const TRIES: usize = 8;

/// What a function is prepared from.
#[derive(Clone, Debug)]
struct Need {
    hook: HookId,
    build: Build,
    env: Arc<EnvVars>,
}

/// A function, or why its author's code refuses the values.
type Prepared = Result<Arc<dyn PreparedFunction>, String>;

/// The functions that a change needs.
#[derive(Clone, Default)]
pub(super) struct Renewals(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    done: Vec<(Need, Prepared)>,
    missing: Vec<Need>,
}

impl PartialEq for Need {
    fn eq(&self, other: &Self) -> bool {
        (self.hook, &self.build, &self.env) == (other.hook, &other.build, &other.env)
    }
}

impl Service {
    /// Makes a change of an account that may need functions with other env values.
    pub(super) async fn write_renewing<T: Send + 'static>(
        &self,
        account: AccountId,
        edit: impl Fn(&State, &mut Transaction, &Renewals) -> Result<T, ServiceError> + Send + Sync + 'static,
    ) -> Result<T, ServiceError> {
        let (renewals, edit) = (Renewals::default(), Arc::new(edit));
        for _ in 0..TRIES {
            let (known, edit) = (renewals.clone(), edit.clone());
            let edited = move |state: &State, change: &mut Transaction| {
                let value = edit(state, change, &known)?;
                if known.known().missing.is_empty() { Ok(value) } else { Err(busy()) }
            };
            let written = self.state.write(Area::Account(account), edited).await;
            let missing = std::mem::take(&mut renewals.known().missing);
            if missing.is_empty() {
                return written;
            }
            for need in missing {
                let prepared = self.prepare_renewal(account, &need).await?;
                renewals.known().done.push((need, prepared));
            }
        }
        Err(busy())
    }

    /// The function, or why its author's code refuses these values.
    async fn prepare_renewal(&self, account: AccountId, need: &Need) -> Result<Prepared, ServiceError> {
        let Build { digest, runtime, entries, dependencies } = need.build.clone();
        let _turn = self.admission.turn(account, runtime).await;
        let bytes = match self.state.read(move |state| Ok(state.function(account, &digest))).await? {
            Ok(bytes) => bytes.into(),
            Err(error @ StoreError::Corrupt(_)) => return Ok(Err(format!("the server's copy of the function is damaged: {error}"))),
            Err(error) => return Err(error.into()),
        };
        let function = Function { bytes, runtime, entries, env: need.env.clone(), dependencies };
        match self.state.compiler.clone().prepare(function).await {
            Ok(function) => Ok(Ok(function)),
            Err(AdmissionError::Rejected(message)) => Ok(Err(message)),
            Err(AdmissionError::Host(problem)) => {
                self.state.metrics.host_fault();
                tracing::error!(%account, hook = %need.hook, problem, "a hook could not be prepared for another env value");
                Err(ServiceError::Unavailable(
                    "A hook could not be prepared for this change, so nothing was changed; please try again".into(),
                ))
            }
        }
    }
}

fn busy() -> ServiceError {
    ServiceError::Unavailable("Other changes came between, so nothing was changed; please try again".into())
}

impl Renewals {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The function for a need; `None` notes that it is missing.
    fn take(&self, need: Need) -> Option<Prepared> {
        let mut known = self.known();
        let found = known.done.iter().find(|(done, _)| *done == need).map(|(_, prepared)| prepared.clone());
        if found.is_none() {
            // An edit with several values may come by a hook more than once: the last values count.
            known.missing.retain(|one| one.hook != need.hook);
            known.missing.push(need);
        }
        found
    }
}

/// Lets those of these hooks that hold env values serve with the values of the changed directory.
pub(super) fn renew(
    state: &State,
    change: &mut Transaction,
    renewals: &Renewals,
    account: AccountId,
    hooks: &[HookId],
) -> Result<(), ServiceError> {
    hooks.iter().try_for_each(|hook| renew_one(state, change, renewals, account, *hook))
}

fn renew_one(state: &State, change: &mut Transaction, renewals: &Renewals, id: AccountId, hook: HookId) -> Result<(), ServiceError> {
    let account = change.directory.account(id)?;
    let hook = account.hook(hook)?.clone();
    let Some(ready) = hook.record.ready.as_ref().filter(|ready| depends(&hook, ready)) else { return Ok(()) };
    let env = account.values(&ready.spec.env_vars).into();
    match renewals.take(Need { hook: hook.record.id, build: ready.spec.build(hook.record.hook_type), env }) {
        None => Ok(()),
        Some(Ok(function)) => {
            let record = hook.record.revived();
            if record.status != hook.record.status {
                records::put_hook(&mut change.batch, id, &record)?;
            }
            change.directory.account_mut(id)?.serve(record, function)
        }
        Some(Err(message)) => stop(state, change, id, &hook, &message),
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
