//! What a profile is made of: functions, and how much fuel they took.

/// A function, by the name that its author knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// Its name, such as `JSON.parse` for a function of the engine; in parentheses where it stands for other work.
    pub name: String,
    /// The file that defines it, such as `hook.js`, if known.
    pub file: Option<String>,
    /// The line of its definition, from 1 on.
    pub line: Option<u32>,
    /// The column of its definition, from 1 on.
    pub column: Option<u32>,
}

impl Frame {
    /// A frame of which only the name is known.
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), file: None, line: None, column: None }
    }
}

/// The calls that were under way for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Indexes into [`crate::Profile::frames`], callers before the functions that they called.
    pub stack: Vec<usize>,
    /// The fuel burnt in that time.
    pub fuel: u64,
}
