//! The host's side of the world, as the component imports it. Generated bindings live here and nowhere else.

use crate::http::{Error, Redirect, Request, Response};
use crate::level::Level;

/// Generated from the WIT world that the host serves; the path is this crate's, so it holds wherever a guest crate lies.
#[allow(missing_docs, reason = "generated")]
#[allow(clippy::all, reason = "generated")]
#[allow(unreachable_pub, reason = "generated")]
pub mod bindings {
    wit_bindgen::generate!({
        world: "hook",
        path: "../host-api/wit",
        pub_export_macro: true,
        default_bindings_module: "hookbox_guest_sdk::export::bindings",
        runtime_path: "hookbox_guest_sdk::export::bindings::runtime",
    });

    pub use wit_bindgen::rt as runtime;
}

use bindings::hookbox::hook;
use bindings::hookbox::hook::http::Redirect as HostRedirect;

pub(crate) fn log_write(level: Level, message: &str) {
    let level = match level {
        Level::Trace => hook::log::Level::Trace,
        Level::Debug => hook::log::Level::Debug,
        Level::Info => hook::log::Level::Info,
        Level::Warn => hook::log::Level::Warn,
        Level::Error => hook::log::Level::Error,
    };
    hook::log::write(level, message);
}

pub(crate) fn env_get(name: &str) -> Option<String> {
    hook::env::get(name)
}

pub(crate) fn env_names() -> Vec<String> {
    hook::env::names()
}

pub(crate) fn clock_now() -> u64 {
    hook::clock::now()
}

pub(crate) fn clock_monotonic() -> u64 {
    hook::clock::monotonic()
}

pub(crate) fn random_bytes(len: u32) -> Vec<u8> {
    hook::random::bytes(len)
}

pub(crate) fn http_send(requests: Vec<Request>) -> Vec<Result<Response, Error>> {
    let requests: Vec<hook::http::Request> = requests.into_iter().map(request).collect();
    hook::http::send_all(&requests).into_iter().map(answer).collect()
}

fn request(request: Request) -> hook::http::Request {
    let redirect = match request.redirect {
        Redirect::Follow => HostRedirect::Follow,
        Redirect::Manual => HostRedirect::Manual,
        Redirect::Error => HostRedirect::Error,
    };
    let timeout_ms = request.timeout.map(|time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX));
    let Request { method, url, headers, body, .. } = request;
    hook::http::Request { method, url, headers, body, redirect, timeout_ms }
}

fn answer(answer: Result<hook::http::Response, hook::http::Error>) -> Result<Response, Error> {
    match answer {
        Ok(hook::http::Response { status, headers, body, url }) => Ok(Response { status, headers, body, url }),
        Err(hook::http::Error { code, message }) => Err(Error { code, message }),
    }
}
