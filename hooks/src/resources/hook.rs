//! Hooks as they are stored: what the author asked for, which version serves, and the state of admission.

use std::collections::BTreeMap;
use std::sync::Arc;

use hookbox_egress::Policy;
use hookbox_host_api::Decision;
use hookbox_packages::Lock;
use hookbox_runtime::FunctionKind;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::env_var::EnvName;
use super::runtime::Runtime;
use crate::clock::Timestamp;
use crate::hook_type::{HookType, Registry, Settings};
use crate::ids::HookId;
use crate::packages::Dependencies;
use crate::store::{Digest, StoreError};

/// What the function's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Component,
    Command,
    Javascript,
}

impl Kind {
    /// The name as the API writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Command => "command",
            Self::Javascript => "javascript",
        }
    }
}

impl From<FunctionKind> for Kind {
    fn from(kind: FunctionKind) -> Self {
        match kind {
            FunctionKind::Component => Self::Component,
            FunctionKind::Command => Self::Command,
            FunctionKind::JavaScript => Self::Javascript,
        }
    }
}

/// The bytes of a function, by their digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FunctionRef {
    #[serde(with = "digest_text")]
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) kind: Kind,
}

/// Everything that decides what a machine keeps of a function. Hooks with equal builds share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Build {
    pub(crate) digest: Digest,
    pub(crate) runtime: Runtime,
    /// The exported functions that may be called, in the order in which they are tried.
    pub(crate) entries: &'static [&'static str],
    pub(crate) dependencies: Dependencies,
}

/// Everything about a hook that a version freezes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) function: FunctionRef,
    pub(crate) runtime: Runtime,
    /// Seconds, within the range of the type.
    pub(crate) timeout: u8,
    /// Names, each once, in the author's order.
    pub(crate) env_vars: Vec<EnvName>,
    /// All must hold for the hook to run.
    #[serde(default)]
    pub(crate) conditions: Vec<Condition>,
    /// How often a failed run is repeated, 0 to 4.
    #[serde(default)]
    pub(crate) retries: u8,
    /// Versions by name, as declared.
    #[serde(default)]
    pub(crate) packages: BTreeMap<String, String>,
    /// What they were resolved to, once a deployment has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lock: Option<Arc<Lock>>,
    pub(crate) fuel: u64,
    pub(crate) memory_mib: u32,
    pub(crate) on_error: Decision,
    /// Whether callers who may only fire events read what the function says of its failures.
    #[serde(default)]
    pub(crate) expose_errors: bool,
    /// Whom the function may call.
    #[serde(default)]
    pub(crate) allowed_hosts: Policy,
    /// Whether answers over HTTP are kept for it, as their servers allow.
    #[serde(default)]
    pub(crate) http_cache: bool,
    /// Settings that only its dialect understands. In the record these are keys beside the others.
    #[serde(flatten)]
    pub(crate) settings: Settings,
}

impl Spec {
    /// The build of the function, for a hook of this type.
    pub(crate) fn build(&self, hook_type: HookType) -> Build {
        let dependencies = Dependencies { declared: self.packages.clone(), lock: self.lock.clone() };
        Build { digest: self.function.digest, runtime: self.runtime, entries: hook_type.entries(), dependencies }
    }
}

/// The state of admission of the newest version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Accepted and waiting.
    CreateQueued,
    /// Being prepared.
    CreateRunning,
    /// Cannot be used.
    CreateFailed,
    /// Serves.
    Ready,
    /// Accepted and waiting, while the version before it serves.
    UpdateQueued,
    /// Being prepared, while the version before it serves.
    UpdateRunning,
    /// Cannot be used; the version before it serves.
    UpdateFailed,
}

impl Status {
    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateQueued => "create-queued",
            Self::CreateRunning => "create-running",
            Self::CreateFailed => "create-failed",
            Self::Ready => "ready",
            Self::UpdateQueued => "update-queued",
            Self::UpdateRunning => "update-running",
            Self::UpdateFailed => "update-failed",
        }
    }

    /// Whether admission has yet to decide.
    pub fn is_pending(self) -> bool {
        match self {
            Self::CreateQueued | Self::CreateRunning | Self::UpdateQueued | Self::UpdateRunning => true,
            Self::CreateFailed | Self::Ready | Self::UpdateFailed => false,
        }
    }

    /// Whether admission decided against the newest version.
    pub fn is_failed(self) -> bool {
        matches!(self, Self::CreateFailed | Self::UpdateFailed)
    }

    /// The same status, queued.
    pub(crate) fn queued(self) -> Self {
        match self {
            Self::CreateQueued | Self::CreateRunning | Self::CreateFailed => Self::CreateQueued,
            Self::Ready | Self::UpdateQueued | Self::UpdateRunning | Self::UpdateFailed => Self::UpdateQueued,
        }
    }

    /// The same status, running.
    pub(crate) fn running(self) -> Self {
        if self.queued() == Self::CreateQueued { Self::CreateRunning } else { Self::UpdateRunning }
    }

    /// The same status, failed.
    pub(crate) fn failed(self) -> Self {
        if self.queued() == Self::CreateQueued { Self::CreateFailed } else { Self::UpdateFailed }
    }
}

