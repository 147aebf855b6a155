//! Checks a folder: reads every record, compares every function with its digest, opens every env value and every client key.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::ControlFlow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Folder, OfflineError};
use crate::cache;
use crate::directory::records::{credential_key, decode, env_key, hook_key};
use crate::directory::{account_tls, unsealed};
use crate::ids::AccountId;
use crate::logs::{LogEntry, check_index, check_row};
use crate::resources::{AccountRecord, CredentialRecord, EnvRecord, HookRecord};
use crate::store::{Digest, Functions, Key, KeyRange, KeyReader, Kind, Order, SERVER, Store, StoreError, is_indexed};
use crate::vault::Vault;

/// The most problems that are listed; further ones are only counted.
const TOLD: usize = 100;

/// The contents of a folder, and its problems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Accounts.
    pub accounts: u64,
    /// Credentials.
    pub credentials: u64,
    /// Hooks.
    pub hooks: u64,
    /// Env vars.
    pub env_vars: u64,
    /// Env vars whose values were opened: all of them, or zero without the key.
    pub opened: u64,
    /// Client certificates of accounts.
    pub client_certificates: u64,
    /// Functions of accounts.
    pub functions: u64,
    /// Entries in the logs.
    pub log_entries: u64,
    /// Values that functions keep for a while.
    pub cached_values: u64,
    /// The first hundred problems, a sentence each.
    pub problems: Vec<String>,
    /// The number of all problems.
    pub problem_count: u64,
}

/// Checks everything in a folder.
///
/// # Errors
/// When the store cannot be opened, or the key is not the store's.
pub fn verify(folder: &Folder) -> Result<Checked, OfflineError> {
    let opened = folder.open()?;
    Ok(check(&*opened.store, &opened.functions, Some(&opened.vault)))
}

/// Checks everything in a store; the values of env vars where there is a key.
pub(super) fn check(store: &dyn Store, functions: &Functions, vault: Option<&Vault>) -> Checked {
    // Where this cannot be read, the index cannot, which is told.
    let indexed = is_indexed(store).unwrap_or_default();
    let mut survey = Survey { vault, indexed, ..Survey::default() };
    // A visitor must not call the store, so it notes what has to be looked up afterwards.
    let visit = &mut |key: &[u8], value: &[u8]| {
        survey.visit(key, value);
        ControlFlow::Continue(())
    };
    match store.scan(KeyRange::all(), Order::Ascending, visit) {
        Ok(()) => {
            survey.look_up(functions);
            survey.look_into_index(store);
        }
        // What was not read cannot be missed.
        Err(error) => survey.problem(format!("the records after these cannot be read: {error}")),
    }
    survey.checked
}

#[derive(Default)]
struct Survey<'a> {
    vault: Option<&'a Vault>,
    /// Whether the log has the index of the present format.
    indexed: bool,
    checked: Checked,
    accounts: BTreeSet<u64>,
    /// Accounts that records refer to.
    owners: BTreeSet<u64>,
    /// Functions that exist, by account.
    present: BTreeSet<(u64, Digest)>,
    /// Functions that a hook needs, by account.
    needed: BTreeSet<(u64, Digest)>,
}

