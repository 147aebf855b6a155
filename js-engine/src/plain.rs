//! Plain data (ordinary objects, arrays without holes, strings, numbers, booleans, null and undefined), looked at and made without the
//! detours of JavaScript's own rules. The other half is `quickjs/plain.c`, which sees QuickJS from inside.
//!
//! Looking never runs code of the author's and changes nothing. Whoever walks a value gives up on whatever is not plain, and leaves it to
//! the general way.

use std::ffi::{c_char, c_int};
use std::mem::MaybeUninit;
use std::ptr;

use rquickjs::qjs::{self, JSAtom, JSContext, JSValue};

mod inside {
    use super::{Cursor, JSAtom, JSContext, JSValue, RawEntry, c_char, c_int};

    unsafe extern "C" {
        pub(super) fn JS_PlainText(value: JSValue, text: *mut *const u8, len: *mut u32) -> bool;
        pub(super) fn JS_PlainBegin(ctx: *mut JSContext, value: JSValue, cursor: *mut Cursor) -> c_int;
        pub(super) fn JS_PlainNext(ctx: *mut JSContext, cursor: *mut Cursor, entry: *mut RawEntry) -> c_int;
        pub(super) fn JS_PlainHasToJSON(ctx: *mut JSContext) -> bool;
        pub(super) fn JS_PlainNewText(ctx: *mut JSContext, text: *const u8, len: u32) -> JSValue;
        pub(super) fn JS_PlainNewNumber(text: *const c_char) -> JSValue;
        pub(super) fn JS_PlainNewObject(ctx: *mut JSContext, count: u32, names: *const JSAtom, values: *mut JSValue) -> JSValue;
    }
}

/// `JSPlain` of plain.c.
#[repr(C)]
struct Cursor {
    names: *const u8,
    values: *const JSValue,
    left: u32,
}

/// `JSPlainEntry` of plain.c.
#[repr(C)]
struct RawEntry {
    value: JSValue,
    name: *const u8,
    name_len: u32,
}

/// The interpreter's context, for as long as a call from the host lasts.
#[derive(Clone, Copy)]
pub(crate) struct Plain(pub(crate) *mut JSContext);

/// What a value is.
pub(crate) enum Shape<'a> {
    Undefined,
    Null,
    Bool(bool),
    Int(i32),
    Float(f64),
    /// A string of Latin-1 in one piece.
    Latin1(&'a [u8]),
    /// Any other string.
    Text,
    Object(Entries<'a>),
    Array(Entries<'a>),
    /// Nothing plain.
    Other,
}

/// The properties or elements of a value, in order.
pub(crate) struct Entries<'a> {
    plain: Plain,
    cursor: Cursor,
    alive: std::marker::PhantomData<&'a ()>,
}

/// A property, or an element, whose name is empty.
pub(crate) struct Entry<'a> {
    /// In Latin-1.
    pub(crate) name: &'a [u8],
    pub(crate) value: JSValue,
}

/// Something that was walked is not plain.
pub(crate) struct NotPlain;

/// # Safety
/// The bytes must stay where they are for `'a`.
unsafe fn slice<'a>(start: *const u8, len: u32) -> &'a [u8] {
    if start.is_null() {
        return &[];
    }
    // SAFETY: the caller guarantees it.
    unsafe { std::slice::from_raw_parts(start, len as usize) }
}

impl Plain {
    /// Looks at a value, which has to stay alive and unchanged for as long as the answer is looked at.
    pub(crate) fn shape<'a>(self, value: JSValue) -> Shape<'a> {
        // SAFETY: plain reads of a value's tag.
        let tag = unsafe { qjs::JS_VALUE_GET_TAG(value) };
        // SAFETY: each payload is read as what the tag says that it is.
        unsafe {
            match tag {
                qjs::JS_TAG_UNDEFINED => Shape::Undefined,
                qjs::JS_TAG_NULL => Shape::Null,
                qjs::JS_TAG_BOOL => Shape::Bool(qjs::JS_VALUE_GET_BOOL(value)),
                qjs::JS_TAG_INT => Shape::Int(qjs::JS_VALUE_GET_INT(value)),
                qjs::JS_TAG_STRING => latin1(value).map_or(Shape::Text, Shape::Latin1),
                qjs::JS_TAG_STRING_ROPE => Shape::Text,
                qjs::JS_TAG_OBJECT => self.entries(value),
                tag if qjs::JS_TAG_IS_FLOAT64(tag) => Shape::Float(qjs::JS_VALUE_GET_FLOAT64(value)),
                _ => Shape::Other,
            }
        }
    }

