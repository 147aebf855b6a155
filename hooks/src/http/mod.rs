//! The REST API: from a socket to the service and back.
//!
//! * [`routes`] is the one table of routes, [`router`] finds a row in it, [`openapi`] writes it down for clients.
//! * [`server`] accepts connections and keeps them within their limits; it alone names hyper's server. [`tls`] is in front of it where a
//!   certificate is set.
//! * [`gateway`] takes a request through its row: who calls, what the body is, which operation. The operations themselves are in a
//!   file for each dialect: [`health`], [`tokens`], [`onelogin`], [`own`].
//! * [`metrics`] is the one page of the second listener.
//! * [`respond`] and [`errors`] make the answers, with a [`reply_body`] each; `errors` alone maps errors to statuses.
//!
//! What an operation does is the service's business.

mod activity;
mod body;
mod errors;
mod follow;
mod gateway;
mod health;
mod metrics;
mod onelogin;
mod openapi;
mod own;
mod query;
mod reply_body;
mod respond;
mod router;
mod routes;
mod server;
mod socket;
#[cfg(test)]
mod tests;
mod tls;
mod tokens;

pub use openapi::document as openapi_document;
pub use server::{Listener, ServerError};
pub use tls::{Tls, TlsError};
