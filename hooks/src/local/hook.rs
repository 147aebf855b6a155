//! A hook that no server has, checked by the rules of one: the same reader, the same defaults, the same dialect.

use bytes::Bytes;

use crate::error::ServiceError;
use crate::hook_type::{HookType, Registry};
use crate::limits::ServiceLimits;
use crate::resources::bodies::{HookBody, LimitsBody};
use crate::resources::{AccountSettings, HookInput, InputRules, Spec};
use crate::sources::Sources;

/// A hook as a new account would have it: every setting has its value.
#[derive(Clone, Debug)]
pub struct CheckedHook {
    pub(super) hook_type: HookType,
    pub(super) spec: Spec,
    pub(super) function: Bytes,
    disabled: bool,
}

impl CheckedHook {
    /// Checks a body of `POST /v1/hooks`.
    ///
    /// # Errors
    /// What a server with these limits answers to it.
    pub fn new(body: &[u8], registry: &Registry, limits: &ServiceLimits) -> Result<Self, ServiceError> {
        let rules = InputRules { limits: *limits, types: registry.types().to_vec(), lenient: true };
        let input = HookInput::parse(body, &rules, registry)?;
        let (hook_type, spec) = input.create(&AccountSettings::default())?;
        let function = input.function.map(|upload| upload.bytes).unwrap_or_default();
        Ok(Self { hook_type, spec, function, disabled: input.disabled.unwrap_or_default() })
    }

    /// The hook's type.
    pub fn hook_type(&self) -> HookType {
        self.hook_type
    }

    /// The function's bytes, without the files beside it.
    pub fn source(&self) -> Vec<u8> {
        Sources::read(&self.function).map_or_else(|_| self.function.to_vec(), |sources| sources.source.into_bytes())
    }

    /// Seconds after which a run is stopped.
    pub fn timeout(&self) -> u8 {
        self.spec.timeout
    }

    /// Fuel, and memory in MiB, of a run.
    pub fn limits(&self) -> (u64, u32) {
        (self.spec.fuel, self.spec.memory_mib)
    }

    /// The names of the linked env vars.
    pub fn env_vars(&self) -> impl Iterator<Item = &str> {
        self.spec.env_vars.iter().map(|name| name.as_str())
    }

    /// A body that makes the same hook, with every setting and without its function. A dialect's setting without a value has its default.
    pub fn body(&self) -> HookBody {
        let spec = &self.spec;
        let settings = self.hook_type.rules.view(&spec.settings);
        HookBody {
            hook_type: Some(self.hook_type.id.to_owned()),
            function: None,
            main: None,
            files: None,
            runtime: Some(spec.runtime.as_str().to_owned()),
            timeout: Some(spec.timeout.into()),
            retries: Some(spec.retries.into()),
            disabled: Some(self.disabled),
            env_vars: Some(self.env_vars().map(str::to_owned).collect()),
            packages: Some(spec.packages.clone()),
            conditions: Some(spec.conditions.clone()),
            limits: Some(LimitsBody { fuel: Some(spec.fuel), memory_mib: Some(spec.memory_mib.into()) }),
            on_error: Some(spec.on_error),
            expose_errors: Some(spec.expose_errors),
            allowed_hosts: Some(spec.allowed_hosts.texts().collect()),
            http_cache: Some(spec.http_cache),
            settings: settings.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        }
    }
}
