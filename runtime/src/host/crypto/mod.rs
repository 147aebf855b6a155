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

use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;
use wasmtime::{AsContextMut, Caller};

use self::error::CryptoError;
use self::request::Request;
use crate::execution::{CallState, settle};

/// What is computed off the threads that run guests cannot be stopped, so no more of it runs at a time than there are cores. Those who
/// wait for their turn do so no longer than their deadline.
static COMPUTING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Arc::new(Semaphore::new(cores))
});

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
    let answer = if fuel <= cost::INLINE_FUEL { operation::answer(&request) } else { off_thread(request).await? };
    settle(&mut caller.as_context_mut(), 0).await?;
    Ok(answer.map_err(|error| error.to_string()))
}

fn priced(request: Vec<u8>) -> Result<(Request, u64), CryptoError> {
    let request = Request::parse(request)?;
    let fuel = cost::fuel(&request)?;
    Ok((request, fuel))
}

async fn off_thread(request: Request) -> wasmtime::Result<Result<Vec<u8>, CryptoError>> {
    let turn = COMPUTING.clone().acquire_owned().await?;
    let computed = tokio::task::spawn_blocking(move || {
        let answer = operation::answer(&request);
        drop(turn);
        answer
    });
    Ok(computed.await?)
}
