//! The kind and the digest of an uploaded function, read from its bytes.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The kind of a function, by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FunctionKind {
    /// A WebAssembly component for the world `hookbox:hook`.
    Component,
    /// A core WebAssembly module: a WASI preview 1 command, context on stdin, response on stdout.
    Command,
    /// JavaScript source for Node: UTF-8 text.
    JavaScript,
}

impl FunctionKind {
    /// Reads the magic bytes; `None` if they are not those of WebAssembly.
    pub fn sniff(function: &[u8]) -> Option<Self> {
        match function.get(..8)? {
            b"\0asm\x01\0\0\0" => Some(Self::Command),
            b"\0asm\x0d\0\x01\0" => Some(Self::Component),
            _ => None,
        }
    }

    /// The name as it is written in views and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Command => "command",
            Self::JavaScript => "javascript",
        }
    }
}

/// The content address of a function: the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FunctionDigest([u8; 32]);

impl FunctionDigest {
    /// The digest of these bytes.
    pub fn of(function: &[u8]) -> Self {
        Self(Sha256::digest(function).into())
    }

    /// Wraps a digest that was computed earlier.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for FunctionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}
