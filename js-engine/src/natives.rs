//! What the prelude is given to build Node's surface with: thin functions over the imports, and the few things about values
//! that JavaScript cannot find out by itself. The author's code never holds this object.

use rquickjs::function::{Func, Opt};
use rquickjs::{Array, Ctx, Exception, Function, IntoJs as _, Object, Result, TypedArray, Value};

use crate::bytes::bytes;
use crate::host::{self, Clock};
use crate::state::Answer;
use crate::{address, async_context, brotli, collate, console, files, kinds, lines, modules, quick, state, text, zlib};

/// The object.
pub(crate) fn object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    natives.set("wallClock", Func::from(|| host::now(Clock::Wall)))?;
    natives.set("monotonic", Func::from(|| host::now(Clock::Monotonic)))?;
    natives.set("env", Func::from(env))?;
    natives.set("log", Func::from(log))?;
    natives.set("write", Func::from(write))?;
    natives.set("kindOf", Func::from(kinds::kind_of))?;
    natives.set("preview", Func::from(kinds::preview))?;
    natives.set("printer", Func::from(console::printer))?;
    natives.set("grouped", Func::from(state::set_grouped))?;
    natives.set("loading", Func::from(state::is_loading))?;
    natives.set("start", Func::from(start))?;
    natives.set("wait", Func::from(host::wait))?;
    natives.set("answer", Func::from(answer))?;
    natives.set("abort", Func::from(host::abort))?;
    natives.set("remaining", Func::from(host::remaining))?;
    natives.set("invocation", Func::from(|| String::from_utf8_lossy(&host::invocation()).into_owned()))?;
    natives.set("answered", Func::from(answered))?;
    natives.set("random", Func::from(random))?;
    natives.set("mathRandom", Func::from(math_random))?;
    natives.set("compute", Func::from(compute))?;
    natives.set("resolve", Func::from(resolve))?;
    natives.set("text", Func::from(|ctx: Ctx<'js>, path: String| files::read(&ctx, &path).map(files::File::text)))?;
    natives.set("look", Func::from(look))?;
    natives.set("bytes", Func::from(file_bytes))?;
    natives.set("wrapper", Func::from(wrapper))?;
    natives.set("evaluateModule", Func::from(modules::evaluate))?;
    natives.set("ticksPending", Func::from(state::set_ticks))?;
    natives.set("exit", Func::from(exit))?;
    natives.set("encodeUtf8", Func::from(encode_utf8))?;
    natives.set("decodeUtf8", Func::from(decode_utf8))?;
    text::add(&natives)?;
    address::add(&natives)?;
    zlib::add(&natives)?;
    brotli::add(&natives)?;
    natives.set("proxyDetails", Func::from(proxy_details))?;
    natives.set("asyncContext", Func::from(async_context::get))?;
    natives.set("setAsyncContext", Func::from(async_context::set))?;
    natives.set("asciiOrder", Func::from(collate::ascii_order))?;
    natives.set("promiseDetails", Func::from(promise_details))?;
    Ok(natives)
}

fn env(name: Value<'_>) -> Result<Option<String>> {
    let value = quick::with_utf8(&name, |name| host::env(&String::from_utf8_lossy(name)))?;
    Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()))
}

fn resolve<'js>(ctx: Ctx<'js>, from: String, name: String, is_import: bool) -> Result<String> {
    files::resolve(&from, &name, is_import).map_err(|error| Exception::throw_message(&ctx, &error))
}

/// A file's length, the names in a folder, or undefined.
fn look<'js>(ctx: Ctx<'js>, path: String) -> Result<Value<'js>> {
    match files::look(&path) {
        None => Ok(Value::new_undefined(ctx)),
        Some(files::Node::File(len)) => Ok(Value::new_number(ctx, len)),
        Some(files::Node::Folder(names)) => names.into_js(&ctx),
    }
}

fn file_bytes<'js>(ctx: Ctx<'js>, path: String) -> Result<TypedArray<'js, u8>> {
    let bytes = files::bytes(&ctx, &path)?;
    TypedArray::new(ctx, bytes)
}

fn wrapper<'js>(ctx: Ctx<'js>, path: String) -> Result<Function<'js>> {
    files::read(&ctx, &path)?.wrapper(&ctx, &path)
}

fn log<'js>(level: i32, text: Value<'js>) -> Result<()> {
    quick::with_utf8(&text, |text| lines::log(level, text))
}

fn write<'js>(error: bool, text: Value<'js>) -> Result<()> {
    quick::with_utf8(&text, |text| lines::write(error, text))
}

/// The function answered through its callback or its second argument: with an error, with a result that is final, or with one that waits until
/// nothing is left to do. The prelude keeps what with.
fn answered(failed: bool, at_once: bool) {
    state::set_answer(match (failed, at_once) {
        (true, _) => Answer::Failed,
        (false, true) => Answer::Given,
        (false, false) => Answer::Waits,
    });
}