    fn entries<'a>(self, value: JSValue) -> Shape<'a> {
        let mut cursor = Cursor { names: ptr::null(), values: ptr::null(), left: 0 };
        // SAFETY: plain call on a living value.
        let kind = unsafe { inside::JS_PlainBegin(self.0, value, &mut cursor) };
        let entries = Entries { plain: self, cursor, alive: std::marker::PhantomData };
        match kind {
            1 => Shape::Object(entries),
            2 => Shape::Array(entries),
            _ => Shape::Other,
        }
    }

    /// Whether a plain object may inherit a `toJSON`.
    pub(crate) fn inherits_to_json(self) -> bool {
        // SAFETY: plain call.
        unsafe { inside::JS_PlainHasToJSON(self.0) }
    }

    /// A string of ASCII.
    pub(crate) fn new_ascii(self, text: &[u8]) -> Option<JSValue> {
        // SAFETY: the bytes are copied.
        made(unsafe { inside::JS_PlainNewText(self.0, text.as_ptr(), text.len() as u32) })
    }

    /// A string of UTF-8.
    pub(crate) fn new_text(self, text: &[u8]) -> Option<JSValue> {
        // SAFETY: the bytes are copied.
        made(unsafe { qjs::JS_NewStringLen(self.0, text.as_ptr().cast(), text.len() as _) })
    }

    /// The number at the start of a text in which something that belongs to no number follows.
    pub(crate) fn new_number(self, text: &[u8]) -> JSValue {
        // SAFETY: reading ends at the first byte that belongs to no number.
        unsafe { inside::JS_PlainNewNumber(text.as_ptr().cast()) }
    }

    /// A property's name.
    pub(crate) fn new_name(self, text: &[u8]) -> Option<JSAtom> {
        // SAFETY: the bytes are copied.
        let name = unsafe { qjs::JS_NewAtomLen(self.0, text.as_ptr().cast(), text.len() as _) };
        (name != qjs::JS_ATOM_NULL).then_some(name)
    }

    /// An object; it takes the names and values out of the two lists, from these places on.
    pub(crate) fn new_object(self, names: &mut Vec<JSAtom>, values: &mut Vec<JSValue>, from: (usize, usize)) -> Option<JSValue> {
        let (of_names, of_values) = (names.get(from.0..)?, values.get_mut(from.1..)?);
        let count = of_names.len().min(of_values.len()) as u32;
        // SAFETY: both lists are as long as it says, and what is in them is owned by the object from here on.
        let object = unsafe { inside::JS_PlainNewObject(self.0, count, of_names.as_ptr(), of_values.as_mut_ptr()) };
        names.truncate(from.0);
        values.truncate(from.1);
        made(object)
    }

    /// An array; it takes the values out of the list, from this place on.
    pub(crate) fn new_array(self, values: &mut Vec<JSValue>, from: usize) -> Option<JSValue> {
        let elements = values.get(from..)?;
        // SAFETY: the list is as long as it says, and what is in it is owned by the array from here on.
        let array = unsafe { qjs::JS_NewArrayFrom(self.0, elements.len() as _, elements.as_ptr()) };
        values.truncate(from);
        made(array)
    }

    /// Lets go of a name.
    pub(crate) fn free_name(self, name: JSAtom) {
        // SAFETY: the caller owns the name.
        unsafe { qjs::JS_FreeAtom(self.0, name) }
    }

    /// Lets go of a value.
    pub(crate) fn free(self, value: JSValue) {
        // SAFETY: the caller owns the value.
        unsafe { qjs::JS_FreeValue(self.0, value) }
    }
}

fn made(value: JSValue) -> Option<JSValue> {
    // SAFETY: plain read of a value's tag.
    (!unsafe { qjs::JS_IsException(value) }).then_some(value)
}

fn latin1<'a>(value: JSValue) -> Option<&'a [u8]> {
    let (mut text, mut len) = (ptr::null(), 0);
    // SAFETY: the characters belong to the string, which the caller keeps alive.
    unsafe { inside::JS_PlainText(value, &mut text, &mut len).then(|| slice(text, len)) }
}

impl<'a> Entries<'a> {
    /// How many there are at most.
    pub(crate) fn len(&self) -> usize {
        self.cursor.left as usize
    }

    /// The next of them.
    pub(crate) fn next(&mut self) -> Result<Option<Entry<'a>>, NotPlain> {
        let mut entry = MaybeUninit::<RawEntry>::uninit();
        // SAFETY: the object is alive and unchanged; the value is filled in when 1 is returned, and the name unless it is an array.
        unsafe {
            match inside::JS_PlainNext(self.plain.0, &mut self.cursor, entry.as_mut_ptr()) {
                0 => Ok(None),
                1 => {
                    let entry = entry.as_ptr();
                    let name = if self.cursor.names.is_null() { &[][..] } else { slice((*entry).name, (*entry).name_len) };
                    Ok(Some(Entry { name, value: (*entry).value }))
                }
                _ => Err(NotPlain),
            }
        }
    }
}
