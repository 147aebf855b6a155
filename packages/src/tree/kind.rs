//! The two ways of asking for a module.

/// How a module is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `require(...)`.
    Require,
    /// `import`, as a statement or as a call.
    Import,
}
