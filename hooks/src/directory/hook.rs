//! One hook in memory: its record, its policy, and its serving version.

use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::log::Mask;
use hookbox_host_api::{Decision, EnvVars};
use hookbox_runtime::{AccountTls, Grant, Identity, Limits, SealedVar};

use crate::error::ServiceError;
use crate::hook_type::{Adapter, Settings};
use crate::ids::HookId;
use crate::resources::{AccountRecord, Condition, HookRecord, Ready};
use crate::sandbox::PreparedFunction;

pub(crate) struct Hook {
    pub(crate) record: HookRecord,
    pub(crate) policy: Arc<Policy>,
    /// `None` until a version is ready, after a restart until it is prepared again, and if it cannot be prepared with new env values.
    pub(crate) serving: Option<Arc<Serving>>,
}

/// The rules for an event, which hold even if no version serves: those of the version that was ready last, or of the newest one if none was
/// ready yet. A newer version that failed or waits changes nothing.
pub(crate) struct Policy {
    pub(crate) adapter: Arc<dyn Adapter>,
    /// All must hold for the user of an event.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) on_error: Decision,
    /// Whether callers who may only fire events read what the function says of its failures.
    pub(crate) expose_errors: bool,
}

impl Hook {
    pub(super) fn new(settings: &Settings, record: HookRecord, serving: Option<Arc<Serving>>) -> Self {
        let policy = match &serving {
            Some(serving) => serving.policy.clone(),
            None => Arc::new(Policy::new(settings, &record)),
        };
        Self { record, policy, serving }
    }
}

impl Policy {
    fn new(settings: &Settings, record: &HookRecord) -> Self {
        let spec = record.ready.as_ref().map_or(&record.spec, |ready| &ready.spec);
        Self {
            adapter: record.hook_type.rules.bind(&spec.settings, settings),
            conditions: spec.conditions.clone(),
            on_error: spec.on_error,
            expose_errors: spec.expose_errors,
        }
    }
}

/// All that an execution needs of a hook, shared between executions. An execution keeps what it started with.
#[derive(Clone)]
pub(crate) struct Serving {
    pub(crate) hook_id: HookId,
    pub(crate) version: u32,
    pub(crate) identity: Arc<Identity>,
    pub(crate) function: Arc<dyn PreparedFunction>,
    pub(crate) limits: Limits,
    pub(crate) timeout: Duration,
    pub(crate) policy: Arc<Policy>,
    /// How often a failed run is repeated.
    pub(crate) retries: u8,
    pub(crate) env: Arc<EnvVars>,
    pub(crate) mask: Arc<Mask>,
    pub(crate) grant: Arc<Grant>,
}

impl Serving {
    /// The serving version of a hook. `env` are the values of its env vars in the account, and `sealed` those that it does not see.
    pub(super) fn link(
        account: &AccountRecord,
        tls: Option<Arc<AccountTls>>,
        (env, sealed): (EnvVars, Vec<SealedVar>),
        record: &HookRecord,
        ready: &Ready,
        function: Arc<dyn PreparedFunction>,
    ) -> Result<Self, ServiceError> {
        let spec = &ready.spec;
        let mask = mask(env.iter().map(|(_, value)| value).chain(sealed.iter().map(|one| &one.value)))?;
        let (hosts, ceiling) = (Arc::new(spec.allowed_hosts.clone()), account.settings.hosts_ceiling.clone().map(Arc::new));
        let bytes = u64::from(spec.memory_mib) << 20;
        Ok(Self {
            hook_id: record.id,
            version: ready.version,
            identity: Arc::new(identity(account, record, ready.version)),
            function,
            limits: Limits { fuel: spec.fuel, memory_bytes: usize::try_from(bytes).unwrap_or(usize::MAX) },
            timeout: Duration::from_secs(spec.timeout.into()),
            policy: Arc::new(Policy::new(&account.settings.dialects, record)),
            retries: spec.retries,
            env: Arc::new(env),
            mask: Arc::new(mask),
            grant: Arc::new(Grant { hosts, ceiling, sealed, tls, http_cache: spec.http_cache, version: ready.version }),
        })
    }
}

/// The identity that the function is called with.
fn identity(account: &AccountRecord, record: &HookRecord, version: u32) -> Identity {
    let (name, version) = (record.id.to_string(), version.to_string());
    Identity { arn: format!("arn:hookbox:lambda:local:{}:function:{name}:{version}", account.id.get()), name, version }
}

/// A mask over these values.
pub(super) fn mask<'a>(values: impl Iterator<Item = &'a hookbox_host_api::Secret>) -> Result<Mask, ServiceError> {
    Mask::new(values).map_err(|error| ServiceError::Internal(format!("a mask cannot be made: {error}")))
}
