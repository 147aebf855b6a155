//! What a build makes: the shape of the module, and whether its functions keep their names.

use std::fmt;

/// The shapes of WebAssembly that a Rust crate can be uploaded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookKind {
    /// A component of the hook world: what `#[hook]` makes.
    Component,
    /// A core module that imports nothing and exports `_start` and `memory`.
    Command,
}

impl fmt::Display for HookKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Component => "component",
            Self::Command => "command",
        })
    }
}

/// Whether the functions keep their names, which nothing but a profile shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// As the author says, else not.
    Stripped,
    Kept,
}
