//! What a value is underneath and what an iterator has ahead: what only `quickjs/kinds.c` can see, for Node's inspection.

use rquickjs::{Ctx, Error, Result, Value, qjs};

unsafe extern "C" {
    fn JS_Kind(ctx: *mut qjs::JSContext, value: qjs::JSValue) -> qjs::JSValue;
    fn JS_Preview(ctx: *mut qjs::JSContext, value: qjs::JSValue) -> qjs::JSValue;
}

type Look = unsafe extern "C" fn(*mut qjs::JSContext, qjs::JSValue) -> qjs::JSValue;

fn ask<'js>(ctx: &Ctx<'js>, look: Look, value: &Value<'js>) -> Result<Value<'js>> {
    // SAFETY: the value lives in this context and is only read; the answer is owned.
    let answer = unsafe { Value::from_raw(ctx.clone(), look(ctx.as_raw().as_ptr(), value.as_raw())) };
    if answer.is_exception() { Err(Error::Exception) } else { Ok(answer) }
}

/// The name of an object's class, whatever its prototype says; undefined for what is no object.
pub(crate) fn kind_of<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    ask(&ctx, JS_Kind, &value)
}

/// What an iterator of a Map or a Set has ahead, or what a WeakMap or a WeakSet holds, as an array; undefined for anything else.
pub(crate) fn preview<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Value<'js>> {
    ask(&ctx, JS_Preview, &value)
}
