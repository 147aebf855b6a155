//! Env vars: creates, changes, deletes and lists them. Their values are never returned.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookbox_host_api::Secret;

use super::renewal::{Renewals, renew};
use super::{Page, Paged, Service};
use crate::directory::{EnvVar, records};
use crate::error::{ServiceError, check_room};
use crate::ids::{AccountId, EnvId, HookId};
use crate::resources::{EnvName, EnvRecord, EnvView, NewEnv, NewValue};
use crate::state::{Area, State, Transaction};

impl Service {
    /// The env vars of an account, oldest first.
    pub async fn list_envs(&self, account: AccountId, page: Page) -> Result<Paged<EnvView>, ServiceError> {
        let directory = self.state.directory.load_full();
        let mut envs: Vec<EnvView> = directory.account(account)?.envs().map(|env| EnvView::from(&env.record)).collect();
        envs.sort_by_key(|env| (env.created_at, env.id));
        Ok(Paged::of(envs, &page))
    }

    /// One env var.
    pub async fn get_env(&self, account: AccountId, id: &str) -> Result<EnvView, ServiceError> {
        self.env(account, id).map(|env| EnvView::from(&env.record))
    }

    /// Makes an env var.
    pub async fn create_env(&self, account: AccountId, body: Bytes) -> Result<EnvView, ServiceError> {
        let new = NewEnv::parse(&body)?;
        self.state.write(Area::Account(account), move |state, change| create(state, change, account, new)).await
    }

    /// Gives an env var a new value, which is used from the next execution on.
    pub async fn update_env(&self, account: AccountId, id: &str, body: Bytes) -> Result<EnvView, ServiceError> {
        let id = self.env(account, id)?.record.id;
        let new = NewValue::parse(&body)?;
        self.write_renewing(account, move |state, change, renewals| update(state, change, renewals, account, id, new.clone())).await
    }

    /// Deletes an env var, and its links from hooks.
    pub async fn delete_env(&self, account: AccountId, id: &str) -> Result<(), ServiceError> {
        let id = self.env(account, id)?.record.id;
        self.write_renewing(account, move |state, change, renewals| delete(state, change, renewals, account, id)).await
    }

    fn env(&self, account: AccountId, id: &str) -> Result<Arc<EnvVar>, ServiceError> {
        let id = id.parse().map_err(|_| ServiceError::NotFound)?;
        self.state.directory.load().account(account)?.env(id).cloned()
    }
}

pub(super) fn create(state: &State, change: &mut Transaction, account: AccountId, new: NewEnv) -> Result<EnvView, ServiceError> {
    let NewEnv { name, value, sealed_for } = new;
    if change.directory.account(account)?.env_named(&name).is_some() {
        let message = format!("instance.name is taken: the environment variable \"{name}\" exists");
        return Err(ServiceError::invalid("name", message));
    }
    check_room("environment variables", change.directory.account(account)?.env_count(), state.limits.account_env_vars)?;
    let (id, now) = (EnvId::random(), state.now());
    let sealed = seal(state, account, id, &name, &value)?;
    let record = EnvRecord { id, name, sealed, sealed_for, created_at: now, updated_at: now };
    change.batch.require_absent(records::env_key(account, id));
    put(change, account, record, value)
}

pub(super) fn update(
    state: &State,
    change: &mut Transaction,
    renewals: &Renewals,
    account: AccountId,
    id: EnvId,
    new: NewValue,
) -> Result<EnvView, ServiceError> {
    let NewValue { value, sealed_for } = new;
    let before = change.directory.account(account)?.env(id)?.record.clone();
    let sealed = seal(state, account, id, &before.name, &value)?;
    let linked: Vec<HookId> = change.directory.account(account)?.linked_to(&before.name).map(|hook| hook.record.id).collect();
    let view = put(
        change,
        account,
        EnvRecord { sealed, sealed_for: sealed_for.or_else(|| before.sealed_for.clone()), updated_at: state.now(), ..before },
        value,
    )?;
    renew(state, change, renewals, account, &linked)?;
    Ok(view)
}

fn put(change: &mut Transaction, account: AccountId, record: EnvRecord, value: Secret) -> Result<EnvView, ServiceError> {
    let view = EnvView::from(&record);
    records::put_env(&mut change.batch, account, &record)?;
    change.directory.account_mut(account)?.put_env(EnvVar { record, value })?;
    Ok(view)
}

pub(super) fn delete(
    state: &State,
    change: &mut Transaction,
    renewals: &Renewals,
    account: AccountId,
    id: EnvId,
) -> Result<(), ServiceError> {
    let name = change.directory.account(account)?.env(id)?.record.name.clone();
    let linked: Vec<HookId> = change.directory.account(account)?.linked_to(&name).map(|hook| hook.record.id).collect();
    let hooks = change.directory.account_mut(account)?.remove_env(id)?;
    change.batch.delete(records::env_key(account, id));
    hooks.iter().try_for_each(|hook| records::put_hook(&mut change.batch, account, hook))?;
    renew(state, change, renewals, account, &linked)
}

fn seal(state: &State, account: AccountId, id: EnvId, name: &EnvName, value: &Secret) -> Result<String, ServiceError> {
    let sealed = state.vault.seal(account.get(), &id.to_string(), name.as_str(), value);
    let sealed = sealed.map_err(|error| ServiceError::Internal(format!("a value cannot be sealed: {error}")))?;
    Ok(STANDARD.encode(sealed))
}
