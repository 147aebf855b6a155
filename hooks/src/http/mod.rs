//! The REST API: from a socket to the service and back.
//!
//! * [`v1`] holds the server's own endpoints, and dialects bring theirs; [`router`] finds the endpoint of a request, [`openapi`] documents
//!   all of them for clients. What endpoints are made of is in [`crate::api`].
//! * [`server`] accepts connections and keeps them within their limits; it alone names hyper's server. [`tls`] is in front of it where a
//!   certificate is set.
//! * `places` and `frames` are what one client may take of the connections, and of the work beside requests; `budget` what bodies may take of
//!   the memory; `forwarded` tells who the client is.
//! * `ended` tells and counts why a connection was cut off; `keep_alive` announces how long one may stay.
//! * [`gateway`] takes a request to its endpoint: who calls, what the body is.
//! * [`metrics`] is the one page of the second listener.
//!
//! The service decides what an operation does.

mod accept;
mod activity;
mod body;
mod budget;
mod ended;
mod forwarded;
mod frames;
pub(crate) mod gateway;
mod keep_alive;
mod metrics;
pub mod openapi;
mod patience;
mod places;
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
pub(crate) fn all_endpoints(dialects: &[&'static dyn crate::dialect::Dialect]) -> Vec<&'static crate::api::Endpoint> {
    v1::endpoints().chain(dialects.iter().flat_map(|dialect| dialect.endpoints())).collect()
}
