//! `console.log` and its like, for what they are given most: strings and plain data. Anything else is the prelude's, which has all of
//! Node's formatting.

use std::ffi::{CString, c_int};

use rquickjs::qjs::{self, JSContext, JSValue};
use rquickjs::{Ctx, Function, Result, Value};

use crate::plain::{Plain, Shape};
use crate::{inspect, lines, state};

/// A size that most messages fit into, in bytes.
const ROOM: usize = 1024;

/// A function of this name that logs its arguments at a level, and leaves to `otherwise` what it cannot print.
pub(crate) fn printer<'js>(ctx: Ctx<'js>, name: String, level: i32, otherwise: Function<'js>) -> Result<Value<'js>> {
    let name = CString::new(name)?;
    let mut data = [otherwise.as_raw()];
    // SAFETY: the name is copied, and the function takes its own reference to the data.
    unsafe {
        let function =
            qjs::JS_NewCFunctionData2(ctx.as_raw().as_ptr(), Some(print), name.as_ptr(), 0, level, data.len() as c_int, data.as_mut_ptr());
        Ok(Value::from_raw(ctx, function))
    }
}

unsafe extern "C" fn print(
    ctx: *mut JSContext,
    _this: JSValue,
    count: c_int,
    arguments: *mut JSValue,
    level: c_int,
    data: *mut JSValue,
) -> JSValue {
    // SAFETY: QuickJS passes as many arguments as it says, and they live as long as the call.
    let given = unsafe { std::slice::from_raw_parts(arguments, usize::try_from(count).unwrap_or(0)) };
    if !state::is_grouped() && print_plain(Plain(ctx), level, given).is_some() {
        return qjs::JS_UNDEFINED;
    }
    // SAFETY: the data is the one function that `printer` gave.
    unsafe { qjs::JS_Call(ctx, *data, qjs::JS_UNDEFINED, count, arguments) }
}

fn print_plain(plain: Plain, level: i32, arguments: &[JSValue]) -> Option<()> {
    if let [only] = arguments
        && let Shape::Latin1(text) = plain.shape(*only)
        && text.is_ascii()
    {
        lines::log(level, text);
        return Some(());
    }
    let mut text = Vec::with_capacity(ROOM);
    inspect::format(plain, arguments, &mut text)?;
    lines::log(level, &text);
    Some(())
}
