//! A function as its author wrote it.

use std::sync::Arc;

use crate::modules::Linked;

/// A function's source and what it was written for.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) text: Arc<str>,
    /// Its path, from the function's folder on.
    pub(crate) main: Arc<str>,
    /// The exported functions that may be called, in the order in which they are tried.
    pub(crate) entries: &'static [&'static str],
    /// The major version of Node that `process.version` tells.
    pub(crate) node_major: i32,
    /// The files that it may ask for.
    pub(crate) files: Option<Arc<Linked>>,
}
