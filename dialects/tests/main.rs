//! The dialects on a real service and a real server: what their own clients, hooks and settings come to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod hooks;
mod http;
mod openapi;
