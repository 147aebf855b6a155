//! The value that follows a chain of asynchronous calls, in the interpreter that `quickjs/changes.mjs` makes.
//!
//! The prelude defines its content; here it is only read, replaced and cleared.

use rquickjs::{Ctx, Value, qjs};

use crate::quick;

unsafe extern "C" {
    fn JS_GetAsyncContext(ctx: *mut qjs::JSContext) -> qjs::JSValue;
    fn JS_SetAsyncContext(ctx: *mut qjs::JSContext, value: qjs::JSValue);
}

/// The present value; the number 0 before one was set.
pub(crate) fn get<'js>(ctx: Ctx<'js>) -> Value<'js> {
    // SAFETY: the call returns an owned value of this context.
    unsafe { Value::from_raw(ctx.clone(), JS_GetAsyncContext(ctx.as_raw().as_ptr())) }
}

/// Replaces the value, for what runs from here on and for what it leaves to run later.
pub(crate) fn set(value: Value<'_>) {
    // SAFETY: the call takes over the reference that it is given.
    unsafe { JS_SetAsyncContext(value.ctx().as_raw().as_ptr(), quick::owned(&value)) };
}

/// Clears the value, since a run continues no earlier one.
pub(crate) fn clear(ctx: &Ctx<'_>) {
    set(Value::new_int(ctx.clone(), 0));
}
