//! The place for a call's input and output. The host reads it from memory, which costs less than further calls.

use std::cell::{RefCell, UnsafeCell};
use std::ptr;

/// Inputs up to this length need no buffer of their own, in bytes.
const ROOM: usize = 16 * 1024;

/// The table that a host reads, four bytes for each field.
#[repr(C)]
pub(crate) struct Exchange {
    /// Where the next input goes, and how long it may be. For a longer one, `hb_alloc` has to be called first.
    input: *mut u8,
    room: u32,
    /// The output of the last call.
    output: *const u8,
    output_len: u32,
}

/// Exported as a global, whose value is the address.
#[repr(transparent)]
pub(crate) struct Shared<T>(UnsafeCell<T>);

// SAFETY: an instance of this module has a single thread.
unsafe impl<T> Sync for Shared<T> {}

/// The exchange with the host.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the name of an export")]
pub(crate) static hb_exchange: Shared<Exchange> =
    Shared(UnsafeCell::new(Exchange { input: FIXED.0.get().cast(), room: ROOM as u32, output: ptr::null(), output_len: 0 }));

static FIXED: Shared<[u8; ROOM + 1]> = Shared(UnsafeCell::new([0; ROOM + 1]));

thread_local! {
    /// The buffer for a long input.
    static LONG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn exchange() -> &'static mut Exchange {
    // SAFETY: there is one thread, and no caller keeps the reference.
    unsafe { &mut *hb_exchange.0.get() }
}

/// Room for `len` bytes and a terminating zero, which QuickJS's parsers want.
pub(crate) fn make_room(len: usize) -> *mut u8 {
    if len > exchange().room as usize {
        LONG.with_borrow_mut(|long| {
            *long = vec![0; len + 1];
            exchange().input = long.as_mut_ptr();
            exchange().room = len as u32;
        });
    }
    exchange().input
}

/// The first `len` bytes of the input and the zero behind them. `read` must not ask for room.
pub(crate) fn with_input<R>(len: usize, read: impl FnOnce(&[u8]) -> R) -> R {
    let Exchange { input, room, .. } = *exchange();
    let len = len.min(room as usize);
    // SAFETY: the buffer has one byte more than its stated length, and there is no other reference to it.
    let input = unsafe { std::slice::from_raw_parts_mut(input, len + 1) };
    if let Some(end) = input.last_mut() {
        *end = 0;
    }
    read(input)
}

/// Clears the input, and releases the buffer of a long one.
pub(crate) fn clear() {
    LONG.take();
    let fixed = FIXED.0.get();
    // SAFETY: there is no other reference to it.
    let bytes = unsafe { &mut *fixed };
    // What is zero already is not written, which would cost an execution that page.
    bytes.iter_mut().filter(|byte| **byte != 0).for_each(|byte| *byte = 0);
    exchange().input = fixed.cast();
    exchange().room = ROOM as u32;
}

/// Lets `write` make the output. It returns whether it did.
pub(crate) fn write_output(write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> bool {
    OUTPUT.with_borrow_mut(|output| {
        output.clear();
        let is_one = write(output).is_some();
        exchange().output = output.as_ptr();
        exchange().output_len = u32::try_from(output.len()).unwrap_or(u32::MAX);
        is_one
    })
}

/// Replaces the output.
pub(crate) fn set_output(bytes: &[u8]) {
    write_output(|output| {
        output.extend_from_slice(bytes);
        Some(())
    });
}
