//! `Intl` for JavaScript hooks, computed in the host: reads a request, charges for it, and has it computed where it holds up nobody.
//! Options and errors of the language are the engine's (`js-engine/node/src/intl`); what is here knows locales, names and patterns.
//!
//! A request is the length of a header (4 bytes, little-endian), the header as JSON and the parts: texts that the header's fields are about.
//! The answer is JSON, or whatever bytes an operation says. Nothing is kept for a guest between two requests.

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
use super::off_thread::{INLINE_FUEL, off_thread};
use crate::execution::{CallState, settle};

/// Answers one request, or says what is wrong with it: that text is thrown in JavaScript.
///
/// # Errors
/// What ends the guest: no fuel for it, or no time.
pub(super) async fn compute(caller: &mut Caller<'_, CallState>, request: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, String>> {
    let request = match Request::parse(&request) {
        Ok(request) => request,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let fuel = request.fuel();
    settle(&mut caller.as_context_mut(), usize::try_from(fuel).unwrap_or(usize::MAX)).await?;
    let answer = if fuel <= INLINE_FUEL { answered(&request) } else { off_thread(move || answered(&request)).await? };
    let bytes = answer.as_ref().map_or(0, Vec::len);
    settle(&mut caller.as_context_mut(), bytes).await?;
    Ok(answer.map_err(|error| error.to_string()))
}

/// A fault in a library ends the request and not the thread.
fn answered(request: &Request) -> Result<Vec<u8>, IntlError> {
    catch_unwind(AssertUnwindSafe(|| request.answer())).unwrap_or(Err(IntlError::Fault))
}
