//! The crate as its callers see it, against servers on the loopback address.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is test code, and clippy's exemption stops at functions that are no tests themselves"
)]

mod answers;
mod bodies;
mod cache;
mod connections;
mod fidelity;
mod harness;
mod limits;
mod policy;
mod proxy;
mod redirects;
mod requests;
mod sealed;
mod tls;
mod tls_of_requests;
