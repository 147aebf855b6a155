//! Where names lead from a JavaScript function's files, and what is in these: the service 2 of `compute`. The engine's `files` module has the form
//! of requests and answers.

use serde::Serialize;
use wasmtime::{AsContextMut, Caller};

use crate::execution::{CallState, settle};
use crate::modules::{Asks, Content, Lead, Linked, Node};

/// What a question costs beside its bytes: about as much fuel as its time.
const QUESTION: usize = 20_000;

/// An error as the engine reads it.
#[derive(Serialize)]
struct Told<'a> {
    code: &'a str,
    message: &'a str,
    /// Whether the function is a single file.
    alone: bool,
}

impl Told<'_> {
    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Answers one request. A disk may be read for it, on the thread of the guest, whose long steps hold up nobody else.
///
/// # Errors
/// What ends the guest: too little fuel, or the deadline.
pub(super) async fn compute(caller: &mut Caller<'_, CallState>, request: &[u8]) -> wasmtime::Result<Result<Vec<u8>, String>> {
    settle(&mut caller.as_context_mut(), QUESTION).await?;
    let linked = caller.data().js.files.clone();
    let Some(linked) = linked else {
        return Ok(Err(Told { code: "MODULE_NOT_FOUND", message: "", alone: true }.json()));
    };
    let answer = match request.split_first() {
        Some((0, question)) => lead(&linked, question),
        Some((1, path)) => content(&linked, path),
        Some((2, path)) => Some(look(&linked, path).ok_or_else(String::new)),
        Some((3, path)) => Some(bytes(&linked, path).ok_or_else(|| "ENOENT: no such file".to_owned())),
        _ => None,
    };
    settle(&mut caller.as_context_mut(), 0).await?;
    Ok(answer.unwrap_or_else(|| Err("this is no question about files".to_owned())))
}

fn lead(linked: &Linked, question: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let mut parts = question.splitn(3, |byte| *byte == 0);
    let asks = if parts.next()? == b"i" { Asks::Import } else { Asks::Require };
    let (from, name) = (str::from_utf8(parts.next()?).ok()?, str::from_utf8(parts.next()?).ok()?);
    Some(match linked.modules().resolve(from, name, asks) {
        Ok(Lead::File(path, form)) => Ok([&[form.letter()], path.as_bytes()].concat()),
        Ok(Lead::BuiltIn(name)) => Ok([b"b", name.as_bytes()].concat()),
        Err(error) => Err(Told { code: error.code, message: &error.message, alone: false }.json()),
    })
}

fn look(linked: &Linked, path: &[u8]) -> Option<Vec<u8>> {
    Some(match linked.modules().look(str::from_utf8(path).ok()?)? {
        Node::File(len) => format!("f{len}").into_bytes(),
        Node::Folder(names) => format!("d{}", names.join("\n")).into_bytes(),
    })
}

fn bytes(linked: &Linked, path: &[u8]) -> Option<Vec<u8>> {
    linked.modules().read(str::from_utf8(path).ok()?).map(|(_, bytes)| bytes.to_vec())
}

fn content(linked: &Linked, path: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let path = str::from_utf8(path).ok()?;
    Some(match linked.read(path) {
        Some(Content { form, compiled, bytes }) => Ok([&[form.letter(), compiled.into()], bytes.as_ref()].concat()),
        None => Err(format!("ENOENT: no such file or directory, open '{path}'")),
    })
}
