//! The files that a hook is made of beside its main one, its packages among them. They are the host's, which is asked for them by service 2 of
//! `compute`: where a name leads, and what is in a file.
//!
//! A request is a byte that says which (0 where a name leads, 1 a file's content, 2 what is at a path, 3 a file's own bytes) and texts with zero bytes between: for the first, `r` or `i`
//! (of `require` or `import`), the path of the file that asks, and the name; for the others, the path. The answer to the first is a
//! byte for the form and the path, to the second a byte for the form, one that is 1 where the file is compiled, and its bytes; to the third, `f` and the length of a file or `d` and the names in a folder, a line each. An error is JSON
//! with `code` and `message`, as Node has them.

use std::ffi::CString;

use rquickjs::{Ctx, Exception, Function, Result, Value, qjs};

use crate::host;
use crate::quick::{self, Kind};

/// The host's service.
const SERVICE: i32 = 2;

/// Lines above a CommonJS file's first, as in `load`.
const BEFORE: &[u8] = b"(function (exports, require, module, __filename, __dirname) {\n\n";
const BEFORE_LINE: i32 = -1;
const AFTER: &[u8] = b"\n})";

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    CommonJs,
    Module,
    Json,
    /// Machine code, which cannot run here.
    Addon,
}

impl Form {
    pub(crate) fn of(byte: u8) -> Option<Self> {
        match byte {
            b'c' => Some(Self::CommonJs),
            b'm' => Some(Self::Module),
            b'j' => Some(Self::Json),
            b'a' => Some(Self::Addon),
            _ => None,
        }
    }
}

/// A file's content.
pub(crate) struct File {
    compiled: bool,
    bytes: Vec<u8>,
}

/// Where a name leads from a file: a letter for the form and the path, or the JSON of an error.
pub(crate) fn resolve(from: &str, name: &str, is_import: bool) -> std::result::Result<String, String> {
    let request = [&[0][..], if is_import { b"i" } else { b"r" }, &[0], from.as_bytes(), &[0], name.as_bytes()].concat();
    match host::compute(SERVICE, &request) {
        Ok(answer) => Ok(text(answer)),
        Err(error) => Err(text(error)),
    }
}

/// What is at a path: a file's length, or the names in a folder, of which those of folders end in `/`.
pub(crate) enum Node {
    File(f64),
    Folder(Vec<String>),
}

/// What is at a path, if anything.
pub(crate) fn look(path: &str) -> Option<Node> {
    let answer = text(host::compute(SERVICE, &[&[2], path.as_bytes()].concat()).ok()?);
    let (kind, rest) = answer.split_at_checked(1)?;
    match kind {
        "f" => rest.parse().ok().map(Node::File),
        _ => Some(Node::Folder(rest.split('\n').filter(|name| !name.is_empty()).map(str::to_owned).collect())),
    }
}

/// The bytes of a file, as they are.
pub(crate) fn bytes(ctx: &Ctx<'_>, path: &str) -> Result<Vec<u8>> {
    let answer = host::compute(SERVICE, &[&[3], path.as_bytes()].concat());
    answer.map_err(|error| Exception::throw_message(ctx, &text(error)))
}

/// The content of a file.
pub(crate) fn read(ctx: &Ctx<'_>, path: &str) -> Result<File> {
    let answer = host::compute(SERVICE, &[&[1], path.as_bytes()].concat());
    let answer = answer.map_err(|error| Exception::throw_message(ctx, &text(error)))?;
    let file = || {
        let (form, rest) = answer.split_first()?;
        let (compiled, bytes) = rest.split_first()?;
        Form::of(*form)?;
        Some(File { compiled: *compiled == 1, bytes: bytes.to_vec() })
    };
    file().ok_or_else(|| Exception::throw_message(ctx, &format!("'{path}' cannot be read")))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl File {
    /// The file's text.
    pub(crate) fn text(self) -> String {
        text(self.bytes)
    }

    /// The function that a CommonJS file is: of `exports`, `require`, `module`, `__filename` and `__dirname`.
    pub(crate) fn wrapper<'js>(&self, ctx: &Ctx<'js>, path: &str) -> Result<Function<'js>> {
        let code = if self.compiled { quick::deserialise(ctx, &self.bytes)? } else { compile(ctx, Form::CommonJs, path, &self.bytes)? };
        let wrapper = quick::run_compiled(ctx, code)?;
        wrapper.into_function().ok_or_else(|| Exception::throw_syntax(ctx, &format!("{path} closes a brace that it did not open")))
    }

    /// The module that it is, of which nothing has run.
    pub(crate) fn module<'js>(&self, ctx: &Ctx<'js>, path: &str) -> Result<Value<'js>> {
        if self.compiled { quick::deserialise(ctx, &self.bytes) } else { compile(ctx, Form::Module, path, &self.bytes) }
    }
}

/// The code of a file.
fn compile<'js>(ctx: &Ctx<'js>, form: Form, path: &str, text: &[u8]) -> Result<Value<'js>> {
    let (comment, rest) = match text.strip_prefix(b"#!") {
        Some(rest) => (&b"//"[..], rest),
        None => (&b""[..], text),
    };
    let (parts, line, kind) = match form {
        Form::Module => (vec![comment, rest], 1, Kind::Module),
        _ => (vec![BEFORE, comment, rest, AFTER], BEFORE_LINE, Kind::Script),
    };
    let zero = |_| Exception::throw_syntax(ctx, &format!("{path} contains a zero byte"));
    let (text, path) = (CString::new(parts.concat()).map_err(zero)?, CString::new(path).map_err(zero)?);
    quick::evaluate(ctx, &text, &path, line, kind, true)
}

/// Compiles a file for `read` to find it compiled later, without its text.
pub(crate) fn compiled(ctx: &Ctx<'_>, form: Form, path: &str, text: &[u8]) -> Result<Vec<u8>> {
    let code = compile(ctx, form, path, text)?;
    quick::with_serialised(ctx, &code, qjs::JS_WRITE_OBJ_STRIP_SOURCE, <[u8]>::to_vec)
}
