//! Why a guest ended before its function returned: errors of the host that travel through the guest's frames.

/// Why the host ended a guest. Travels through the guest's frames as an error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error("the fuel budget is spent")]
    OutOfFuel,
    #[error("the deadline passed")]
    Timeout,
    #[error("exit code {0}")]
    Exit(i32),
}

/// Marks an error as one of the instantiation (a limit, a segment out of bounds), to tell it from a result that cannot be lifted.
pub(crate) fn during_start(error: wasmtime::Error) -> wasmtime::Error {
    match error.is::<Stop>() || error.is::<wasmtime::Trap>() || error.is::<wasmtime::WasmBacktrace>() {
        true => error,
        false => wasmtime::Error::from(StartFailed(format!("{:#}", error))),
    }
}

/// The guest could not be instantiated.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct StartFailed(String);
