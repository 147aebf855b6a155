//! Who answers: the network, or something that stands in for it. The policy has judged every name before anybody is asked.

mod caching;
mod gather;
mod mock;
mod mocks;
mod network;
mod nobody;
mod pattern;
mod recorder;
mod recording;
mod replay;
mod veil;

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Instant;

use crate::error::Error;
use crate::http::{Hop, Reply};
use crate::policy::{Host, Target};
use crate::scene::Scene;
use crate::stream::Stream;
use crate::tls::TlsOptions;

pub(crate) use caching::Caching;
pub use gather::Content;
pub use mock::{Matcher, Mock, Respond};
pub use mocks::{Asked, Mocks};
pub(crate) use network::Network;
pub use nobody::Nobody;
pub use recorder::Recorder;
pub use recording::{Recorded, RecordedExchange, RecordedLookup, RecordedReply, Recording};
pub use replay::Replay;
pub use veil::Veil;

/// An answer under way.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Whoever answers what executions ask. What it fails with is the hook's error. It is dropped where it is no longer waited for.
pub trait Answerer: Send + Sync + 'static {
    /// Answers one exchange. Its headers and body have placeholders for sealed values, and so has the reply.
    fn exchange<'a>(&'a self, hop: Hop, scene: &'a Scene, until: Instant) -> Answering<'a, Reply>;

    /// The addresses of a name, those left out that may not be connected to.
    fn lookup<'a>(&'a self, host: &'a Host, scene: &'a Scene, until: Instant) -> Answering<'a, Vec<IpAddr>>;

    /// A raw stream, in TLS if there are options for it.
    fn connect<'a>(&'a self, target: &'a Target, tls: Option<&'a TlsOptions>, scene: &'a Scene, until: Instant) -> Answering<'a, Stream>;

    /// The same answerer as it was in the beginning, for an execution that is repeated; `None`: nothing may be asked twice.
    fn again(&self) -> Option<Arc<dyn Answerer>> {
        None
    }
}

impl fmt::Debug for dyn Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answerer")
    }
}
