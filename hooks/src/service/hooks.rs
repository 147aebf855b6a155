//! Hooks: creates, changes, deletes and lists them. Admission decides whether a function can be used.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;

use super::{HookFilter, Page, Paged, Service};
use crate::clock::Timestamp;
use crate::directory::{Account, Hook, records};
use crate::error::{ServiceError, check_room};
use crate::hook_type::{HookType, Keeper, Registry, Settings};
use crate::ids::{AccountId, HookId, InvalidId};
use crate::resources::{
    AccountSettings, EnvView, HookInput, HookRecord, HookView, InputRules, Runtime, ServingView, Spec, Status, TopLevel, Upload,
};
use crate::state::{Area, State, Transaction, blocking};
use crate::store::StoreError;

/// Bodies of more bytes than this are read on a thread that may block.
const READ_INLINE_BYTES: usize = 64 << 10;

impl Service {
    /// The hook types of the server.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The hooks of an account, oldest first; with their functions if they are requested.
    pub async fn list_hooks(
        &self,
        account: AccountId,
        filter: HookFilter,
        page: Page,
        functions: bool,
    ) -> Result<Paged<HookView>, ServiceError> {
        let directory = self.state.directory.load_full();
        let fits = |hook: &&Arc<Hook>| {
            let record = &hook.record;
            filter.hook_type.is_none_or(|one| one == record.hook_type)
                && filter.dialect.is_none_or(|one| one == record.hook_type.dialect)
                && filter.disabled.is_none_or(|one| one == record.disabled)
        };
        let mut hooks: Vec<Arc<Hook>> = directory.account(account)?.hooks().filter(fits).cloned().collect();
        hooks.sort_by_key(position);
        if !functions {
            return Paged::filled(&hooks, &page, position, |hook| Ok(view(account, hook)));
        }
        let (shown, asked) = (hooks.clone(), page.clone());
        let whole = move |state: &State| Ok(Paged::filled(&shown, &asked, position, |hook| Ok(whole_view(state, account, hook)?)));
        if let Ok(page) = self.state.read(whole).await? {
            return Ok(page);
        }
        // The reason may be a function that an update has just taken away, a damaged one, or the cursor.
        self.state.published(account).await;
        self.state.read(move |state| Paged::filled(&hooks, &page, position, |hook| Ok(present_view(state, account, hook)))).await
    }

    /// One hook, with its function.
    pub async fn get_hook(&self, account: AccountId, id: &str) -> Result<HookView, ServiceError> {
        let hook = self.hook(account, id)?;
        let shown = hook.clone();
        if let Ok(view) = self.state.read(move |state| Ok(whole_view(state, account, &shown))).await? {
            return Ok(view);
        }
        self.state.published(account).await;
        self.state.read(move |state| Ok(present_view(state, account, &hook))).await
    }

    /// The type of a hook.
    pub fn type_of(&self, account: AccountId, id: &str) -> Result<HookType, ServiceError> {
        Ok(self.hook(account, id)?.record.hook_type)
    }

    /// Creates a hook and queues it for admission.
    pub async fn create_hook(&self, account: AccountId, input: HookInput) -> Result<HookView, ServiceError> {
        let view = self.state.write(Area::Account(account), move |state, change| create(state, change, account, &input)).await?;
        self.admission.queue(account, view.id);
        Ok(view)
    }

    /// Changes a hook. A change to what a version freezes makes a new version and queues it for admission. The previous version serves
    /// until the new one is ready.
    pub async fn update_hook(&self, account: AccountId, id: &str, input: HookInput) -> Result<HookView, ServiceError> {
        let id = self.hook(account, id)?.record.id;
        let view = self.state.write(Area::Account(account), move |state, change| update(state, change, account, id, &input)).await?;
        if view.status.is_pending() {
            self.admission.queue(account, id);
        }
        Ok(view)
    }

    /// Deletes a hook with its versions and functions. Its log entries stay until their retention ends.
    pub async fn delete_hook(&self, account: AccountId, id: &str) -> Result<(), ServiceError> {
        let id = self.hook(account, id)?.record.id;
        self.state.write(Area::Account(account), move |state, change| delete(state, change, account, id)).await
    }

    /// The account's env vars of these names, in this order. Names that do not exist are left out.
    pub fn envs_named(&self, account: AccountId, names: &[String]) -> Result<Vec<EnvView>, ServiceError> {
        let directory = self.state.directory.load();
        let account = directory.account(account)?;
        let named = |name: &String| account.envs().find(|env| env.record.name.as_str() == name);
        Ok(names.iter().filter_map(named).map(|env| EnvView::from(&env.record)).collect())
    }

    /// The settings that an operator made for an account.
    pub fn settings(&self, account: AccountId) -> Result<AccountSettings, ServiceError> {
        Ok(self.state.directory.load().account(account)?.record.settings.clone())
    }

    /// A hook of the account, as it is now.
    pub(super) fn hook(&self, account: AccountId, id: &str) -> Result<Arc<Hook>, ServiceError> {
        let id = id.parse().map_err(|_| ServiceError::NotFound)?;
        self.state.directory.load().account(account)?.hook(id).cloned()
    }

