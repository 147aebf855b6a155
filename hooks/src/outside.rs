//! The way out for functions: whom the server lets them call, how much, and how it gets there.

use std::path::PathBuf;
use std::time::Duration;

use hookbox_egress::{Egress, Limits, Policy, Proxy, Settings};
use hookbox_runtime::Outside;

/// Whom functions may call, how much, and how the server gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EgressConfig {
    /// Whom hooks may call at most, whatever they and their accounts say; `None` for no bound.
    pub hosts_ceiling: Option<Policy>,
    /// The proxy that every call goes through: `http://[USER:PASSWORD@]HOST:PORT`.
    pub proxy: Option<Proxy>,
    /// Certificate authorities that are trusted besides the system's, in PEM.
    pub ca: Option<PathBuf>,
    /// The limits of one execution.
    pub limits: Limits,
    /// Calls and connections of one account that are under way.
    pub account_calls: usize,
    /// How long a look-up of a name may take.
    pub lookup_time: Duration,
    /// Connections at a time, idle ones too.
    pub connections: usize,
    /// How long a connection is kept idle for the next execution of the same hook.
    pub idle_time: Duration,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            hosts_ceiling: None,
            proxy: None,
            ca: None,
            limits: Limits::default(),
            account_calls: 256,
            lookup_time: Duration::from_secs(5),
            connections: 4096,
            idle_time: Duration::from_secs(30),
        }
    }
}

impl EgressConfig {
    /// Opens the way out. Reads certificates, which blocks.
    ///
    /// # Errors
    /// A proxy or a certificate that cannot be used.
    pub(crate) fn open(&self) -> Result<Outside, String> {
        let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|error| format!("egress.ca: {}: {error}", path.display()));
        let roots = self.ca.as_ref().map(read).transpose()?.into_iter().collect();
        let settings = Settings {
            ceiling: self.hosts_ceiling.clone(),
            proxy: self.proxy.clone(),
            lookup_time: self.lookup_time,
            connections: self.connections,
            idle_time: self.idle_time,
            roots,
            ..Settings::default()
        };
        let egress = Egress::new(settings).map_err(|error| format!("the way out for hooks: {error}"))?;
        Ok(Outside::new(egress, self.limits.clone(), self.account_calls))
    }
}