fn exit<'js>(ctx: Ctx<'js>, code: i32) -> Result<()> {
    state::set_exit_code(code);
    let error = Exception::from_message(ctx.clone(), "process.exit")?;
    Err(quick::throw_uncatchable(&ctx, error.into_value()))
}

fn random<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>) -> Result<()> {
    let mut raw = bytes(&ctx, &array)?;
    // SAFETY: the array is alive, nothing else looks at it meanwhile, and the import only writes.
    host::random(unsafe { raw.as_mut() });
    Ok(())
}

/// xorshift128+, as in other engines; seeded when a run first asks, so that a run which does not ask needs no randomness.
fn math_random() -> f64 {
    let [mut a, b] = state::seed().unwrap_or_else(fresh_seed);
    a ^= a << 23;
    a ^= a >> 17;
    a ^= b ^ (b >> 26);
    state::set_seed([b, a]);
    // 52 random bits as the fraction of a number from 1 to 2.
    f64::from_bits((a.wrapping_add(b) >> 12) | 0x3ff0_0000_0000_0000) - 1.0
}

fn fresh_seed() -> [u64; 2] {
    let mut seed = [0; 16];
    host::random(&mut seed);
    let seed = u128::from_le_bytes(seed);
    [(seed as u64) | 1, (seed >> 64) as u64]
}

/// Begins an operation: its JSON and what it carries, if anything.
fn start<'js>(ctx: Ctx<'js>, header: String, payload: Opt<TypedArray<'js, u8>>) -> Result<i32> {
    Ok(host::start(&request(&ctx, &header, payload.0.into_iter().map(Ok))?))
}

/// The answer of an operation that is done. Its error has JSON for a message.
fn answer<'js>(ctx: Ctx<'js>, handle: i32) -> Result<TypedArray<'js, u8>> {
    answered_with(ctx, host::answer(handle))
}

/// A computation of a service of the host: the header's JSON and the payloads, in the order in which its `parts` counts them.
fn compute<'js>(ctx: Ctx<'js>, service: i32, header: String, parts: Array<'js>) -> Result<TypedArray<'js, u8>> {
    let request = request(&ctx, &header, parts.iter())?;
    answered_with(ctx, host::compute(service, &request))
}

fn answered_with(ctx: Ctx<'_>, answer: std::result::Result<Vec<u8>, Vec<u8>>) -> Result<TypedArray<'_, u8>> {
    match answer {
        Ok(answer) => TypedArray::new(ctx, answer),
        Err(text) => Err(Exception::throw_message(&ctx, &String::from_utf8_lossy(&text))),
    }
}

/// What the host is asked: the header's length, the header, and the payloads.
fn request<'js>(ctx: &Ctx<'js>, header: &str, parts: impl Iterator<Item = Result<TypedArray<'js, u8>>>) -> Result<Vec<u8>> {
    let mut request = Vec::with_capacity(header.len() + 64);
    request.extend_from_slice(&u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes());
    request.extend_from_slice(header.as_bytes());
    for part in parts {
        let part = part?;
        let raw = bytes(ctx, &part)?;
        // SAFETY: the array is alive and nothing else runs meanwhile.
        request.extend_from_slice(unsafe { raw.as_ref() });
    }
    Ok(request)
}

fn encode_utf8<'js>(ctx: Ctx<'js>, text: Value<'js>) -> Result<TypedArray<'js, u8>> {
    let copy = quick::with_utf8(&text, |text| TypedArray::new_copy(ctx.clone(), text));
    copy?
}

fn decode_utf8<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>, fatal: Opt<bool>) -> Result<rquickjs::String<'js>> {
    let raw = bytes(&ctx, &array)?;
    // SAFETY: the array is alive and nothing else runs meanwhile.
    let text = unsafe { raw.as_ref() };
    match std::str::from_utf8(text) {
        Ok(text) => rquickjs::String::from_str(ctx, text),
        Err(_) if fatal.0 == Some(true) => Err(Exception::throw_type(&ctx, "The encoded data was not valid for encoding utf-8")),
        Err(_) => rquickjs::String::from_str(ctx, &String::from_utf8_lossy(text)),
    }
}

/// `[target, handler]` of a proxy, else undefined.
fn proxy_details<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Option<Array<'js>>> {
    let Some((target, handler)) = quick::proxy_parts(&value) else { return Ok(None) };
    let parts = Array::new(ctx)?;
    parts.set(0, target)?;
    parts.set(1, handler)?;
    Ok(Some(parts))
}

/// `[state, result]` of a promise, where the state is 0 for pending, 1 for fulfilled and 2 for rejected; else undefined.
fn promise_details<'js>(ctx: Ctx<'js>, value: Value<'js>) -> Result<Option<Array<'js>>> {
    if !value.is_promise() {
        return Ok(None);
    }
    let details = Array::new(ctx)?;
    details.set(0, quick::promised(&value) as i32)?;
    details.set(1, quick::promise_result(&value))?;
    Ok(Some(details))
}