    /// The rules for the bodies of hooks of these types.
    pub fn input_rules(&self, types: Vec<HookType>) -> InputRules {
        InputRules { limits: self.state.limits, types, lenient: true }
    }

    /// Reads the body of a hook as `/v1` has it.
    pub async fn read_hook(&self, body: Bytes) -> Result<HookInput, ServiceError> {
        let (rules, registry) = (self.input_rules(self.registry.types().to_vec()), self.registry.clone());
        read_body(body, move |body| HookInput::parse(body, &rules, &registry)).await
    }
}

/// Reads a body, on another thread if it is long.
pub async fn read_body<T: Send + 'static>(
    body: Bytes,
    read: impl FnOnce(&[u8]) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    if body.len() <= READ_INLINE_BYTES {
        return read(&body);
    }
    blocking(move || read(&body)).await
}

/// Where a hook stands in a list: by its age.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Position(Timestamp, HookId);

fn position(hook: &Arc<Hook>) -> Position {
    Position(hook.record.created_at, hook.record.id)
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.0, self.1)
    }
}

impl FromStr for Position {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (created_at, id) = text.split_once('_').ok_or(InvalidId)?;
        Ok(Self(created_at.parse().map_err(|_| InvalidId)?, id.parse()?))
    }
}

fn view(account: AccountId, hook: &Hook) -> HookView {
    HookView::new(account, &hook.record, serving_view(hook))
}

fn whole_view(state: &State, account: AccountId, hook: &Hook) -> Result<HookView, StoreError> {
    let function = state.function(account, &hook.record.spec.function.digest)?;
    Ok(view(account, hook).with_function(&function).with_lock(hook.record.spec.lock.clone()))
}

/// The view of a hook as it is by now, for a function that could not be read: an update may have taken it away. Damage leaves the rest to be
/// seen, and the message says why.
fn present_view(state: &State, account: AccountId, hook: &Arc<Hook>) -> HookView {
    let directory = state.directory.load();
    let present = directory.account(account).and_then(|account| account.hook(hook.record.id)).unwrap_or(hook);
    whole_view(state, account, present).unwrap_or_else(|error| faulty_view(account, present, &error))
}

fn faulty_view(account: AccountId, hook: &Hook, error: &StoreError) -> HookView {
    tracing::error!(%account, hook = %hook.record.id, %error, "a function cannot be read");
    let view = view(account, hook);
    let fault = || format!("the server's copy of the function cannot be read: {error}");
    HookView { status_message: view.status_message.or_else(|| Some(fault())), ..view }
}

/// The serving version. A version that was ready and can no longer be prepared does not serve.
fn serving_view(hook: &Hook) -> ServingView {
    let Some(serving) = &hook.serving else { return ServingView::default() };
    let version = Some(serving.version);
    if hook.record.ready.as_ref().is_none_or(|ready| ready.spec.runtime == Runtime::Wasm) {
        return ServingView { version, ..ServingView::default() };
    }
    let reason = serving.function.evaluated_because();
    let top_level = match (reason, serving.function.holds_env()) {
        (Some(_), _) => TopLevel::Evaluated,
        (None, true) => TopLevel::FrozenWithEnv,
        (None, false) => TopLevel::Frozen,
    };
    ServingView { version, top_level: Some(top_level), reason }
}

/// A version with settings that can be stored: its secrets are hashes.
pub(super) fn kept(state: &State, hook_type: HookType, before: &Settings, mut spec: Spec) -> Spec {
    hook_type.rules.keep(before, &mut spec.settings, state);
    spec
}

impl Keeper for State {
    fn hash(&self, secret: &str) -> String {
        STANDARD_NO_PAD.encode(self.vault.secret_hash(secret))
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }
}

pub(super) fn create(state: &State, change: &mut Transaction, id: AccountId, input: &HookInput) -> Result<HookView, ServiceError> {
    let account = change.directory.account_mut(id)?;
    let (hook_type, spec) = input.create(&account.record.settings)?;
    let spec = kept(state, hook_type, &Settings::new(), spec);
    let now = state.now();
    let record = HookRecord {
        id: HookId::random(),
        hook_type,
        disabled: input.disabled.unwrap_or(false),
        version: 1,
        spec,
        status: Status::CreateQueued,
        status_message: None,
        ready: None,
        created_at: now,
        updated_at: now,
    };
    account.check_links(&record.spec.env_vars)?;
    check_room("hooks", account.hook_count(), state.limits.account_hooks)?;
    check_type_room(account, &record)?;
    check_deployments(state, account)?;
    check_live(account, &record)?;
    let upload = input.function.as_ref().ok_or_else(|| ServiceError::Internal("a checked hook has no function".into()))?;
    account.put_hook(record.clone());
    change.batch.require_absent(records::hook_key(id, record.id));
    store(change, id, &record, Some(upload))?;
    Ok(HookView::new(id, &record, ServingView::default()).with_function(&upload.bytes))
}

