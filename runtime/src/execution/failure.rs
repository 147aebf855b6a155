//! Turns an engine's error into a failure that the hook's author can act on.

use hookbox_host_api::{Failure, FailureKind};
use wasmtime::{Trap, WasmBacktrace};

use super::limiter::MemoryLimiter;
use super::stop::{StartFailed, Stop};

/// Classifies an error. A guest that was refused memory and then trapped ran out of memory, whatever the trap was.
pub(crate) fn classify(error: &wasmtime::Error, limiter: &MemoryLimiter) -> Failure {
    let (kind, message) = kind(error);
    match kind {
        FailureKind::Trap | FailureKind::Host if limiter.refused() => {
            Failure::new(FailureKind::OutOfMemory, format!("memory or table space was refused at {} bytes in use", limiter.peak()))
        }
        _ => Failure::new(kind, message),
    }
}

fn kind(error: &wasmtime::Error) -> (FailureKind, String) {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        let kind = match stop {
            Stop::OutOfFuel => FailureKind::OutOfFuel,
            Stop::Timeout => FailureKind::Timeout,
            Stop::Exit(_) => FailureKind::Exit,
        };
        return (kind, stop.to_string());
    }
    if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
        return (FailureKind::Exit, format!("exit code {}", exit.0));
    }
    let place = error.downcast_ref::<WasmBacktrace>().and_then(place);
    let whereabouts = place.map(|name| format!(", in `{name}`")).unwrap_or_default();
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => (FailureKind::OutOfFuel, Stop::OutOfFuel.to_string()),
        Some(Trap::StackOverflow) => (FailureKind::StackOverflow, format!("too many nested calls{whereabouts}")),
        Some(trap) => (FailureKind::Trap, format!("{trap}{whereabouts}")),
        None if error.is::<StartFailed>() => (FailureKind::Host, error.to_string()),
        None if error.is::<WasmBacktrace>() => (FailureKind::Trap, format!("{}{whereabouts}", error.root_cause())),
        // The guest had returned already, and its result could not be lifted.
        None => (FailureKind::InvalidResponse, format!("the result cannot be read: {}", error.root_cause())),
    }
}

/// The innermost function that has a name.
fn place(backtrace: &WasmBacktrace) -> Option<String> {
    backtrace.frames().iter().find_map(|frame| frame.func_name()).map(plain_name)
}

/// A function's name as its author wrote it, without the hash at the end of a Rust symbol, cut to 200 characters.
pub(crate) fn plain_name(name: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(name));
    let name = match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => path,
        _ => &name,
    };
    name.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn names_are_as_authors_wrote_them() {
        let names = [
            ("_ZN10serde_json2de12ParserNumber5visit17h8b28969a1430c131E", "serde_json::de::ParserNumber::visit"),
            ("_RNvNtCsgXGp5Oqx2Ny_4core3fmt5write", "core::fmt::write"),
            ("app::run::h8b28969a1430c131", "app::run"),
            ("app::run::hello", "app::run::hello"),
            ("parse", "parse"),
        ];
        names.iter().for_each(|(symbol, name)| assert_eq!(plain_name(symbol), *name));
        assert_eq!(plain_name(&"x".repeat(500)).len(), 200);
    }
}
