//! `Intl` for JavaScript hooks, computed in the host: reads a request, charges for it, and computes it, off the guests' threads if it takes
//! long. The engine handles the language's options and errors (`js-engine/node/src/intl`); the host knows locales, names and patterns.
//!
//! A request is the length of a header (4 bytes, little-endian), the header as JSON and the parts: texts that the header's fields refer to.
//! The answer is JSON, or bytes as the operation defines. The host stores nothing for a guest between two requests.

mod casing;
mod collation;
mod computation;
mod data;
mod dates;
mod error;
mod likely;
mod locales;
mod names;
mod number;
mod parts;
mod plural;
mod relative;
mod request;
mod segments;
mod texts;
mod zones;

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::{AsContextMut, Caller};

use self::error::IntlError;
use self::request::Request;
use crate::execution::{CallState, settle};

/// Answers one request. The inner error is a text that the engine throws in JavaScript.
///
/// # Errors
/// What ends the guest: too little fuel, or the deadline.
pub(super) async fn compute(caller: &mut Caller<'_, CallState>, request: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, String>> {
    let request = match Request::parse(&request) {
        Ok(request) => request,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let fuel = request.fuel();
    settle(&mut caller.as_context_mut(), usize::try_from(fuel).unwrap_or(usize::MAX)).await?;
    let answer = answered(&request);
    let bytes = answer.as_ref().map_or(0, Vec::len);
    settle(&mut caller.as_context_mut(), bytes).await?;
    Ok(answer.map_err(|error| error.to_string()))
}

/// A fault in a library ends the request and not the thread.
fn answered(request: &Request) -> Result<Vec<u8>, IntlError> {
    catch_unwind(AssertUnwindSafe(|| request.answer())).unwrap_or(Err(IntlError::Fault))
}
