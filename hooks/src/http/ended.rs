//! Why a connection ended that did not end well: the counts, and the server's own log.

use std::error::Error;
use std::net::SocketAddr;

use super::activity::Activity;
use crate::metrics::{ConnectionMetrics, CutOff};

/// How a connection ended.
pub(super) type Served = Result<(), Box<dyn Error + Send + Sync>>;

/// Counts and logs the end of a connection.
pub(super) fn note(ended: &Served, activity: &Activity, counts: &ConnectionMetrics, peer: SocketAddr) {
    let Err(error) = ended else { return };
    if let Some(reason) = activity.broken_off().or_else(|| of_http2(&**error)) {
        counts.cut_off(reason);
    }
    tracing::debug!(%peer, error, "a connection broke off");
}

/// What h2 notices by itself: requests that are taken back and heads without an end, which are floods, and broken rules.
fn of_http2(error: &(dyn Error + 'static)) -> Option<CutOff> {
    let mut causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    let cause = causes.find_map(|error| error.downcast_ref::<h2::Error>()).filter(|cause| cause.is_library())?;
    match cause.reason()? {
        h2::Reason::ENHANCE_YOUR_CALM => Some(CutOff::Flood),
        _ => Some(CutOff::Protocol),
    }
}
