//! Cryptography for JavaScript hooks, computed in the host: reads a request, charges for it, and computes it on the
//! thread of the guest, whose long steps hold up nobody else. `host-api/crypto/contract.json` is the contract. Libraries implement the algorithms; this code bounds their use, and reads and
//! writes keys, requests and answers.

mod asn1;
mod cipher;
mod contract;
mod cost;
mod derive;
mod encrypted;
mod encryption;
mod error;
mod hash;
mod jwk;
mod key;
mod keys;
mod lc;
mod operation;
mod passwords;
mod pem;
mod request;
mod sign;
mod stream;
#[cfg(test)]
mod tests;

use wasmtime::{AsContextMut, Caller};

use self::error::CryptoError;
use self::request::Request;
use crate::execution::{CallState, settle};

/// Answers one request, or says what is wrong with it as the JSON of an error of the contract.
///
/// # Errors
/// What ends the guest: too little fuel, or the deadline.
pub(super) async fn compute(caller: &mut Caller<'_, CallState>, request: Vec<u8>) -> wasmtime::Result<Result<Vec<u8>, String>> {
    let (request, fuel) = match priced(request, caller.data().limiter.left()) {
        Ok(priced) => priced,
        Err(error) => return Ok(Err(error.to_json())),
    };
    if operation::is_random(&request.operation) {
        caller.data_mut().js.reads.fleeting.get_or_insert("random bytes");
    }
    settle(&mut caller.as_context_mut(), usize::try_from(fuel).unwrap_or(usize::MAX)).await?;
    let answer = operation::answer(&request);
    settle(&mut caller.as_context_mut(), 0).await?;
    Ok(answer.map_err(|error| error.to_json()))
}

/// Parses a request and computes its fuel, if it may be computed in this much memory.
fn priced(request: Vec<u8>, memory: u64) -> Result<(Request, u64), CryptoError> {
    let request = Request::parse(request)?;
    let fuel = cost::fuel(&request, memory)?;
    Ok((request, fuel))
}