/// The version that serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) version: u32,
    pub(crate) spec: Spec,
}

/// A hook as it is stored. Read from the store, its type is a name (`T = String`) until [`HookRecord::resolve`] has found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HookRecord<T = HookType> {
    pub(crate) id: HookId,
    #[serde(rename = "type")]
    pub(crate) hook_type: T,
    /// Takes effect at once, whichever version serves.
    pub(crate) disabled: bool,
    /// The newest version, which need not serve yet.
    pub(crate) version: u32,
    pub(crate) spec: Spec,
    pub(crate) status: Status,
    /// Why the newest version failed, or what keeps the server from preparing it for now; masked and cut.
    pub(crate) status_message: Option<String>,
    pub(crate) ready: Option<Ready>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl HookRecord<String> {
    /// The record with its type, which must be one of the registry's.
    pub(crate) fn resolve(self, registry: &Registry) -> Result<HookRecord, StoreError> {
        let Self { id, hook_type, disabled, version, spec, status, status_message, ready, created_at, updated_at } = self;
        let unknown = || StoreError::Corrupt(format!("the hook {id} is of the type \"{hook_type}\", which this server does not know"));
        let hook_type = registry.find(&hook_type).ok_or_else(unknown)?;
        Ok(HookRecord { id, hook_type, disabled, version, spec, status, status_message, ready, created_at, updated_at })
    }
}

impl<T> HookRecord<T> {
    /// The functions that the record refers to: the newest version's and the serving one's.
    pub(crate) fn digests(&self) -> impl Iterator<Item = Digest> {
        let ready = self.ready.as_ref().map(|ready| ready.spec.function.digest);
        [Some(self.spec.function.digest), ready].into_iter().flatten()
    }
}

impl HookRecord {
    /// The builds that the record needs: the newest version's and the serving one's.
    pub(crate) fn builds(&self) -> impl Iterator<Item = Build> {
        let ready = self.ready.as_ref().map(|ready| ready.spec.build(self.hook_type));
        [Some(self.spec.build(self.hook_type)), ready].into_iter().flatten()
    }

    /// Whether the newest version is the one that was ready, so that the status describes the version that serves.
    pub(crate) fn newest_was_ready(&self) -> bool {
        self.ready.as_ref().is_some_and(|ready| ready.version == self.version)
    }

    /// The record without a link to a deleted env var; `None` if it has no such link.
    pub(crate) fn without_env(&self, name: &EnvName) -> Option<Self> {
        let mut record = self.clone();
        let specs = [Some(&mut record.spec), record.ready.as_mut().map(|ready| &mut ready.spec)];
        specs.into_iter().flatten().for_each(|spec| spec.env_vars.retain(|linked| linked != name));
        (record != *self).then_some(record)
    }

    /// The record once admission has accepted the newest version, whose packages are those of the lock.
    pub(crate) fn admitted(&self, lock: Option<Arc<Lock>>) -> Self {
        let spec = Spec { lock: lock.or_else(|| self.spec.lock.clone()), ..self.spec.clone() };
        let ready = Some(Ready { version: self.version, spec: spec.clone() });
        Self { status: Status::Ready, status_message: None, spec, ready, ..self.clone() }
    }

    /// The record once admission has refused the newest version.
    pub(crate) fn refused(&self, message: String) -> Self {
        Self { status: self.status.failed(), status_message: Some(message), ..self.clone() }
    }

    /// The record after a version that was ready has been prepared again. A newer version that failed keeps its status.
    pub(crate) fn revived(&self) -> Self {
        if self.newest_was_ready() { self.admitted(None) } else { self.clone() }
    }

    /// The record with what keeps the server from preparing it for now.
    pub(crate) fn troubled(&self, message: String) -> Self {
        Self { status_message: Some(message), ..self.clone() }
    }

    /// The record without a message of trouble, which concerns a server that runs no more.
    pub(crate) fn without_trouble(self) -> Self {
        let status_message = self.status_message.filter(|_| self.status.is_failed());
        Self { status_message, ..self }
    }

    /// The record with another status.
    pub(crate) fn with_status(&self, status: Status) -> Self {
        Self { status, ..self.clone() }
    }
}

/// A digest as its hexadecimal text.
mod digest_text {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::store::Digest;

    pub(super) fn serialize<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(digest)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(deserializer)?;
        Digest::parse(&text).ok_or_else(|| serde::de::Error::custom("not a digest"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_keeps_its_side_of_the_first_version() {
        for (status, queued, running, failed) in [
            (Status::CreateQueued, "create-queued", "create-running", "create-failed"),
            (Status::CreateFailed, "create-queued", "create-running", "create-failed"),
            (Status::Ready, "update-queued", "update-running", "update-failed"),
            (Status::UpdateRunning, "update-queued", "update-running", "update-failed"),
        ] {
            assert_eq!([status.queued(), status.running(), status.failed()].map(Status::as_str), [queued, running, failed]);
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
