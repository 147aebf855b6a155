//! An uploaded function with the files beside it: what its bytes are, and whether they match the hook's runtime. Admission decides whether it
//! can run.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookbox_runtime::{FunctionKind, MAIN};
use serde_json::Value;

use super::hook::{FunctionRef, Kind};
use super::input_rules::InputRules;
use super::runtime::Runtime;
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::sources::{FileBody, MAX_FILES, Sources, is_stored_form};
use crate::store::Digest;

/// How every WebAssembly file begins, whatever its version.
const MAGIC: &[u8] = b"\0asm";

const NOT_BASE64: &str = "is not base64 encoded";

/// A function as it was uploaded.
#[derive(Debug)]
pub(crate) struct Upload {
    /// As they are stored.
    pub(crate) bytes: Bytes,
    digest: Digest,
    content: Content,
    /// What a function is made of that is text.
    sources: Option<Sources>,
    /// Whether it came as its own text, without base64 around it.
    plain: bool,
    /// The most bytes of JavaScript.
    source_bytes: usize,
}

/// What the bytes look like.
#[derive(Clone, Copy, Debug)]
enum Content {
    WebAssembly(Kind),
    /// WebAssembly by its magic bytes, of an unknown version.
    StrangeWebAssembly,
    /// Text, which may be JavaScript.
    Text,
    Binary,
}

impl Content {
    fn of(bytes: &[u8]) -> Self {
        match (FunctionKind::sniff(bytes), str::from_utf8(bytes)) {
            (Some(kind), _) => Self::WebAssembly(kind.into()),
            (None, _) if bytes.starts_with(MAGIC) => Self::StrangeWebAssembly,
            (None, _) if is_stored_form(bytes) => Self::Binary,
            (None, Ok(_)) => Self::Text,
            (None, Err(_)) => Self::Binary,
        }
    }
}

impl Upload {
    /// Decodes the function in a body. A lenient reading takes text that is not base64 as the source itself.
    pub(super) fn take(fields: &mut Fields, rules: &InputRules) -> Result<Option<Self>, ServiceError> {
        let (most, source_bytes) = (rules.limits.function_bytes, rules.limits.source_bytes);
        let (main, files) = (fields.string("main")?, files(fields)?);
        let Some(text) = fields.string("function")? else {
            let alone = [("main", main.is_some()), ("files", files.is_some())].into_iter().find(|(_, said)| *said);
            return alone.map_or(Ok(None), |(name, _)| Err(fields.wrong(name, "goes with a `function`")));
        };
        let too_long = || fields.wrong("function", format_args!("does not meet maximum length of {most} bytes, decoded"));
        // Checked before decoding, so that a text that is far too long is not decoded.
        if text.len() / 4 * 3 > most.saturating_add(2) {
            return Err(too_long());
        }
        let (bytes, plain) = match STANDARD.decode(&text) {
            Ok(bytes) => (bytes, false),
            Err(_) if !rules.lenient => return Err(fields.wrong("function", NOT_BASE64)),
            Err(_) => (text.into_bytes(), true),
        };
        if bytes.len() > most {
            return Err(too_long());
        }
        let (content, files) = (Content::of(&bytes), files.unwrap_or_default());
        let main = main.unwrap_or_else(|| MAIN.to_owned());
        let sources = match (content, String::from_utf8(bytes.clone())) {
            (Content::Text, Ok(source)) => Some(Sources { main, source, files }),
            _ if !files.is_empty() => return Err(fields.wrong("files", "is for JavaScript: the function is no text")),
            _ => None,
        };
        if let Some(Err((path, rule))) = sources.as_ref().map(Sources::check) {
            let name =
                if sources.as_ref().is_some_and(|sources| sources.main == path) { "main".to_owned() } else { format!("files[{path:?}]") };
            return Err(fields.wrong(&name, rule));
        }
        let bytes = sources.as_ref().map_or(bytes, Sources::stored);
        Ok(Some(Self { digest: Digest::of(&bytes), content, sources, plain, source_bytes, bytes: bytes.into() }))
    }

