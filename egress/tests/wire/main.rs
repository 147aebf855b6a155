//! The crate as its callers see it, against servers on the loopback address.

mod answers;
mod bodies;
mod connections;
mod harness;
mod limits;
mod policy;
mod proxy;
mod redirects;
mod requests;
mod sealed;
mod tls;
