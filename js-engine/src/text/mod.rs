//! Text and bytes: what `Buffer`, `TextEncoder`, `TextDecoder` and `StringDecoder` of the prelude are built on. Which arguments are allowed,
//! and what is said about the others, is the prelude's.

mod base64;
mod decode;
mod encode;
mod encoding;
mod latin1;
mod progress;
mod reading;
mod search;
mod stream;
mod units;

use rquickjs::function::{Func, Opt};
use rquickjs::{Array, Ctx, Object, Result, TypedArray, Value};

pub(crate) use self::encode::push_utf8;
use self::encoding::Encoding;
pub(crate) use self::latin1::push_latin1;
use self::reading::reading;
pub(crate) use self::units::{Units, raw_units, with_units};
use crate::bytes::bytes;

/// Adds the natives to the object that the prelude is given.
pub(crate) fn add(natives: &Object<'_>) -> Result<()> {
    natives.set("encodeText", Func::from(encode_text))?;
    natives.set("decodeText", Func::from(decode_text))?;
    natives.set("writeText", Func::from(write_text))?;
    natives.set("textSize", Func::from(|text: Value<'_>| with_units(&text, |units| encode::utf8_len(&units))))?;
    natives.set("encodeInto", Func::from(encode_into))?;
    natives.set("isUtf8", Func::from(is_utf8))?;
    natives.set("isAscii", Func::from(is_ascii))?;
    natives.set("compareBytes", Func::from(compare))?;
    natives.set("findBytes", Func::from(find))?;
    natives.set("swapBytes", Func::from(swap))?;
    natives.set("decodeStream", Func::from(stream::decode))?;
    natives.set("encodingOf", Func::from(stream::name))?;
    Ok(())
}

fn encode_text<'js>(ctx: Ctx<'js>, text: Value<'js>, encoding: u8) -> Result<TypedArray<'js, u8>> {
    let encoding = Encoding::from(encoding);
    let bytes = with_units(&text, |units| match (encoding, &units) {
        (Encoding::Utf8, Units::Latin1(text)) if text.is_ascii() => TypedArray::new_copy(ctx.clone(), text),
        (Encoding::Latin1 | Encoding::Ascii, Units::Latin1(text)) => TypedArray::new_copy(ctx.clone(), text),
        _ => TypedArray::new(ctx.clone(), encode::encode(&units, encoding)),
    });
    bytes?
}

fn decode_text<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>, encoding: u8, start: Opt<usize>, end: Opt<usize>) -> Result<Value<'js>> {
    reading(&ctx, &array, |bytes| {
        let end = end.0.unwrap_or(bytes.len()).min(bytes.len());
        let shown = bytes.get(start.0.unwrap_or(0)..end).unwrap_or_default();
        decode::decode(&ctx, shown, Encoding::from(encoding))
    })?
}

/// Writes as much of a text as fits into `room` bytes from `at` on; how many bytes those were.
fn write_text<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>, text: Value<'js>, encoding: u8, at: usize, room: usize) -> Result<usize> {
    with_units(&text, |units| {
        let mut raw = bytes(&ctx, &array)?;
        // SAFETY: the array is alive, nothing else runs meanwhile, and a string's characters are never those of an array.
        let target = unsafe { raw.as_mut() };
        let end = at.saturating_add(room).min(target.len());
        Ok(target.get_mut(at..end).map_or(0, |target| encode::write(&units, Encoding::from(encoding), target).written))
    })?
}

fn encode_into<'js>(ctx: Ctx<'js>, text: Value<'js>, array: TypedArray<'js, u8>) -> Result<Array<'js>> {
    let progress = with_units(&text, |units| {
        let mut raw = bytes(&ctx, &array)?;
        // SAFETY: as in `write_text`.
        Ok::<_, rquickjs::Error>(encode::write(&units, Encoding::Utf8, unsafe { raw.as_mut() }))
    })??;
    let pair = Array::new(ctx)?;
    pair.set(0, progress.read)?;
    pair.set(1, progress.written)?;
    Ok(pair)
}

fn is_utf8<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>) -> Result<bool> {
    reading(&ctx, &array, |bytes| std::str::from_utf8(bytes).is_ok())
}

fn is_ascii<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>) -> Result<bool> {
    reading(&ctx, &array, <[u8]>::is_ascii)
}

fn compare<'js>(ctx: Ctx<'js>, first: TypedArray<'js, u8>, second: TypedArray<'js, u8>) -> Result<i32> {
    reading(&ctx, &first, |first| reading(&ctx, &second, |second| first.cmp(second) as i32))?
}

/// Where the bytes are found, from a place on or up to one, or -1; `step` is 2 where only whole units of UTF-16 count.
fn find<'js>(ctx: Ctx<'js>, hay: TypedArray<'js, u8>, needle: TypedArray<'js, u8>, from: usize, forward: bool, step: usize) -> Result<f64> {
    let found = reading(&ctx, &hay, |hay| reading(&ctx, &needle, |needle| search::find(hay, needle, from, forward, step)))??;
    Ok(found.map_or(-1.0, |at| at as f64))
}

/// Turns each group of this many bytes around.
fn swap<'js>(ctx: Ctx<'js>, array: TypedArray<'js, u8>, size: usize) -> Result<()> {
    let mut raw = bytes(&ctx, &array)?;
    // SAFETY: the array is alive, and nothing else runs meanwhile.
    unsafe { raw.as_mut() }.chunks_exact_mut(size.max(1)).for_each(<[u8]>::reverse);
    Ok(())
}
