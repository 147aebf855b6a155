//! Decompression of Brotli, for `zlib` of the prelude, driven as zlib's streams are: a step reads and writes no more than the arrays that it is
//! given.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use rquickjs::function::Func;
use rquickjs::{Array, Class, Ctx, Object, Result, TypedArray};

use crate::bytes::bytes;
use crate::held::{Held, Holdable};

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// What an object of the prelude holds.
struct Stream(Box<State>);

impl Holdable for Stream {
    const NAME: &'static str = "Brotli";
}

/// Adds the natives to the object that the prelude is given.
pub(crate) fn add(natives: &Object<'_>) -> Result<()> {
    natives.set("brotliOpen", Func::from(open))?;
    natives.set("brotliStep", Func::from(step))?;
    natives.set("brotliClose", Func::from(|held: Class<'_, Held<Stream>>| held.borrow_mut().0 = None))?;
    Ok(())
}

fn stream() -> Stream {
    Stream(Box::new(BrotliState::new(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default())))
}

fn open(ctx: Ctx<'_>) -> Result<Class<'_, Held<Stream>>> {
    Class::instance(ctx, Held(Some(stream())))
}

/// Reads of `input` from a place on, and writes to `output` from another on: `[code, read, written]`, where the code is 1 at the end, 2 for want
/// of input, 3 for want of room, and less than 0, the library's number of it, for an error.
fn step<'js>(
    ctx: Ctx<'js>,
    held: Class<'js, Held<Stream>>,
    input: TypedArray<'js, u8>,
    from: usize,
    output: TypedArray<'js, u8>,
    at: usize,
) -> Result<Array<'js>> {
    let input = bytes(&ctx, &input)?;
    let mut output = bytes(&ctx, &output)?;
    // SAFETY: the arrays are alive, are not the same, and nothing else runs meanwhile.
    let (input, output) = unsafe { (input.as_ref(), output.as_mut()) };
    let (input, output) = (input.get(from..).unwrap_or_default(), output.get_mut(at..).unwrap_or_default());
    let (mut read, mut written, mut total) = (0, 0, 0);
    let mut code = CLOSED;
    if let Some(Stream(state)) = &mut held.borrow_mut().0 {
        let (mut to_read, mut to_write) = (input.len(), output.len());
        let result = BrotliDecompressStream(&mut to_read, &mut read, input, &mut to_write, &mut written, output, &mut total, state);
        code = if matches!(result, BrotliResult::ResultFailure) { state.error_code as i32 } else { result as i32 };
    }
    let parts = Array::new(ctx)?;
    parts.set(0, code)?;
    parts.set(1, read)?;
    parts.set(2, written)?;
    Ok(parts)
}

/// The library's number for what cannot be asked.
const CLOSED: i32 = -20;
