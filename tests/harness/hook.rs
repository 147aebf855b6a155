//! The body that makes a hook.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::guests::allowing;

/// A hook that is to be made. Its timeout is long, so that a busy machine makes no difference.
#[derive(Clone, Debug)]
pub(crate) struct Hook(Value);

impl Hook {
    /// A pre-authentication hook with this function.
    pub(crate) fn new(function: &[u8]) -> Self {
        let function = STANDARD.encode(function);
        Self(json!({"type": "pre-authentication", "runtime": "wasm", "timeout": 10, "function": function}))
    }

    /// The same, with a function in WebAssembly's text format.
    pub(crate) fn wat(text: &str) -> Self {
        Self::new(&wat::parse_str(text).unwrap_or_else(|error| panic!("{error}")))
    }

    /// The same, with a function that allows and is this long.
    pub(crate) fn long(bytes: usize) -> Self {
        let mut module = wat::parse_str(allowing(1)).unwrap();
        // A section of the author's own, with an empty name. Its length is a number in seven bits a byte.
        let mut length = bytes;
        module.push(0);
        while length >= 128 {
            module.push(u8::try_from(length % 128).unwrap() | 128);
            length /= 128;
        }
        module.push(u8::try_from(length).unwrap());
        module.extend(vec![0; bytes]);
        Self::new(&module)
    }

    /// Gives a field another value.
    pub(crate) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0[field] = value.into();
        self
    }

    /// Leaves a field out.
    pub(crate) fn without(mut self, field: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(field);
        self
    }

    /// One that no event runs, as most hooks of an account must be.
    pub(crate) fn disabled(self) -> Self {
        self.with("disabled", true)
    }

    pub(crate) fn json(&self) -> Value {
        self.0.clone()
    }
}