    /// The source, if the function is text.
    pub(super) fn text(&self) -> Option<&str> {
        self.sources.as_ref().map(|sources| sources.source.as_str())
    }

    /// The length of the source with the files beside it, in bytes.
    pub(super) fn source_len(&self) -> usize {
        self.sources.as_ref().map_or(0, Sources::len)
    }

    /// Refuses a source that is longer than this, with the files beside it.
    pub(super) fn check_length(&self, most: usize) -> Result<(), ServiceError> {
        if self.source_len() <= most {
            return Ok(());
        }
        let with = if self.sources.as_ref().is_some_and(|sources| !sources.files.is_empty()) { " with its `files`" } else { "" };
        Err(wrong("function", &format!("does not meet maximum length of {most} bytes of JavaScript, decoded{with}")))
    }

    /// The stored form of the function, for a hook of this runtime. `named` says whether the same body names the runtime.
    pub(super) fn reference(&self, runtime: Runtime, named: bool) -> Result<FunctionRef, ServiceError> {
        let kind = match (runtime, self.content) {
            (Runtime::Wasm, Content::WebAssembly(kind)) => kind,
            (Runtime::Wasm, _) if self.plain => return Err(wrong("function", NOT_BASE64)),
            (Runtime::Wasm, _) => {
                return Err(wrong("function", "is not WebAssembly: it does not begin with its magic bytes and version"));
            }
            (Runtime::Node(_), Content::WebAssembly(_) | Content::StrangeWebAssembly) if named => return Err(mismatch("WebAssembly")),
            (Runtime::Node(_), Content::WebAssembly(_) | Content::StrangeWebAssembly) => {
                let rule = format!("does not match the hook's runtime, which is {}: it is WebAssembly", runtime.as_str());
                return Err(wrong("function", &rule));
            }
            (Runtime::Node(_), Content::Binary) => return Err(wrong("function", "is not UTF-8 text, as JavaScript is")),
            (Runtime::Node(_), Content::Text) => {
                self.check_length(self.source_bytes)?;
                Kind::Javascript
            }
        };
        Ok(FunctionRef { digest: self.digest, size: self.bytes.len() as u64, kind })
    }
}

/// The files beside a source: their content by their paths.
fn files(fields: &mut Fields) -> Result<Option<BTreeMap<String, Vec<u8>>>, ServiceError> {
    let files = match fields.take("files") {
        None => return Ok(None),
        Some(Value::Object(files)) => files,
        Some(_) => return Err(fields.wrong("files", "is not of a type(s) object")),
    };
    if files.len() > MAX_FILES {
        return Err(fields.wrong("files", format_args!("does not meet maximum length of {MAX_FILES}")));
    }
    let file = |(path, file): (String, Value)| match serde_json::from_value::<FileBody>(file).ok().and_then(|file| file.bytes()) {
        Some(bytes) => Ok((path, bytes)),
        None => Err(fields.wrong(&format!("files[{path:?}]"), "is neither text nor {\"base64\": \"...\"}")),
    };
    files.into_iter().map(file).collect::<Result<_, _>>().map(Some)
}

/// Refuses a new runtime that does not fit the hook's present function.
pub(super) fn check_runtime(runtime: Runtime, function: &FunctionRef) -> Result<(), ServiceError> {
    match (runtime, function.kind) {
        (Runtime::Wasm, Kind::Component | Kind::Command) | (Runtime::Node(_), Kind::Javascript) => Ok(()),
        (Runtime::Wasm, Kind::Javascript) => Err(mismatch("JavaScript")),
        (Runtime::Node(_), Kind::Component | Kind::Command) => Err(mismatch("WebAssembly")),
    }
}

fn mismatch(what: &str) -> ServiceError {
    wrong("runtime", &format!("does not match the function, which is {what}"))
}

fn wrong(field: &str, rule: &str) -> ServiceError {
    ServiceError::invalid(field, format!("instance.{field} {rule}"))
}
