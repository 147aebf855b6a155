//! Accounts and credentials, as an operator manages them. The gateways check that the caller is an operator.

use std::sync::Arc;

use bytes::Bytes;
use hookbox_host_api::Secret;
use hookbox_runtime::AccountTls;

use super::{Page, Paged, Service};
use crate::directory::{account_tls, records, seal_key};
use crate::error::{ServiceError, check_room};
use crate::ids::{AccountId, ClientId};
use crate::networks::Networks;
use crate::resources::{AccountInput, AccountRecord, AccountView, CredentialInput, CredentialRecord, CredentialView, Scope};
use crate::state::{Area, State, Transaction};

impl Service {
    /// Makes account 1 and its credential with `operate` and `manage`, unless an account exists.
    pub async fn bootstrap(&self, client_id: ClientId, secret: Secret) -> Result<(), ServiceError> {
        let make = move |state: &State, change: &mut Transaction| {
            if change.directory.accounts().next().is_some() {
                return Err(ServiceError::Conflict("The server has accounts already".into()));
            }
            let account = put_account(state, change, AccountInput::default())?;
            let scopes = [Scope::Operate, Scope::Manage].into_iter().collect();
            let input = CredentialInput { account: None, scopes, name: None, allowed_addresses: Networks::default() };
            put_credential(state, change, account.id, client_id, &secret, input).map(|_| ())
        };
        self.state.write(Area::Server, make).await
    }

    /// The accounts of the server, by id.
    pub async fn list_accounts(&self, page: Page) -> Result<Paged<AccountView>, ServiceError> {
        let directory = self.state.directory.load_full();
        Ok(Paged::of(directory.accounts().map(|account| AccountView::new(&account.record, &self.registry)).collect(), &page))
    }

    /// One account.
    pub async fn get_account(&self, id: &str) -> Result<AccountView, ServiceError> {
        let id = id.parse().map_err(|_| ServiceError::NotFound)?;
        Ok(AccountView::new(&self.state.directory.load().account(id)?.record, &self.registry))
    }

    /// Makes an account.
    pub async fn create_account(&self, body: Bytes) -> Result<AccountView, ServiceError> {
        let input = AccountInput::parse(&body, &self.registry, &self.state.limits)?;
        self.state.write(Area::Server, move |state, change| put_account(state, change, input)).await
    }

    /// Changes an account's name or settings.
    pub async fn update_account(&self, id: &str, body: Bytes) -> Result<AccountView, ServiceError> {
        let id: AccountId = id.parse().map_err(|_| ServiceError::NotFound)?;
        self.state.directory.load().account(id)?;
        let input = AccountInput::parse(&body, &self.registry, &self.state.limits)?;
        let update = move |state: &State, change: &mut Transaction| {
            let registry = change.directory.registry().clone();
            let before = change.directory.account(id)?.clone();
            let record = input.apply(&before.record, &registry, state.now(), &|fingerprint, key| seal(state, id, fingerprint, key))?;
            let is_same = before.record.client_keys == record.client_keys
                && before.record.settings.client_certificates == record.settings.client_certificates
                && before.record.settings.egress_ca == record.settings.egress_ca;
            let tls = if is_same { before.tls.clone() } else { tls(state, &record)? };
            records::put_account(&mut change.batch, &record)?;
            let view = AccountView::new(&record, &registry);
            change.directory.put_account(record, tls)?;
            Ok(view)
        };
        self.state.write(Area::Account(id), update).await
    }

    /// The credentials of the server, or of one account; oldest first.
    pub async fn list_credentials(&self, account: Option<AccountId>, page: Page) -> Result<Paged<CredentialView>, ServiceError> {
        let directory = self.state.directory.load_full();
        let listed = directory.credentials().filter(|one| account.is_none_or(|account| account == one.account));
        let mut views: Vec<CredentialView> = listed.map(|one| CredentialView::from(&**one)).collect();
        views.sort_by(|a, b| (a.created_at, &a.client_id).cmp(&(b.created_at, &b.client_id)));
        Ok(Paged::of(views, &page))
    }

    /// Makes a credential, for the caller's account unless the body names another. Only this answer shows the secret.
    pub async fn create_credential(&self, caller: AccountId, body: Bytes) -> Result<(CredentialView, Secret), ServiceError> {
        let input = CredentialInput::parse(&body, &self.state.limits)?;
        let account = input.account.unwrap_or(caller);
        let client_id = random_text()?.expose().parse().map_err(|_| ServiceError::Internal("a client id was not made".into()))?;
        let secret = random_text()?;
        let kept = secret.clone();
        let make = move |state: &State, change: &mut Transaction| put_credential(state, change, account, client_id, &kept, input);
        Ok((self.state.write(Area::Server, make).await?, secret))
    }

