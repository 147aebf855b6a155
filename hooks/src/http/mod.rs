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
mod gateway;
mod metrics;
pub(crate) mod openapi;
pub(crate) mod query;
mod reply_body;
pub mod respond;
mod router;
mod server;
mod socket;
mod tls;
mod v1;

pub use server::{Listener, ServerError};
pub use tls::{Tls, TlsError};
