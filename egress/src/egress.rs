//! The way out of a server, made once: its resolver, its connections, its trust, its counts.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::answer::{Answerer, Caching, Network};
use crate::cache::Keep;
use crate::client::Client;
use crate::counters::{Counters, Counts};
use crate::dialler::Dialler;
use crate::http::Pool;
use crate::limits::Limits;
use crate::policy::{Layers, Policy};
use crate::proxy::Proxy;
use crate::resolver::{Lookups, Resolve, SystemResolver};
use crate::scene::Scene;
use crate::sealed::{Sealed, SealedSet};
use crate::tls::{TlsConfig, TlsError, TlsSettings, Trust};

/// How a server reaches the outside world.
pub struct Settings {
    /// What all hooks may reach at most; `None`: no bound, so that whoever writes `allowed_hosts` may name private addresses, too. Where authors
    /// are not trusted with the server's own network, it is `*` (all that is public) at most.
    pub ceiling: Option<Policy>,
    /// A proxy for everything. Those of the environment are ignored.
    pub proxy: Option<Proxy>,
    /// Who knows the addresses of names.
    pub resolver: Arc<dyn Resolve>,
    /// How long a look-up may take.
    pub lookup_time: Duration,
    /// Look-ups at a time.
    pub lookups: usize,
    /// Connections at a time, idle ones too. Without a place, a call waits within its time to connect.
    pub connections: usize,
    /// Idle connections.
    pub idle: usize,
    /// Idle connections of one hook to one origin.
    pub idle_each: usize,
    /// How long a connection is kept idle.
    pub idle_time: Duration,
    /// Whether the system's certificate authorities are trusted.
    pub system_roots: bool,
    /// More authorities, in PEM.
    pub roots: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ceiling: None,
            proxy: None,
            resolver: Arc::new(SystemResolver),
            lookup_time: Duration::from_secs(5),
            lookups: 32,
            connections: 4096,
            idle: 512,
            idle_each: 8,
            idle_time: Duration::from_secs(30),
            system_roots: true,
            roots: Vec::new(),
        }
    }
}

/// What one execution may do.
pub struct Grant {
    /// `allowed_hosts` of the hook.
    pub hook: Arc<Policy>,
    /// What hooks of the account may reach at most; `None`: no bound but the server's.
    pub account: Option<Arc<Policy>>,
    /// Who may use connections again: a number that the versions of all hooks have each of their own.
    pub owner: u128,
    /// How much.
    pub limits: Limits,
    /// When the execution ends.
    pub deadline: Instant,
    /// The trust and the client certificates of the account, from [`Egress::tls`]; `None`: the server's trust, and no certificates.
    pub tls: Option<Arc<TlsConfig>>,
    /// Values that only the host holds.
    pub sealed: Vec<Sealed>,
    /// The account's places for calls and connections under way, over all of its executions.
    pub share: Option<Arc<Semaphore>>,
    /// Who answers instead of the network.
    pub answerer: Option<Arc<dyn Answerer>>,
    /// What keeps answers for the hook; `None`: everything is asked each time.
    pub cache: Option<Arc<dyn Keep>>,
}

impl Grant {
    /// A grant with the default limits and nothing else.
    pub fn new(hook: Arc<Policy>, owner: u128, deadline: Instant) -> Self {
        let limits = Limits::default();
        Self { hook, account: None, owner, limits, deadline, tls: None, sealed: Vec::new(), share: None, answerer: None, cache: None }
    }
}

/// The way out. Its clones are the same one.
#[derive(Clone)]
pub struct Egress(Arc<Inner>);

struct Inner {
    ceiling: Option<Arc<Policy>>,
    network: Arc<Network>,
    pool: Arc<Pool>,
    trust: Trust,
    tls: Arc<TlsConfig>,
    counters: Arc<Counters>,
}

impl Egress {
    /// Opens the way out. It reads the system's certificates, which blocks for some milliseconds.
    ///
    /// # Errors
    /// Authorities that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, TlsError> {
        let trust = Trust::new(settings.system_roots, &settings.roots)?;
        let tls = Arc::new(trust.account(&TlsSettings::default())?);
        let lookups = Lookups::new(settings.resolver, settings.lookups, settings.lookup_time);
        let pool = Arc::new(Pool::new(settings.idle, settings.idle_each, settings.idle_time));
        let network = Arc::new(Network::new(Dialler::new(lookups, settings.proxy, settings.connections), Arc::clone(&pool)));
        let ceiling = settings.ceiling.map(Arc::new);
        Ok(Self(Arc::new(Inner { ceiling, network, pool, trust, tls, counters: Arc::default() })))
    }

    /// The trust and the client certificates of an account. It is made once for each state of its settings, not for each execution.
    ///
    /// # Errors
    /// The certificate or key that cannot be used.
    pub fn tls(&self, settings: &TlsSettings) -> Result<Arc<TlsConfig>, TlsError> {
        self.0.trust.account(settings).map(Arc::new)
    }

    /// The client of one execution.
    pub fn client(&self, grant: Grant) -> Client {
        let layers = Layers { hook: grant.hook, account: grant.account, server: self.0.ceiling.clone() };
        let tls = grant.tls.unwrap_or_else(|| Arc::clone(&self.0.tls));
        let sealed = SealedSet::new(grant.sealed);
        let scene = Scene { layers, owner: grant.owner, limits: grant.limits, deadline: grant.deadline, tls, sealed };
        let mut answerer = grant.answerer.unwrap_or_else(|| self.network());
        if let Some(keep) = grant.cache {
            answerer = Arc::new(Caching::new(answerer, keep));
        }
        Client::new(scene, answerer, Arc::clone(&self.0.counters), grant.share)
    }

    /// The network, for answerers that stand before it.
    pub fn network(&self) -> Arc<dyn Answerer> {
        Arc::clone(&self.0.network) as Arc<dyn Answerer>
    }

    /// Closes the idle connections of an owner, whose hook version is no longer served.
    pub fn forget(&self, owner: u128) {
        self.0.pool.close(owner);
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        self.0.counters.read(self.0.pool.len())
    }
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress").field("ceiling", &self.0.ceiling).field("counts", &self.counts()).finish_non_exhaustive()
    }
}
