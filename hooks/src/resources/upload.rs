//! An uploaded function: what its bytes are, and whether they match the hook's runtime. Admission decides whether it can run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookbox_runtime::FunctionKind;

use super::hook::{FunctionRef, Kind};
use super::input_rules::InputRules;
use super::runtime::Runtime;
use crate::error::ServiceError;
use crate::fields::Fields;
use crate::store::Digest;

/// How every WebAssembly file begins, whatever its version.
const MAGIC: &[u8] = b"\0asm";

const NOT_BASE64: &str = "is not base64 encoded";

/// A function as it was uploaded.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) bytes: Bytes,
    digest: Digest,
    content: Content,
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
            (None, Ok(_)) => Self::Text,
            (None, Err(_)) => Self::Binary,
        }
    }
}

impl Upload {
    /// Decodes the function in a body. A lenient reading takes text that is not base64 as the source itself.
    pub(super) fn take(fields: &mut Fields, rules: &InputRules) -> Result<Option<Self>, ServiceError> {
        let (most, source_bytes) = (rules.limits.function_bytes, rules.limits.source_bytes);
        let Some(text) = fields.string("function")? else { return Ok(None) };
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
        Ok(Some(Self { digest: Digest::of(&bytes), content: Content::of(&bytes), plain, source_bytes, bytes: bytes.into() }))
    }

    /// The source, if the function is text.
    pub(super) fn text(&self) -> Option<&str> {
        match self.content {
            Content::Text => str::from_utf8(&self.bytes).ok(),
            Content::WebAssembly(_) | Content::StrangeWebAssembly | Content::Binary => None,
        }
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
                if self.bytes.len() > self.source_bytes {
                    let most = self.source_bytes;
                    return Err(wrong("function", &format!("does not meet maximum length of {most} bytes of JavaScript, decoded")));
                }
                Kind::Javascript
            }
        };
        Ok(FunctionRef { digest: self.digest, size: self.bytes.len() as u64, kind })
    }
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
