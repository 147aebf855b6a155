//! The few things of QuickJS that rquickjs has no safe name for; how plain data is looked at is next door, in `plain`.

use std::ffi::CStr;
use std::ptr;

use rquickjs::{Ctx, Error, Object, Result, Value, qjs};

use crate::plain::Plain;
use crate::text::{Units, push_utf8, raw_units, with_units};

/// What a promise is up to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promised {
    Pending,
    Fulfilled,
    Rejected,
}

/// What became of one job.
pub(crate) enum Job {
    /// There was none.
    None,
    Done,
    /// It threw, and the exception is pending.
    Threw,
}

/// How a text is to be taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Script,
    Module,
}

unsafe extern "C" {
    fn JS_Freeze(runtime: *mut qjs::JSRuntime);
    fn JS_SetNodeMajor(major: u32);
}

/// Tells the interpreter which version of Node.js its errors are to sound like.
pub(crate) fn set_node_major(major: u32) {
    // SAFETY: sets a number, in an instance that has one thread.
    unsafe { JS_SetNodeMajor(major) };
}

/// Freezes what there is: it is neither counted, freed nor looked through for garbage any more.
pub(crate) fn freeze(ctx: &Ctx<'_>) {
    // SAFETY: the context lives, and none of its functions is under way.
    unsafe { JS_Freeze(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) };
}

fn checked<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: the value came from this context and is owned here.
    let value = unsafe { Value::from_raw(ctx.clone(), value) };
    if value.is_exception() { Err(Error::Exception) } else { Ok(value) }
}

/// Another reference to the value, which the caller owns.
pub(crate) fn owned(value: &Value<'_>) -> qjs::JSValue {
    // SAFETY: the value lives in a context, so its runtime does.
    unsafe { qjs::JS_DupValue(value.ctx().as_raw().as_ptr(), value.as_raw()) }
}

/// Evaluates a text that ends in a zero byte, its first line numbered `line`.
pub(crate) fn evaluate<'js>(ctx: &Ctx<'js>, text: &CStr, file: &CStr, line: i32, kind: Kind, compile_only: bool) -> Result<Value<'js>> {
    let kind = match kind {
        Kind::Script => qjs::JS_EVAL_TYPE_GLOBAL,
        Kind::Module => qjs::JS_EVAL_TYPE_MODULE,
    };
    let only = if compile_only { qjs::JS_EVAL_FLAG_COMPILE_ONLY } else { 0 };
    let mut options = qjs::JSEvalOptions {
        version: qjs::JS_EVAL_OPTIONS_VERSION as i32,
        eval_flags: (kind | only) as i32,
        filename: file.as_ptr(),
        line_num: line,
    };
    // SAFETY: both strings end in zero and outlive the call.
    let value = unsafe { qjs::JS_Eval2(ctx.as_raw().as_ptr(), text.as_ptr(), text.count_bytes() as _, &mut options) };
    checked(ctx, value)
}

/// Runs what was compiled; a module's answer is a promise.
pub(crate) fn run_compiled<'js>(ctx: &Ctx<'js>, compiled: Value<'js>) -> Result<Value<'js>> {
    let code = owned(&compiled);
    // SAFETY: the call takes its own reference.
    checked(ctx, unsafe { qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), code) })
}

/// Writes compiled code, without its source text and debug information, to the start of `target`; how long it is.
pub(crate) fn serialise(ctx: &Ctx<'_>, compiled: &Value<'_>, target: &mut [u8]) -> Result<usize> {
    let without = qjs::JS_WRITE_OBJ_STRIP_SOURCE | qjs::JS_WRITE_OBJ_STRIP_DEBUG;
    let written = with_serialised(ctx, compiled, without, |written| {
        target.get_mut(..written.len()).map(|target| target.copy_from_slice(written)).map(|()| written.len())
    })?;
    written.ok_or(Error::Unknown)
}

/// Hands compiled code, without what the flags strip, to `read`.
pub(crate) fn with_serialised<R>(ctx: &Ctx<'_>, compiled: &Value<'_>, without: u32, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
    let raw = ctx.as_raw().as_ptr();
    let flags = qjs::JS_WRITE_OBJ_BYTECODE | without;
    let mut len = 0;
    // SAFETY: the bytes are as many as it says, and are freed once.
    unsafe {
        let bytes = qjs::JS_WriteObject(raw, &mut len, compiled.as_raw(), flags as i32);
        if bytes.is_null() {
            return Err(Error::Exception);
        }
        let done = read(std::slice::from_raw_parts(bytes, len as usize));
        qjs::js_free(raw, bytes.cast());
        Ok(done)
    }
}

/// Reads what `serialise` of this very engine wrote.
pub(crate) fn deserialise<'js>(ctx: &Ctx<'js>, code: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the bytes outlive the call; they are trusted, because the engine wrote them itself.
    let value = unsafe { qjs::JS_ReadObject(ctx.as_raw().as_ptr(), code.as_ptr(), code.len() as _, qjs::JS_READ_OBJ_BYTECODE as i32) };
    checked(ctx, value)
}

/// The definition of a compiled module, which lives as long as its context.
pub(crate) fn definition(module: &Value<'_>) -> *mut qjs::JSModuleDef {
    // SAFETY: only called with a module, whose value is the pointer to its definition.
    unsafe { qjs::JS_VALUE_GET_PTR(module.as_raw()).cast() }
}

