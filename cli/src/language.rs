//! The languages that `hookbox new` knows.

use clap::ValueEnum;

/// What a function is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Rust, compiled to a WebAssembly component
    Rust,
    /// JavaScript, as for Node
    Js,
    /// C, compiled to a WASI command
    C,
}

impl Language {
    /// The runtime that the API is told.
    pub(crate) fn runtime(self) -> &'static str {
        match self {
            Self::Js => "nodejs24.x",
            Self::Rust | Self::C => "wasm",
        }
    }

    /// The function's file.
    pub(crate) fn main(self) -> &'static str {
        match self {
            Self::Js => "hook.js",
            Self::Rust => "src/lib.rs",
            Self::C => "hook.c",
        }
    }
}