fn update(state: &State, change: &mut Transaction, id: AccountId, hook: HookId, input: &HookInput) -> Result<HookView, ServiceError> {
    let account = change.directory.account(id)?;
    let before = account.hook(hook)?.record.clone();
    let spec = input.revise(before.hook_type, &before.spec, &account.record.settings)?;
    let spec = kept(state, before.hook_type, &before.spec.settings, spec);
    let record = revised(&before, spec, input.disables(before.disabled), input.changes_version(), state)?;
    put(state, change, id, &before, &record, input.function.as_ref())?;
    let hook = change.directory.account(id)?.hook(hook)?;
    match &input.function {
        Some(upload) if record != before => Ok(view(id, hook).with_function(&upload.bytes)),
        _ => Ok(whole_view(state, id, hook).unwrap_or_else(|error| faulty_view(id, hook, &error))),
    }
}

/// Replaces a record with another one, and releases what the account no longer needs.
pub(super) fn put(
    state: &State,
    change: &mut Transaction,
    id: AccountId,
    before: &HookRecord,
    record: &HookRecord,
    upload: Option<&Upload>,
) -> Result<(), ServiceError> {
    if record == before {
        return Ok(());
    }
    let account = change.directory.account_mut(id)?;
    account.check_links(&record.spec.env_vars)?;
    check_live(account, record)?;
    if record.status.is_pending() && !before.status.is_pending() {
        check_deployments(state, account)?;
    }
    account.put_hook(record.clone());
    store(change, id, record, upload)?;
    let needed: Vec<_> = record.builds().collect();
    let ready = before.ready.as_ref().map(|ready| &ready.spec);
    for build in
        [Some(&before.spec), ready].into_iter().flatten().map(|spec| spec.build(before.hook_type)).filter(|build| !needed.contains(build))
    {
        change.release(state, id, build)?;
    }
    Ok(())
}

/// The record after an update. With `again`, a version that failed is tried again, even if nothing in it is new.
pub(super) fn revised(before: &HookRecord, spec: Spec, disabled: bool, again: bool, state: &State) -> Result<HookRecord, ServiceError> {
    let mut record = HookRecord { disabled, spec, ..before.clone() };
    if record.spec != before.spec || (before.status.is_failed() && again) {
        let used_up = || ServiceError::Conflict("The hook has no version numbers left".into());
        record.version = before.version.checked_add(1).ok_or_else(used_up)?;
        // As long as no version was ready, every new one has the status of a first version.
        record.status = if before.ready.is_some() { Status::UpdateQueued } else { Status::CreateQueued };
        record.status_message = None;
    }
    if record != *before {
        record.updated_at = state.now();
    }
    Ok(record)
}

pub(super) fn delete(state: &State, change: &mut Transaction, id: AccountId, hook: HookId) -> Result<(), ServiceError> {
    let account = change.directory.account_mut(id)?;
    let record = account.hook(hook)?.record.clone();
    account.remove_hook(hook);
    change.batch.delete(records::hook_key(id, hook));
    change.release_hook(id, hook);
    let mut builds: Vec<_> = record.builds().collect();
    builds.dedup();
    builds.into_iter().try_for_each(|build| change.release(state, id, build))
}

fn store(change: &mut Transaction, id: AccountId, record: &HookRecord, upload: Option<&Upload>) -> Result<(), ServiceError> {
    if let Some(upload) = upload {
        change.upload(id, record.spec.function.digest, &upload.bytes);
    }
    records::put_hook(&mut change.batch, id, record)
}

/// Refuses a hook if the account already has as many of its type as it may have.
fn check_type_room(account: &Account, record: &HookRecord) -> Result<(), ServiceError> {
    let hook_type = record.hook_type;
    let most = hook_type.addressed.unwrap_or(account.record.settings.hooks_per_type);
    let have = account.hooks().filter(|hook| hook.record.hook_type == hook_type).count();
    match (u32::try_from(have).unwrap_or(u32::MAX) >= most, most) {
        (false, _) => Ok(()),
        (true, 1) => Err(ServiceError::Conflict(format!("The '{hook_type}' hook is synchronous and can only have one defined function"))),
        (true, _) => Err(ServiceError::Conflict(format!("The account has {most} '{hook_type}' hooks already, the most that it may have"))),
    }
}

/// Refuses one more deployment while too many of the account are under way.
fn check_deployments(state: &State, account: &Account) -> Result<(), ServiceError> {
    let (pending, most) = (account.pending(), state.limits.account_deployments);
    match pending < most {
        true => Ok(()),
        false => Err(ServiceError::Unavailable(format!(
            "{pending} hooks of the account wait to be prepared, the most that may; please try again"
        ))),
    }
}

/// Refuses a second enabled hook of a type, because one hook decides.
fn check_live(account: &Account, record: &HookRecord) -> Result<(), ServiceError> {
    match account.live(record.hook_type).filter(|live| !record.disabled && live.record.id != record.id) {
        None => Ok(()),
        Some(live) => {
            let (hook_type, id) = (record.hook_type, live.record.id);
            Err(ServiceError::Conflict(format!("The '{hook_type}' hook {id} is enabled, and only one of a type can be: disable it first")))
        }
    }
}