/// The value of a module of this context.
pub(crate) fn module_value<'js>(ctx: &Ctx<'js>, definition: *mut qjs::JSModuleDef) -> Value<'js> {
    let module = qjs::JS_MKPTR(qjs::JS_TAG_MODULE, definition.cast());
    // SAFETY: the module lives in this context; the value is given a reference of its own.
    unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(ctx.as_raw().as_ptr(), module)) }
}

/// What a compiled module exports; complete only once it has run.
pub(crate) fn namespace<'js>(ctx: &Ctx<'js>, module: &Value<'js>) -> Result<Object<'js>> {
    // SAFETY: the definition lives as long as the context.
    let value = unsafe { qjs::JS_GetModuleNamespace(ctx.as_raw().as_ptr(), definition(module)) };
    checked(ctx, value)?.into_object().ok_or(Error::Unknown)
}

/// Parses JSON that ends in a zero byte, which does not belong to it.
pub(crate) fn parse_json<'js>(ctx: &Ctx<'js>, text: &[u8]) -> Result<Value<'js>> {
    let len = text.len().saturating_sub(1);
    // SAFETY: the bytes outlive the call and a zero byte is the last of them.
    let value = unsafe { qjs::JS_ParseJSON(ctx.as_raw().as_ptr(), text.as_ptr().cast(), len as _, c"context".as_ptr()) };
    checked(ctx, value)
}

/// The JSON of a value, if it has any.
pub(crate) fn to_json<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Value<'js>> {
    // SAFETY: plain call; undefined stands for "no replacer" and "no indentation".
    let json = unsafe { qjs::JS_JSONStringify(ctx.as_raw().as_ptr(), value.as_raw(), qjs::JS_UNDEFINED, qjs::JS_UNDEFINED) };
    checked(ctx, json)
}

/// Hands the UTF-8 of a string to `read`, without a copy where the string is ASCII already. Half a surrogate pair is a replacement
/// character.
pub(crate) fn with_utf8<R>(value: &Value<'_>, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
    with_units(value, |units| match units {
        Units::Latin1(text) if text.is_ascii() => read(text),
        units => {
            let mut text = Vec::new();
            push_utf8(&mut text, &units);
            read(&text)
        }
    })
}

/// Appends what a value of this context is as a string, in UTF-8; for strings and numbers, which runs no code of the author's.
pub(crate) fn push_text(out: &mut Vec<u8>, Plain(ctx): Plain, value: qjs::JSValue) -> Option<()> {
    raw_units(ctx, value, |units| push_utf8(out, &units))
}

/// Appends a number as JavaScript writes it.
pub(crate) fn push_number(out: &mut Vec<u8>, plain: Plain, number: f64) -> Option<()> {
    push_text(out, plain, qjs::JS_NewFloat64(number))
}

/// Where a promise stands.
pub(crate) fn promised(promise: &Value<'_>) -> Promised {
    // SAFETY: plain call on a living value.
    match unsafe { qjs::JS_PromiseState(promise.ctx().as_raw().as_ptr(), promise.as_raw()) } {
        qjs::JSPromiseStateEnum_JS_PROMISE_PENDING => Promised::Pending,
        qjs::JSPromiseStateEnum_JS_PROMISE_REJECTED => Promised::Rejected,
        _ => Promised::Fulfilled,
    }
}

/// What a promise was settled with.
pub(crate) fn promise_result<'js>(promise: &Value<'js>) -> Value<'js> {
    let ctx = promise.ctx();
    // SAFETY: the call returns an owned value of this context.
    unsafe { Value::from_raw(ctx.clone(), qjs::JS_PromiseResult(ctx.as_raw().as_ptr(), promise.as_raw())) }
}

/// Runs the next job.
pub(crate) fn run_job(ctx: &Ctx<'_>) -> Job {
    let mut ran_in = ptr::null_mut();
    // SAFETY: plain call; there is one context.
    match unsafe { qjs::JS_ExecutePendingJob(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), &mut ran_in) } {
        0 => Job::None,
        1.. => Job::Done,
        _ => Job::Threw,
    }
}

/// Throws what no `catch` of the hook's stops.
pub(crate) fn throw_uncatchable(ctx: &Ctx<'_>, value: Value<'_>) -> Error {
    // SAFETY: the mark is set on the value that is thrown next.
    unsafe { qjs::JS_SetUncatchableError(ctx.as_raw().as_ptr(), value.as_raw()) };
    // SAFETY: the throw takes its own reference.
    unsafe { qjs::JS_Throw(ctx.as_raw().as_ptr(), owned(&value)) };
    Error::Exception
}

/// What a proxy stands before and what answers for it, or nothing for anything else.
pub(crate) fn proxy_parts<'js>(value: &Value<'js>) -> Option<(Value<'js>, Value<'js>)> {
    if !value.is_proxy() {
        return None;
    }
    let ctx = value.ctx();
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: both calls return owned values of this context.
    unsafe {
        let target = Value::from_raw(ctx.clone(), qjs::JS_GetProxyTarget(raw, value.as_raw()));
        let handler = Value::from_raw(ctx.clone(), qjs::JS_GetProxyHandler(raw, value.as_raw()));
        Some((target, handler))
    }
}
