//! Engines that panic: a damaged file can make one, and its caller gets an error like any other.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::StoreError;

thread_local! {
    /// Whether this thread is in an engine, so that a panic is not told as one.
    static IN_ENGINE: Cell<bool> = const { Cell::new(false) };
}

/// Calls an engine. A panic in it means that the stored bytes are not what was written.
///
/// Unwind safe, because nothing of the engine's is trusted after a panic but to read, which panics again or does not.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, StoreError> {
    keep_quiet();
    let before = IN_ENGINE.replace(true);
    let called = catch_unwind(AssertUnwindSafe(call));
    IN_ENGINE.set(before);
    called.map_err(|panic| {
        let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        StoreError::Corrupt(said.and_then(|said| said.lines().next()).unwrap_or("the engine broke off").to_owned())
    })
}

/// Runs a caller's own code inside of a call. Its panics are its own.
pub(super) fn outside<T>(work: impl FnOnce() -> T) -> T {
    let before = IN_ENGINE.replace(false);
    let value = work();
    IN_ENGINE.set(before);
    value
}

/// The panics of an engine are told as errors, once.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = take_hook();
        set_hook(Box::new(move |panic| {
            if !IN_ENGINE.get() {
                tell(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_damage() {
        assert_eq!(guarded(|| 7).unwrap(), 7);
        let panicked = guarded(|| -> u8 { panic!("index out of bounds\nand more") });
        assert_eq!(panicked.unwrap_err().to_string(), "the store is damaged: index out of bounds");
        assert!(guarded(|| outside(|| IN_ENGINE.get())).is_ok_and(|inside| !inside) && !IN_ENGINE.get());
    }
}
