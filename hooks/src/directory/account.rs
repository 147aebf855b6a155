//! One account in memory: its hooks, its env vars with their values, and which hook of each type is live.

use std::collections::BTreeMap;
use std::sync::Arc;

use hookbox_host_api::log::Mask;
use hookbox_host_api::{EnvVars, Secret};
use hookbox_runtime::{AccountTls, SealedVar};

use super::hook::{Hook, Serving, mask};
use crate::error::ServiceError;
use crate::hook_type::{Adapter, HookType, Registry, Settings};
use crate::ids::{EnvId, HookId};
use crate::resources::{AccountRecord, Build, EnvName, EnvRecord, HookRecord};
use crate::sandbox::PreparedFunction;
use crate::store::Digest;

/// An account and what is in it.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) record: AccountRecord,
    /// The authorities and the client certificates of its record.
    pub(crate) tls: Option<Arc<AccountTls>>,
    hooks: BTreeMap<HookId, Arc<Hook>>,
    envs: BTreeMap<EnvId, Arc<EnvVar>>,
    /// The same by name.
    named: BTreeMap<EnvName, Arc<EnvVar>>,
    /// The enabled hook of each type, for events to find.
    live: Vec<(HookType, Arc<Hook>)>,
    /// The adapters for events without a live hook, in the registry's order of types.
    adapters: Vec<Arc<dyn Adapter>>,
}

/// An env var and its value.
pub(crate) struct EnvVar {
    pub(crate) record: EnvRecord,
    pub(crate) value: Secret,
}

impl Account {
    /// An account without hooks and env vars.
    pub(super) fn new(record: AccountRecord, tls: Option<Arc<AccountTls>>, registry: &Registry) -> Self {
        let adapters = adapters(&record, registry);
        Self { record, tls, hooks: BTreeMap::new(), envs: BTreeMap::new(), named: BTreeMap::new(), live: Vec::new(), adapters }
    }

    /// Replaces the account's own record. Hooks follow its settings from their next event on.
    pub(super) fn set_record(
        &mut self,
        record: AccountRecord,
        tls: Option<Arc<AccountTls>>,
        registry: &Registry,
    ) -> Result<(), ServiceError> {
        let (before, after) = (&self.record.settings, &record.settings);
        let same_tls = self.tls.as_ref().map(Arc::as_ptr) == tls.as_ref().map(Arc::as_ptr);
        let follows = before.dialects != after.dialects || before.hosts_ceiling != after.hosts_ceiling || !same_tls;
        (self.record, self.tls) = (record, tls);
        if !follows {
            return Ok(());
        }
        self.adapters = adapters(&self.record, registry);
        let hooks: Vec<Arc<Hook>> = self.hooks().cloned().collect();
        for hook in hooks {
            match &hook.serving {
                Some(serving) => self.serve(hook.record.clone(), serving.function.clone())?,
                None => self.put_hook(hook.record.clone()),
            }
        }
        Ok(())
    }

    /// The adapter for an event of this type without a live hook.
    pub(crate) fn adapter(&self, hook_type: HookType) -> Result<&Arc<dyn Adapter>, ServiceError> {
        let missing = || ServiceError::Internal(format!("the type {hook_type} is of another registry"));
        self.adapters.get(hook_type.index()).ok_or_else(missing)
    }

    /// Every hook, by id.
    pub(crate) fn hooks(&self) -> impl Iterator<Item = &Arc<Hook>> {
        self.hooks.values()
    }

    pub(crate) fn hook(&self, id: HookId) -> Result<&Arc<Hook>, ServiceError> {
        self.hooks.get(&id).ok_or(ServiceError::NotFound)
    }

    /// The hook that runs at events of this type.
    pub(crate) fn live(&self, hook_type: HookType) -> Option<&Arc<Hook>> {
        self.live.iter().find(|(live, _)| *live == hook_type).map(|(_, hook)| hook)
    }

    /// Adds a hook, or replaces its record and keeps its serving version.
    pub(crate) fn put_hook(&mut self, record: HookRecord) {
        let serving = self.hooks.get(&record.id).and_then(|hook| hook.serving.clone());
        self.insert(Hook::new(&self.record.settings.dialects, record, serving));
    }

    /// Adds or replaces a hook whose ready version is served by `function`.
    pub(crate) fn serve(&mut self, record: HookRecord, function: Arc<dyn PreparedFunction>) -> Result<(), ServiceError> {
        let serving = match &record.ready {
            Some(ready) => {
                let links = &ready.spec.env_vars;
                let env = (self.values(links), self.sealed(links));
                Some(Arc::new(Serving::link(&self.record, self.tls.clone(), env, &record, ready, function)?))
            }
            None => None,
        };
        self.insert(Hook::new(&self.record.settings.dialects, record, serving));
        Ok(())
    }

    pub(crate) fn remove_hook(&mut self, id: HookId) {
        self.hooks.remove(&id);
        self.find_live();
    }

    fn insert(&mut self, hook: Hook) {
        self.hooks.insert(hook.record.id, Arc::new(hook));
        self.find_live();
    }

    fn find_live(&mut self) {
        let decides = |hook: &&Arc<Hook>| !hook.record.disabled && hook.record.hook_type.addressed.is_none();
        let enabled = self.hooks.values().filter(decides);
        self.live = enabled.map(|hook| (hook.record.hook_type, hook.clone())).collect();
    }

