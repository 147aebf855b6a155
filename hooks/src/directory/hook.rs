//! One hook in memory: its record, and what serves.

use std::sync::Arc;
use std::time::Duration;

use hookbox_host_api::log::Mask;
use hookbox_host_api::{Condition, Decision, EnvVars, View};
use hookbox_runtime::{Identity, Limits};

use super::Account;
use crate::error::ServiceError;
use crate::ids::HookId;
use crate::resources::{HookRecord, Ready};
use crate::sandbox::PreparedFunction;

/// A hook.
pub(crate) struct Hook {
    pub(crate) record: HookRecord,
    /// None until a version is ready, after a restart until it is prepared again, and where that does not succeed with new env values.
    pub(crate) serving: Option<Arc<Serving>>,
}

impl Hook {
    /// For which users it runs: those of the version that serves, or of the one that may serve soon.
    pub(crate) fn conditions(&self) -> &[Condition] {
        self.serving.as_ref().map_or(&self.record.spec.conditions, |serving| &serving.conditions)
    }
}

/// All that an execution needs of a hook, ready to be shared. Executions finish on what they started with.
#[derive(Clone)]
pub(crate) struct Serving {
    pub(crate) hook_id: HookId,
    pub(crate) version: u32,
    pub(crate) identity: Arc<Identity>,
    pub(crate) guest: Arc<dyn PreparedFunction>,
    pub(crate) limits: Limits,
    pub(crate) timeout: Duration,
    /// What of the context the function sees.
    pub(crate) view: View,
    /// All must hold for the user of an event.
    pub(crate) conditions: Arc<[Condition]>,
    /// How often a failed run is repeated.
    pub(crate) retries: u8,
    pub(crate) on_error: Decision,
    pub(crate) env: Arc<EnvVars>,
    pub(crate) mask: Arc<Mask>,
}

impl Serving {
    /// The serving version of a hook, with the values that its env vars have in the account.
    pub(super) fn link(
        account: &Account,
        record: &HookRecord,
        ready: &Ready,
        guest: Arc<dyn PreparedFunction>,
    ) -> Result<Self, ServiceError> {
        let spec = &ready.spec;
        let env = account.values(&spec.env_vars);
        let mask = mask(env.iter().map(|(_, value)| value))?;
        let bytes = u64::from(spec.memory_mib) << 20;
        Ok(Self {
            hook_id: record.id,
            version: ready.version,
            identity: Arc::new(identity(account, record, ready.version)),
            guest,
            limits: Limits { fuel: spec.fuel, memory_bytes: usize::try_from(bytes).unwrap_or(usize::MAX) },
            timeout: Duration::from_secs(spec.timeout.into()),
            view: View { version: spec.context(record.hook_type), options: spec.options },
            conditions: spec.conditions.clone().into(),
            retries: spec.retries,
            on_error: spec.on_error,
            env: Arc::new(env),
            mask: Arc::new(mask),
        })
    }
}

/// What the function is told that it is called.
fn identity(account: &Account, record: &HookRecord, version: u32) -> Identity {
    let (name, version) = (record.id.to_string(), version.to_string());
    Identity { arn: format!("arn:hookbox:lambda:local:{}:function:{name}:{version}", account.record.id.get()), name, version }
}

/// A mask over these values.
pub(super) fn mask<'a>(values: impl Iterator<Item = &'a hookbox_host_api::Secret>) -> Result<Mask, ServiceError> {
    Mask::new(values).map_err(|error| ServiceError::Internal(format!("a mask cannot be made: {error}")))
}
