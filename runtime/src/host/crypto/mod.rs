//! Cryptography for JavaScript hooks, computed in the host: reads a request, charges for it, and has it computed where it holds up
//! nobody. `js-engine/CRYPTO.md` is the contract. The algorithms are libraries'; what is written here is who may have how much of them.

mod cipher;
mod cost;
mod derive;
mod ec;
mod error;
mod hash;
mod jwk;
mod key;
mod operation;
mod pem;
mod request;
mod rsa;
mod rsa_scheme;
#[cfg(test)]
mod tests;

use wasmtime::{AsContextMut, Caller};

use self::error::CryptoError;
use self::request::Request;
use super::off_thread::{INLINE_FUEL, off_thread};
use crate::execution::{CallState, settle};

/// Answers one request, or says what is wrong with it: that text is thrown in JavaScript.
///
/// # Errors
/// What ends the guest: no fuel for it, or no time.
pub(super) async fn compute(caller: &mut Caller<'_, CallState>, request: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, String>> {
    let (request, fuel) = match priced(request) {
        Ok(priced) => priced,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if operation::is_random(&request.operation) {
        caller.data_mut().js.reads.fleeting.get_or_insert("random bytes");
    }
    settle(&mut caller.as_context_mut(), usize::try_from(fuel).unwrap_or(usize::MAX)).await?;
    let answer = if fuel <= INLINE_FUEL { operation::answer(&request) } else { off_thread(move || operation::answer(&request)).await? };
    settle(&mut caller.as_context_mut(), 0).await?;
    Ok(answer.map_err(|error| error.to_string()))
}

fn priced(request: Vec<u8>) -> Result<(Request, u64), CryptoError> {
    let request = Request::parse(request)?;
    let fuel = cost::fuel(&request)?;
    Ok((request, fuel))
}
