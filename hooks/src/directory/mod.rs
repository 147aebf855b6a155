//! All accounts with their hooks and env vars, and all credentials, in memory. The directory is a projection of the store, read as one
//! immutable snapshot, so that no request waits for a lock or for the disk.
//!
//! A change is made on a copy that shares everything unchanged. The copy is published after the store has committed the change.

mod account;
mod hook;
mod load;
pub(crate) mod records;
mod trust;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hookbox_packages::Lock;
use hookbox_runtime::AccountTls;

use crate::error::ServiceError;
use crate::hook_type::Registry;
use crate::ids::{AccountId, ClientId, HookId};
use crate::resources::{AccountRecord, Build, CredentialRecord, Scope};
use crate::sandbox::PreparedFunction;

pub(crate) use account::{Account, EnvVar};
pub(crate) use hook::{Hook, Policy, Serving};
pub(crate) use load::{load, unsealed};
pub(crate) use trust::{account_tls, seal_key, unseal_key};

/// One snapshot of all records.
#[derive(Clone)]
pub(crate) struct Directory {
    registry: Registry,
    accounts: BTreeMap<AccountId, Arc<Account>>,
    /// The accounts of hooks, for callers who know a hook only. [`Directory::indexed`] makes it agree with `accounts`.
    owners: Arc<HashMap<HookId, AccountId>>,
    credentials: Arc<HashMap<ClientId, Arc<CredentialRecord>>>,
}

impl Directory {
    /// An empty directory.
    pub(crate) fn new(registry: Registry) -> Self {
        Self { registry, accounts: BTreeMap::new(), owners: Arc::default(), credentials: Arc::default() }
    }

    /// The hook types of the server.
    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn account(&self, id: AccountId) -> Result<&Arc<Account>, ServiceError> {
        self.accounts.get(&id).ok_or(ServiceError::NotFound)
    }

    /// An account, to be changed in this copy.
    pub(crate) fn account_mut(&mut self, id: AccountId) -> Result<&mut Account, ServiceError> {
        self.accounts.get_mut(&id).map(Arc::make_mut).ok_or(ServiceError::NotFound)
    }

    /// A hook of any account, and its account.
    pub(crate) fn hook(&self, id: HookId) -> Result<(&Arc<Account>, &Arc<Hook>), ServiceError> {
        let account = self.account(*self.owners.get(&id).ok_or(ServiceError::NotFound)?)?;
        Ok((account, account.hook(id)?))
    }

    /// This directory, made of another one, with an index that knows its hooks.
    pub(crate) fn indexed(mut self, before: &Self) -> Self {
        let old = |id: &AccountId| before.accounts.get(id);
        let changed: Vec<_> = self.accounts.iter().filter(|(id, account)| old(id).is_none_or(|old| !Arc::ptr_eq(old, account))).collect();
        let is_new = |id: &HookId| !self.owners.contains_key(id);
        let added = |account: &Account| account.hooks().map(|hook| hook.record.id).filter(is_new).collect::<Vec<_>>();
        let added: Vec<_> = changed.iter().flat_map(|(id, account)| added(account).into_iter().map(|hook| (hook, **id))).collect();
        let gone = |account: &Arc<Account>, now: &Arc<Account>| {
            account.hooks().map(|hook| hook.record.id).filter(|id| now.hook(*id).is_err()).collect::<Vec<_>>()
        };
        let gone: Vec<_> = changed.iter().filter_map(|(id, now)| Some(gone(old(id)?, now))).flatten().collect();
        if !added.is_empty() || !gone.is_empty() {
            let owners = Arc::make_mut(&mut self.owners);
            for id in &gone {
                owners.remove(id);
            }
            owners.extend(added);
        }
        self
    }

