//! The characters of JavaScript's strings as they lie in memory, and strings made of such characters. The other half is `quickjs/text.c`.

use std::ffi::c_void;
use std::ptr;

use rquickjs::qjs::{self, JSContext, JSValue};
use rquickjs::{Ctx, Error, Result, Value};

unsafe extern "C" {
    fn JS_TextUnits(ctx: *mut JSContext, value: JSValue, units: *mut *const c_void, len: *mut u32, wide: *mut bool) -> JSValue;
    fn JS_PlainNewText(ctx: *mut JSContext, text: *const u8, len: u32) -> JSValue;
}

/// The characters of a string.
pub(crate) enum Units<'a> {
    /// All of them are below 256.
    Latin1(&'a [u8]),
    Utf16(&'a [u16]),
}

impl Units<'_> {
    /// The unit at a place.
    pub(super) fn at(&self, at: usize) -> Option<u16> {
        match self {
            Self::Latin1(text) => text.get(at).map(|byte| u16::from(*byte)),
            Self::Utf16(text) => text.get(at).copied(),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Latin1(text) => text.len(),
            Self::Utf16(text) => text.len(),
        }
    }
}

/// Hands the characters of a value as a string to `read`, without a copy of them.
pub(crate) fn with_units<R>(value: &Value<'_>, read: impl FnOnce(Units<'_>) -> R) -> Result<R> {
    raw_units(value.ctx().as_raw().as_ptr(), value.as_raw(), read).ok_or(Error::Exception)
}

/// The same for a value of this context that somebody else keeps alive; nothing where an exception is pending instead.
pub(crate) fn raw_units<R>(ctx: *mut JSContext, value: JSValue, read: impl FnOnce(Units<'_>) -> R) -> Option<R> {
    let (mut units, mut len, mut wide) = (ptr::null(), 0, false);
    // SAFETY: the string is kept until it was read, and freed once; its units are as many as it says, aligned as their kind wants it.
    unsafe {
        let string = JS_TextUnits(ctx, value, &mut units, &mut len, &mut wide);
        if qjs::JS_IsException(string) {
            return None;
        }
        let len = len as usize;
        let answer = if wide {
            read(Units::Utf16(std::slice::from_raw_parts(units.cast(), len)))
        } else {
            read(Units::Latin1(std::slice::from_raw_parts(units.cast(), len)))
        };
        qjs::JS_FreeValue(ctx, string);
        Some(answer)
    }
}

fn made<'js>(ctx: &Ctx<'js>, string: JSValue) -> Result<Value<'js>> {
    // SAFETY: the value was just made in this context and is owned here.
    let value = unsafe { Value::from_raw(ctx.clone(), string) };
    if value.is_exception() { Err(Error::Exception) } else { Ok(value) }
}

/// A string of characters below 256.
pub(super) fn from_latin1<'js>(ctx: &Ctx<'js>, text: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the bytes are copied.
    made(ctx, unsafe { JS_PlainNewText(ctx.as_raw().as_ptr(), text.as_ptr(), text.len() as u32) })
}

/// A string of UTF-16.
pub(super) fn from_utf16<'js>(ctx: &Ctx<'js>, text: &[u16]) -> Result<Value<'js>> {
    if text.iter().all(|unit| *unit < 0x100) {
        return from_latin1(ctx, &text.iter().map(|unit| *unit as u8).collect::<Vec<_>>());
    }
    // SAFETY: the units are copied.
    made(ctx, unsafe { qjs::JS_NewStringUTF16(ctx.as_raw().as_ptr(), text.as_ptr(), text.len() as _) })
}

/// A string of UTF-8.
pub(super) fn from_utf8<'js>(ctx: &Ctx<'js>, text: &str) -> Result<Value<'js>> {
    // SAFETY: the bytes are copied.
    made(ctx, unsafe { qjs::JS_NewStringLen(ctx.as_raw().as_ptr(), text.as_ptr().cast(), text.len() as _) })
}
