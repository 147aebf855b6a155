//! The REST API: from a socket to the service and back.
//!
//! * [`endpoint`] says what an endpoint is, [`v1`] holds the server's own, and dialects bring theirs; [`router`] finds one for a request,
//!   [`openapi`] writes all of them down for clients.
//! * [`server`] accepts connections and keeps them within their limits; it alone names hyper's server. [`tls`] is in front of it where a
//!   certificate is set.
//! * [`gateway`] takes a request to its endpoint: who calls, what the body is. A handler gets a [`call`].
//! * [`metrics`] is the one page of the second listener.
//! * [`respond`] and [`errors`] make the answers, with a [`reply_body`] each; `errors` alone maps errors to statuses.
//!
//! What an operation does is decided by the service.

mod activity;
mod body;
pub(crate) mod call;
pub(crate) mod endpoint;
pub(crate) mod errors;
pub(crate) mod gateway;
mod metrics;
pub(crate) mod openapi;
pub(crate) mod query;
mod reply_body;
pub mod respond;
pub(crate) mod router;
mod server;
mod socket;
#[cfg(test)]
mod tests;
mod tls;
mod v1;

pub use server::{Listener, ServerError};
pub use tls::{Tls, TlsError};

/// Every endpoint of a server with these dialects.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn all_endpoints(dialects: &[&'static dyn crate::dialect::Dialect]) -> Vec<&'static endpoint::Endpoint> {
    v1::endpoints().chain(dialects.iter().flat_map(|dialect| dialect.endpoints())).collect()
}