impl Survey<'_> {
    fn visit(&mut self, key: &[u8], value: &[u8]) {
        let (Some(account), Some(kind)) = (KeyReader::account_of(key), KeyReader::kind_of(key)) else {
            return self.problem("a record has a key that is none");
        };
        if account == SERVER {
            // The server's own records were read when store and vault were opened. References to blobs are checked from the functions.
            return;
        }
        let Ok(id) = AccountId::new(account) else { return };
        let read = match kind {
            Kind::Meta => Ok(()),
            Kind::Account => self.account(id, value),
            Kind::Credential => self.credential(id, key, value),
            Kind::Hook => self.hook(id, key, value),
            Kind::EnvVar => self.env_var(id, key, value),
            Kind::Function => self.function(key),
            Kind::Log => self.log_entry(key, value),
            Kind::LogIndex if self.indexed => check_row(key, value),
            // It will be made anew.
            Kind::LogIndex => Ok(()),
            Kind::Cache => self.cached_value(key, value),
        };
        if let Err(error) = read {
            self.problem(format!("account {account}: {error}"));
        }
    }

    fn account(&mut self, id: AccountId, value: &[u8]) -> Result<(), StoreError> {
        let record: AccountRecord = decode("the account", value)?;
        self.accounts.insert(record.id.get());
        self.checked.accounts += 1;
        self.checked.client_certificates += record.settings.client_certificates.len() as u64;
        if let Some(vault) = self.vault {
            account_tls(vault, &record).map_err(|error| StoreError::Corrupt(format!("a client certificate: {error}")))?;
        }
        if record.id == id { Ok(()) } else { Err(misplaced("the account")) }
    }

    fn credential(&mut self, id: AccountId, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let record: CredentialRecord = self.record(id, "a credential", value)?;
        self.checked.credentials += 1;
        in_place("a credential", key, &credential_key(id, &record.client_id))
    }

    fn hook(&mut self, id: AccountId, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let record: HookRecord<String> = self.record(id, "a hook", value)?;
        self.checked.hooks += 1;
        self.needed.extend(record.digests().map(|digest| (id.get(), digest)));
        in_place("a hook", key, &hook_key(id, record.id))
    }

    fn env_var(&mut self, id: AccountId, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let record: EnvRecord = self.record(id, "an env var", value)?;
        self.checked.env_vars += 1;
        if let Some(vault) = self.vault {
            let opened = unsealed(vault, id, &record);
            opened.map_err(|error| StoreError::Corrupt(format!("the env var {}: {error}", record.name)))?;
            self.checked.opened += 1;
        }
        in_place("an env var", key, &env_key(id, record.id))
    }

    fn function(&mut self, key: &[u8]) -> Result<(), StoreError> {
        let (account, mut parts) = KeyReader::new(key, Kind::Function).ok_or_else(|| misplaced("a function"))?;
        let digest = parts.fixed::<32>().ok_or_else(|| misplaced("a function"))?;
        self.owners.insert(account);
        self.checked.functions += 1;
        self.present.insert((account, digest.into()));
        Ok(())
    }

    /// Log entries may exist for longer than their account.
    fn log_entry(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.checked.log_entries += 1;
        LogEntry::decode(key, value).map(drop)
    }

    fn cached_value(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.checked.cached_values += 1;
        cache::check_row(key, value, self.vault.map(Vault::cache_keys))
    }

    fn record<T: DeserializeOwned>(&mut self, account: AccountId, what: &str, value: &[u8]) -> Result<T, StoreError> {
        self.owners.insert(account.get());
        decode(what, value)
    }

    fn look_into_index(&mut self, store: &dyn Store) {
        let missing = |account: u64, id: &str| self.problem(format!("account {account}: the index does not lead to the log entry {id}"));
        if let Err(error) = check_index(store, missing) {
            self.problem(format!("the log's index cannot be read: {error}"));
        }
    }

    fn look_up(&mut self, functions: &Functions) {
        for account in std::mem::take(&mut self.owners).difference(&self.accounts.clone()) {
            self.problem(format!("account {account} has records, and none of its own"));
        }
        for (account, digest) in self.needed.difference(&self.present).copied().collect::<Vec<_>>() {
            self.problem(format!("account {account}: a hook needs the function {digest}, which is missing"));
        }
        for (account, digest) in std::mem::take(&mut self.present) {
            if let Err(error) = functions.get(account, &digest) {
                self.problem(format!("account {account}: {error}"));
            }
        }
    }

    fn problem(&mut self, problem: impl Display) {
        self.checked.problem_count += 1;
        if self.checked.problems.len() < TOLD {
            self.checked.problems.push(problem.to_string());
        }
    }
}

fn in_place(what: &str, key: &[u8], expected: &Key) -> Result<(), StoreError> {
    if key == expected.as_bytes() { Ok(()) } else { Err(misplaced(what)) }
}

fn misplaced(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is not where it belongs"))
}
