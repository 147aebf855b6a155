//! The calls that are under way when the host's fuel ends in the middle of anything: what a profile is made of.
//!
//! The host calls this on an instance that has trapped, and drops it afterwards. So nothing is in order: the engine is borrowed, the
//! heap may be half changed, and there is a stack below which nothing is needed any more. It allocates nothing, borrows nothing, and
//! writes to the bottom of the stack.
//!
//! What it leaves is a length as u32, and as many bytes of text: a line for each call, innermost first, `NAME`, or
//! `NAME\tFILE\tLINE\tCOLUMN` with the place where a function of the author's is defined. Of more calls than the text has room for it
//! has the innermost and the outermost, and between them a line `...`.

use std::cell::Cell;
use std::ptr;

use rquickjs::{Ctx, qjs};

unsafe extern "C" {
    fn JS_IsInPackage(runtime: *mut qjs::JSRuntime) -> bool;
    fn JS_WriteStack(runtime: *mut qjs::JSRuntime, buffer: *mut u8, size: u32) -> u32;
}

thread_local! {
    static RUNTIME: Cell<*mut qjs::JSRuntime> = const { Cell::new(ptr::null_mut()) };
}

/// Where the text is: the stack grows down to here.
const BOTTOM: usize = 16;
/// What this function and those that it calls may take of the stack themselves.
const OWN_FRAMES: usize = 4096;

/// Remembers the interpreter.
pub(crate) fn watch(ctx: &Ctx<'_>) {
    // SAFETY: plain call on a living context.
    RUNTIME.set(unsafe { qjs::JS_GetRuntime(ctx.as_raw().as_ptr()) });
}

/// Whether a file of a package is what runs.
pub(crate) fn is_in_package() -> bool {
    let runtime = RUNTIME.get();
    // SAFETY: the interpreter lives as long as the instance.
    !runtime.is_null() && unsafe { JS_IsInPackage(runtime) }
}

/// Writes down the calls; where.
#[inline(never)]
pub(crate) fn write() -> *const u8 {
    const HEAD: usize = size_of::<u32>();
    let here = 0_u8;
    let room = (std::hint::black_box(&raw const here) as usize).saturating_sub(OWN_FRAMES + BOTTOM + HEAD);
    let bottom = std::hint::black_box(BOTTOM) as *mut u8;
    let runtime = RUNTIME.get();
    // SAFETY: the stack grows down to the bottom of memory, so what lies below the frame is free; the interpreter lives as long as
    // the instance.
    unsafe {
        let written = if runtime.is_null() { 0 } else { JS_WriteStack(runtime, bottom.add(HEAD), u32::try_from(room).unwrap_or(0)) };
        bottom.cast::<u32>().write(written);
    }
    bottom
}
