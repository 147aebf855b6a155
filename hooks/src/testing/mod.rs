//! Test support, here and for dialects: a service over a store that can be full ([`World`]), a server on a free port whose answers are
//! checked against the OpenAPI file ([`TestServer`]), and a small dialect ([`Sample`]).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::new_without_default,
    missing_docs,
    unreachable_pub,
    reason = "only tests see it"
)]

mod answered;
mod clock;
mod sample;
mod schema;
mod server;
mod world;

pub use answered::Answered;
pub use clock::FakeClock;
pub use sample::Sample;
pub use server::{ADMIN, SECRET, Stream, TestServer, basic, text};
pub use world::{
    FillingStore, LOGIN, Listed, ONE, ScriptCompiler, World, body, create, deploy, encoded, function, javascript_name, list, new_hook,
    new_javascript, refused, settled, update,
};

use crate::hook_type::{HookType, Registry};

/// The sample dialect's type whose default is to allow.
pub fn sign_in() -> HookType {
    registry().find("sign-in").unwrap()
}

/// The sample dialect's type whose default is to deny.
pub fn sign_up() -> HookType {
    registry().find("sign-up").unwrap()
}

/// The registry of the sample dialect.
pub fn registry() -> Registry {
    crate::dialect::registry(&[&Sample]).unwrap()
}