    /// Replaces a hook's record and takes the hook out of service.
    pub(crate) fn stop(&mut self, record: HookRecord) {
        self.insert(Hook::new(&self.record.settings.dialects, record, None));
    }

    /// Whether a hook needs the function's bytes.
    pub(crate) fn uses_function(&self, digest: Digest) -> bool {
        self.builds().any(|build| build.digest == digest)
    }

    /// The builds that the hooks need.
    pub(crate) fn builds(&self) -> impl Iterator<Item = Build> {
        self.hooks().flat_map(|hook| hook.record.builds())
    }

    /// The number of hooks that wait to be prepared, or are being prepared.
    pub(crate) fn pending(&self) -> usize {
        self.hooks().filter(|hook| hook.record.status.is_pending()).count()
    }

    /// The number of hooks.
    pub(crate) fn hook_count(&self) -> usize {
        self.hooks.len()
    }

    /// The number of env vars.
    pub(crate) fn env_count(&self) -> usize {
        self.envs.len()
    }

    /// Every env var, by id.
    pub(crate) fn envs(&self) -> impl Iterator<Item = &Arc<EnvVar>> {
        self.envs.values()
    }

    pub(crate) fn env(&self, id: EnvId) -> Result<&Arc<EnvVar>, ServiceError> {
        self.envs.get(&id).ok_or(ServiceError::NotFound)
    }

    /// The env var with this name.
    pub(crate) fn env_named(&self, name: &EnvName) -> Option<&Arc<EnvVar>> {
        self.named.get(name)
    }

    /// Refuses links to env vars that do not exist.
    pub(crate) fn check_links(&self, links: &[EnvName]) -> Result<(), ServiceError> {
        match links.iter().enumerate().find(|(_, name)| self.env_named(name).is_none()) {
            None => Ok(()),
            Some((index, name)) => {
                let field = format!("env_vars[{index}]");
                let message = format!("instance.{field} names the environment variable \"{name}\", which does not exist");
                Err(ServiceError::invalid(field, message))
            }
        }
    }

    /// Adds an env var, or gives it another value, which linked hooks use from their next execution on. The caller replaces guests that
    /// hold the old value.
    pub(crate) fn put_env(&mut self, env: EnvVar) -> Result<(), ServiceError> {
        let (name, env) = (env.record.name.clone(), Arc::new(env));
        self.envs.insert(env.record.id, env.clone());
        self.named.insert(name.clone(), env);
        self.relink(&name)
    }

    /// Removes an env var from the account and from its hooks. Returns the new records of these hooks.
    pub(crate) fn remove_env(&mut self, id: EnvId) -> Result<Vec<HookRecord>, ServiceError> {
        let env = self.envs.remove(&id).ok_or(ServiceError::NotFound)?;
        let name = &env.record.name;
        self.named.remove(name);
        let changed: Vec<HookRecord> = self.hooks().filter_map(|hook| hook.record.without_env(name)).collect();
        for record in &changed {
            match self.hooks.get(&record.id).and_then(|hook| hook.serving.clone()) {
                Some(serving) => self.serve(record.clone(), serving.function.clone())?,
                None => self.put_hook(record.clone()),
            }
        }
        Ok(changed)
    }

    /// The values that a hook with these links sees.
    pub(crate) fn values(&self, links: &[EnvName]) -> EnvVars {
        let linked = || links.iter().filter_map(|name| self.env_named(name));
        let plain = linked().filter(|env| env.record.sealed_for.is_none());
        let plain: EnvVars = plain.map(|env| (env.record.name.to_string(), env.value.clone())).collect();
        plain.with_sealed(linked().filter(|env| env.record.sealed_for.is_some()).map(|env| env.record.name.to_string()))
    }

    /// The linked env vars that are sealed, with their values.
    fn sealed(&self, links: &[EnvName]) -> Vec<SealedVar> {
        let linked = links.iter().filter_map(|name| self.env_named(name));
        let sealed = linked.filter_map(|env| Some((env, env.record.sealed_for.clone()?)));
        sealed.map(|(env, hosts)| SealedVar { name: env.record.name.to_string(), value: env.value.clone(), hosts }).collect()
    }

    /// The hooks with a version that was ready and is linked to the env var.
    pub(crate) fn linked_to(&self, name: &EnvName) -> impl Iterator<Item = &Arc<Hook>> {
        self.hooks().filter(move |hook| hook.record.ready.as_ref().is_some_and(|ready| ready.spec.env_vars.contains(name)))
    }

    fn relink(&mut self, name: &EnvName) -> Result<(), ServiceError> {
        let linked: Vec<Arc<Hook>> = self.linked_to(name).cloned().collect();
        for hook in linked {
            if let Some(serving) = &hook.serving {
                self.serve(hook.record.clone(), serving.function.clone())?;
            }
        }
        Ok(())
    }

    /// A mask over every value in the account, for texts that may quote any of them.
    pub(crate) fn mask(&self) -> Result<Mask, ServiceError> {
        mask(self.envs().map(|env| &env.value))
    }
}

fn adapters(record: &AccountRecord, registry: &Registry) -> Vec<Arc<dyn Adapter>> {
    registry.types().iter().map(|one| one.rules.bind(&Settings::new(), &record.settings.dialects)).collect()
}
