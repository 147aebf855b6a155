//! What holds for all calls of one execution.

use std::sync::Arc;

use tokio::time::Instant;

use crate::error::Error;
use crate::limits::{Limits, time_text};
use crate::policy::Layers;
use crate::sealed::SealedSet;
use crate::tls::TlsConfig;

/// The circumstances in which something is answered.
#[derive(Debug)]
pub struct Scene {
    pub(crate) layers: Layers,
    pub(crate) owner: u128,
    pub(crate) limits: Limits,
    pub(crate) deadline: Instant,
    pub(crate) tls: Arc<TlsConfig>,
    pub(crate) sealed: SealedSet,
}

impl Scene {
    /// When a connection that is begun now has to be made.
    pub(crate) fn connect_by(&self, until: Instant) -> Instant {
        until.min(Instant::now() + self.limits.connect_time)
    }

    /// When a call that begins now has to be over.
    pub(crate) fn call_by(&self) -> Instant {
        self.deadline.min(Instant::now() + self.limits.total_time)
    }

    /// The time of a call is over.
    pub(crate) fn late(&self, until: Instant) -> Error {
        if until >= self.deadline {
            Error::new("ETIMEDOUT", "the call is ended: the time of the execution is over")
        } else {
            Error::limit("the call takes too long", time_text(self.limits.total_time), "egress.total_time")
        }
    }
}