    /// Deletes a credential and revokes its tokens. The last one with `operate` stays, because the server could not be operated without it.
    pub async fn delete_credential(&self, client_id: &str) -> Result<(), ServiceError> {
        let client_id = client_id.parse().map_err(|_| ServiceError::NotFound)?;
        self.state.write(Area::Server, move |_, change| delete_credential(change, &client_id)).await
    }

    /// Revokes all tokens of a credential that were issued so far.
    pub async fn bump_generation(&self, client_id: &ClientId) -> Result<(), ServiceError> {
        let client_id = client_id.clone();
        let bump = move |_: &State, change: &mut Transaction| {
            let mut record = find(change, &client_id)?;
            record.generation = record.generation.saturating_add(1);
            records::put_credential(&mut change.batch, &record)?;
            change.directory.put_credential(record);
            Ok(())
        };
        self.state.write(Area::Server, bump).await
    }
}

fn find(change: &Transaction, client_id: &ClientId) -> Result<CredentialRecord, ServiceError> {
    change.directory.credential(client_id.as_str()).map(|one| CredentialRecord::clone(one)).ok_or(ServiceError::NotFound)
}

fn put_account(state: &State, change: &mut Transaction, input: AccountInput) -> Result<AccountView, ServiceError> {
    check_room("accounts", change.directory.account_count(), state.limits.accounts)?;
    let registry = change.directory.registry().clone();
    let id = change.directory.next_account()?;
    let record = input.create(id, &registry, state.now(), &|fingerprint, key| seal(state, id, fingerprint, key))?;
    let tls = tls(state, &record)?;
    change.batch.require_absent(records::account_key(record.id));
    records::put_account(&mut change.batch, &record)?;
    let view = AccountView::new(&record, &registry);
    change.directory.put_account(record, tls)?;
    Ok(view)
}

fn tls(state: &State, record: &AccountRecord) -> Result<Option<Arc<AccountTls>>, ServiceError> {
    account_tls(&state.vault, record).map_err(|error| ServiceError::Internal(format!("a client certificate cannot be opened: {error}")))
}

fn seal(state: &State, account: AccountId, fingerprint: &str, key: &Secret) -> Result<String, ServiceError> {
    seal_key(&state.vault, account, fingerprint, key).map_err(|error| ServiceError::Internal(format!("a key cannot be sealed: {error}")))
}

fn put_credential(
    state: &State,
    change: &mut Transaction,
    account: AccountId,
    client_id: ClientId,
    secret: &Secret,
    input: CredentialInput,
) -> Result<CredentialView, ServiceError> {
    if change.directory.account(account).is_err() {
        return Err(ServiceError::invalid("account_id", "instance.account_id is not the id of an account"));
    }
    if input.scopes.allow(Scope::Operate) && account != AccountId::OPERATOR {
        return Err(ServiceError::invalid(
            "scopes",
            format!("instance.scopes may hold \"operate\" in account {} only", AccountId::OPERATOR),
        ));
    }
    let have = change.directory.credentials().filter(|one| one.account == account).count();
    check_room("credentials of the account", have, state.limits.account_credentials)?;
    let secret_hash = state.vault.secret_hash(secret.expose());
    let CredentialInput { scopes, name, allowed_addresses, .. } = input;
    let created_at = state.now();
    let record = CredentialRecord { client_id, account, name, scopes, secret_hash, generation: 0, created_at, allowed_addresses };
    change.batch.require_absent(records::credential_key(account, &record.client_id));
    records::put_credential(&mut change.batch, &record)?;
    let view = CredentialView::from(&record);
    change.directory.put_credential(record);
    Ok(view)
}

fn delete_credential(change: &mut Transaction, client_id: &ClientId) -> Result<(), ServiceError> {
    let record = find(change, client_id)?;
    if record.scopes.allow(Scope::Operate) && !change.directory.has_another_operator(client_id) {
        return Err(ServiceError::Conflict("This is the last credential with the scope 'operate': make another one first".into()));
    }
    change.batch.delete(records::credential_key(record.account, client_id));
    change.directory.remove_credential(client_id);
    Ok(())
}

/// 64 random hexadecimal digits.
fn random_text() -> Result<Secret, ServiceError> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| ServiceError::Internal("the system gives no random bytes".into()))?;
    let mut text = String::with_capacity(64);
    for byte in bytes.iter() {
        text.extend([byte >> 4, byte & 15].into_iter().filter_map(|half| char::from_digit(half.into(), 16)));
    }
    Ok(Secret::new(text))
}