    /// Every account, by id.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.values()
    }

    /// The id for the next account.
    pub(crate) fn next_account(&self) -> Result<AccountId, ServiceError> {
        let last = self.accounts.last_key_value().map(|(id, _)| *id);
        let next = last.map_or(Some(AccountId::OPERATOR), AccountId::next);
        next.ok_or_else(|| ServiceError::Internal("the account ids are used up".into()))
    }

    /// Adds an account without hooks, or replaces the record of an existing one. `tls` is what [`account_tls`] makes of the record.
    pub(crate) fn put_account(&mut self, record: AccountRecord, tls: Option<Arc<AccountTls>>) -> Result<(), ServiceError> {
        match self.accounts.get_mut(&record.id) {
            Some(account) => Arc::make_mut(account).set_record(record, tls, &self.registry),
            None => {
                self.accounts.insert(record.id, Arc::new(Account::new(record, tls, &self.registry)));
                Ok(())
            }
        }
    }

    /// The credential with this client id.
    pub(crate) fn credential(&self, client_id: &str) -> Option<&Arc<CredentialRecord>> {
        self.credentials.get(client_id)
    }

    /// Every credential, in no particular order.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &Arc<CredentialRecord>> {
        self.credentials.values()
    }

    /// Adds a credential, or replaces it.
    pub(crate) fn put_credential(&mut self, record: CredentialRecord) {
        Arc::make_mut(&mut self.credentials).insert(record.client_id.clone(), Arc::new(record));
    }

    pub(crate) fn remove_credential(&mut self, client_id: &ClientId) {
        Arc::make_mut(&mut self.credentials).remove(client_id);
    }

    /// Whether a credential other than `client_id` can operate the server.
    pub(crate) fn has_another_operator(&self, client_id: &ClientId) -> bool {
        self.credentials().any(|one| one.client_id != *client_id && one.scopes.allow(Scope::Operate))
    }

    /// What the packages of the newest and the serving versions were resolved to.
    pub(crate) fn locks(&self) -> impl Iterator<Item = &Lock> {
        let hooks = self.accounts.values().flat_map(|account| account.hooks());
        let specs = hooks.flat_map(|hook| [Some(&hook.record.spec), hook.record.ready.as_ref().map(|ready| &ready.spec)]);
        specs.flatten().filter_map(|spec| spec.lock.as_deref())
    }

    /// The number of accounts.
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.len()
    }

    /// This directory with what a change made of another one. What the change left as it was stays as it is here, so that changes of different
    /// accounts do not undo each other.
    pub(crate) fn with_changes(&self, before: &Self, changed: &Self) -> Self {
        let mut merged = self.clone();
        let is_other = |id: &AccountId, account: &Arc<Account>| before.accounts.get(id).is_none_or(|old| !Arc::ptr_eq(old, account));
        let changes = changed.accounts.iter().filter(|(id, account)| is_other(id, account));
        merged.accounts.extend(changes.map(|(id, account)| (*id, account.clone())));
        if !Arc::ptr_eq(&before.credentials, &changed.credentials) {
            merged.credentials = changed.credentials.clone();
        }
        merged.indexed(self)
    }

    /// The versions of hooks that serve here and no longer in `after`, which was made of this directory.
    pub(crate) fn stopped(&self, after: &Self) -> Vec<(HookId, u32)> {
        let changed = after.accounts.iter().filter_map(|(id, account)| {
            let before = self.accounts.get(id)?;
            (!Arc::ptr_eq(before, account)).then_some((before, account))
        });
        let versions = changed.flat_map(|(before, after)| {
            before.hooks().filter_map(move |hook| {
                let version = hook.serving.as_ref()?.version;
                let still = after.hook(hook.record.id).ok().and_then(|hook| Some(hook.serving.as_ref()?.version));
                (still != Some(version)).then_some((hook.record.id, version))
            })
        });
        versions.collect()
    }

    /// Removes from a list the builds that a hook of any account needs.
    pub(crate) fn retain_unused<T>(&self, builds: &mut Vec<(Build, T)>) {
        for used in self.accounts().flat_map(|account| account.builds()) {
            builds.retain(|(build, _)| *build != used);
        }
    }

    /// The prepared function of this build, if a hook is served by it.
    pub(crate) fn function(&self, build: &Build) -> Option<Arc<dyn PreparedFunction>> {
        let mut hooks = self.accounts().flat_map(|account| account.hooks());
        hooks.find_map(|hook| {
            let is_it = hook.record.ready.as_ref().is_some_and(|ready| ready.spec.build(hook.record.hook_type) == *build);
            hook.serving.as_ref().filter(|_| is_it).map(|serving| serving.function.clone())
        })
    }
}
