//! The imports, all in module `hb`: whatever the engine can ask of the world.
//!
//! | import | what it does |
//! |---|---|
//! | `now(kind) -> f64` | microseconds: since 1970 (kind 0), or of a clock that never goes back (kind 1); 2 more where a package asks while it is loaded |
//! | `random(ptr, len)` | fills with random bytes |
//! | `env(name, name_len, buf, cap) -> i32` | an env var: its length, after writing as much of it as fits; -1 if there is none. An empty name asks for all names, one a line |
//! | `log(level, ptr, len)` | a message of one or more lines; levels are trace 0, debug 1, info 2, warn 3, error 4 |
//! | `start(ptr, len) -> i32` | begins an operation, see OPERATIONS.md, that is framed as a request to `compute`; its handle, 0 or more |
//! | `remaining() -> f64` | microseconds until the execution has to be over |
//! | `invocation(buf, cap) -> i32` | JSON with what a function can learn of itself and of this execution: its length, after writing as much of it as fits |
//! | `wait(block) -> i32` | the handle of an operation that is done: waits for one, or -1 when none is under way (1); does not wait, or -1 when none is done (0) |
//! | `answer(handle) -> i32` | makes an operation's answer the one that `take` copies: its length, or -1 - the length of an error's JSON |
//! | `abort(handle)` | forgets an operation, and closes what it has opened |
//! | `compute(service, ptr, len) -> i32` | a computation of one of the host's services, see CRYPTO.md: the answer's length, or -1 - the length of an error's text |
//! | `take(buf, cap) -> i32` | copies the last answer or error text of `compute` or `answer` |
//!
//! Booting calls none of them, so that the engine's own image depends on nothing; the interpreter reads a clock while it is
//! made, and gets a constant.

use std::cell::Cell;

use crate::{stack, state};

mod import {
    #[link(wasm_import_module = "hb")]
    unsafe extern "C" {
        pub(super) fn now(kind: i32) -> f64;
        pub(super) fn random(buf: *mut u8, len: usize);
        pub(super) fn env(name: *const u8, name_len: usize, buf: *mut u8, cap: usize) -> i32;
        pub(super) fn log(level: i32, text: *const u8, len: usize);
        pub(super) fn start(operation: *const u8, len: usize) -> i32;
        pub(super) fn wait(block: i32) -> i32;
        pub(super) fn answer(handle: i32) -> i32;
        pub(super) fn abort(handle: i32);
        pub(super) fn remaining() -> f64;
        pub(super) fn invocation(buf: *mut u8, cap: usize) -> i32;
        pub(super) fn compute(service: i32, request: *const u8, len: usize) -> i32;
        pub(super) fn take(buf: *mut u8, cap: usize) -> i32;
    }
}

thread_local! {
    static BOOTED: Cell<bool> = const { Cell::new(false) };
}

/// Lets the interpreter read the real clock from now on.
pub(crate) fn booted() {
    BOOTED.set(true);
}

/// Which clock.
#[derive(Clone, Copy)]
#[repr(i32)]
pub(crate) enum Clock {
    /// Microseconds since 1970.
    Wall = 0,
    /// Microseconds since some moment; never goes back.
    Monotonic = 1,
}

/// The time in microseconds.
pub(crate) fn now(clock: Clock) -> f64 {
    let by_package = if state::is_loading() && stack::is_in_package() { 2 } else { 0 };
    // SAFETY: the import takes and returns plain numbers.
    unsafe { import::now(clock as i32 + by_package) }
}

/// What the interpreter itself reads the wall clock with.
#[unsafe(no_mangle)]
extern "C" fn __rquickjs_host_now_us() -> f64 {
    if BOOTED.get() { now(Clock::Wall) } else { 0.0 }
}

/// Fills `buf` with random bytes.
pub(crate) fn random(buf: &mut [u8]) {
    // SAFETY: the import writes `len` bytes at `buf`, which is that long.
    unsafe { import::random(buf.as_mut_ptr(), buf.len()) }
}

/// The value of an env var; with an empty name, the names of all of them, one a line.
pub(crate) fn env(name: &str) -> Option<Vec<u8>> {
    let mut value = vec![0; 256];
    loop {
        // SAFETY: the import reads `name` and writes at most `cap` bytes at `buf`, which is that long.
        let len = unsafe { import::env(name.as_ptr(), name.len(), value.as_mut_ptr(), value.len()) };
        let len = usize::try_from(len).ok()?;
        let fits = len <= value.len();
        value.resize(len, 0);
        if fits {
            return Some(value);
        }
    }
}

/// The level of a warning.
pub(crate) const WARN: i32 = 3;

/// Microseconds until the execution has to be over.
pub(crate) fn remaining() -> f64 {
    // SAFETY: the import takes nothing and returns a plain number.
    unsafe { import::remaining() }
}

/// What the function can learn of itself and of this execution, as JSON.
pub(crate) fn invocation() -> Vec<u8> {
    let mut told = vec![0; 1024];
    loop {
        // SAFETY: the import writes at most `cap` bytes at `buf`, which is that long.
        let len = usize::try_from(unsafe { import::invocation(told.as_mut_ptr(), told.len()) }).unwrap_or(0);
        let fits = len <= told.len();
        told.resize(len, 0);
        if fits {
            return told;
        }
    }
}

/// Writes to the hook's log.
pub(crate) fn log(level: i32, text: &[u8]) {
    // SAFETY: the import reads `len` bytes at `text`.
    unsafe { import::log(level, text.as_ptr(), text.len()) }
}

/// Starts an operation. Returns its handle.
pub(crate) fn start(operation: &[u8]) -> i32 {
    // SAFETY: the import reads `len` bytes at `operation`.
    unsafe { import::start(operation.as_ptr(), operation.len()) }
}

/// The handle of an operation that is done, or -1: when none is under way or, if it is not to `block`, when none is done yet.
pub(crate) fn wait(block: bool) -> i32 {
    // SAFETY: the import takes and returns plain numbers.
    unsafe { import::wait(i32::from(block)) }
}

/// What an operation that is done answered, or the JSON of an error. It can be asked once.
pub(crate) fn answer(handle: i32) -> Result<Vec<u8>, Vec<u8>> {
    // SAFETY: the import takes and returns plain numbers.
    taken(unsafe { import::answer(handle) })
}

/// Forgets an operation, and closes what it has opened.
pub(crate) fn abort(handle: i32) {
    // SAFETY: the import takes a plain number.
    unsafe { import::abort(handle) }
}

/// Calls a service of the host. Returns its answer, or the text of an error.
pub(crate) fn compute(service: i32, request: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    // SAFETY: the import reads `len` bytes at `request`.
    taken(unsafe { import::compute(service, request.as_ptr(), request.len()) })
}

/// The answer whose length an import returned.
fn taken(len: i32) -> Result<Vec<u8>, Vec<u8>> {
    match usize::try_from(len) {
        Ok(len) => Ok(take(len)),
        Err(_) => Err(take(len.unsigned_abs() as usize - 1)),
    }
}

fn take(len: usize) -> Vec<u8> {
    let mut answer = vec![0; len];
    // SAFETY: the import writes at most `cap` bytes at `buf`, which is that long.
    let written = unsafe { import::take(answer.as_mut_ptr(), answer.len()) };
    answer.truncate(usize::try_from(written).unwrap_or(0));
    answer
}
