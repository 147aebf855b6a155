//! Compression as zlib does it, for `zlib`, `CompressionStream` and `DecompressionStream` of the prelude: a stream is an object that JavaScript
//! holds, and each step reads and writes no more than the arrays that it is given. Which arguments are allowed, and what is said about the
//! others, is the prelude's. What one step does with the formats of the prelude is next door, in `stream`.

mod stream;

use rquickjs::function::{Func, Opt};
use rquickjs::{Array, Class, Ctx, IntoJs, Object, Result, TypedArray, Value};

use self::stream::{Kind, Stream};
use crate::bytes::bytes;
use crate::held::{Held, Holdable};

impl Holdable for Stream {
    const NAME: &'static str = "Zlib";
}

/// Adds the natives to the object that the prelude is given. Codes are zlib's numbers.
pub(crate) fn add(natives: &Object<'_>) -> Result<()> {
    natives.set("zlibOpen", Func::from(open))?;
    natives.set("zlibStep", Func::from(step))?;
    natives.set("zlibMessage", Func::from(|held: Class<'_, Held<Stream>>| held.borrow().0.as_ref().and_then(Stream::message)))?;
    natives.set(
        "zlibParams",
        Func::from(|held: Class<'_, Held<Stream>>, level, strategy| on(&held, |stream| stream.params(level, strategy))),
    )?;
    natives.set("zlibReset", Func::from(|held: Class<'_, Held<Stream>>| on(&held, Stream::reset)))?;
    natives.set("zlibClose", Func::from(close))?;
    natives.set("crc32", Func::from(crc32))?;
    Ok(())
}

/// A new stream, or the code that says why there is none. `kind` is the number of Node's mode.
fn open<'js>(
    ctx: Ctx<'js>,
    kind: u8,
    level: i32,
    bits: i32,
    memory: i32,
    strategy: i32,
    dictionary: Opt<TypedArray<'js, u8>>,
) -> Result<Value<'js>> {
    let dictionary = match &dictionary.0 {
        // SAFETY: the array is alive and nothing else runs meanwhile.
        Some(array) => unsafe { bytes(&ctx, array)?.as_ref() }.to_vec(),
        None => Vec::new(),
    };
    match Stream::new(Kind::from(kind), level, bits, memory, strategy, dictionary) {
        Ok(stream) => Class::instance(ctx, Held(Some(stream))).map(Class::into_value),
        Err(code) => code.into_js(&ctx),
    }
}

/// Reads of `input` from a place on, and writes to `output` from another on: `[code, read, written]`.
fn step<'js>(
    ctx: Ctx<'js>,
    held: Class<'js, Held<Stream>>,
    flush: i32,
    input: TypedArray<'js, u8>,
    from: usize,
    output: TypedArray<'js, u8>,
    at: usize,
) -> Result<Array<'js>> {
    let input = bytes(&ctx, &input)?;
    let mut output = bytes(&ctx, &output)?;
    // SAFETY: the arrays are alive, are not the same, and nothing else runs meanwhile.
    let (input, output) = unsafe { (input.as_ref(), output.as_mut()) };
    let done = match &mut held.borrow_mut().0 {
        Some(stream) => stream.step(flush, input.get(from..).unwrap_or_default(), output.get_mut(at..).unwrap_or_default()),
        None => stream::CLOSED,
    };
    let parts = Array::new(ctx)?;
    parts.set(0, done.code)?;
    parts.set(1, done.read)?;
    parts.set(2, done.written)?;
    Ok(parts)
}

fn on(held: &Class<'_, Held<Stream>>, act: impl FnOnce(&mut Stream) -> i32) -> i32 {
    held.borrow_mut().0.as_mut().map_or(stream::CLOSED.code, act)
}

/// Frees what a stream holds, before its object is collected.
fn close(held: Class<'_, Held<Stream>>) {
    held.borrow_mut().0 = None;
}

fn crc32<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>, seed: u32) -> Result<u32> {
    let raw = bytes(&ctx, &array)?;
    // SAFETY: the array is alive and nothing else runs meanwhile.
    Ok(stream::crc32(seed, unsafe { raw.as_ref() }))
}
