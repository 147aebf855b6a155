//! The languages that `hookbox new` knows.

use clap::ValueEnum;

/// What a function is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Rust, compiled to a WebAssembly component
    Rust,
    /// JavaScript, as for Node
    Js,
    /// TypeScript, without the types when it is uploaded
    Ts,
    /// C, compiled to a WASI command
    C,
}

impl Language {
    /// The runtime that the API is told.
    pub(crate) fn runtime(self) -> &'static str {
        match self {
            Self::Js | Self::Ts => "nodejs24.x",
            Self::Rust | Self::C => "wasm",
        }
    }

    /// The function's file.
    pub(crate) fn main(self) -> &'static str {
        match self {
            Self::Js => "hook.js",
            Self::Ts => "hook.ts",
            Self::Rust => "src/lib.rs",
            Self::C => "hook.c",
        }
    }

    /// The smallest bytes that may pass for a function of the runtime.
    pub(crate) fn blank(self) -> &'static [u8] {
        match self {
            Self::Js | Self::Ts => b"",
            Self::Rust | Self::C => b"\0asm\x01\0\0\0",
        }
    }
}
