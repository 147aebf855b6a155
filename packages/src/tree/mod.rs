//! What a hook sees as its disk, and how `require` and `import` find their way in it.

mod adapter;
mod fault;
mod files;
mod kind;
mod packages;
mod reach;
mod resolver;
mod scan;

pub use fault::ResolveError;
pub use files::{FileError, Node, Tree};
pub use kind::Kind;
pub use packages::PackageTree;
pub use reach::Reached;
pub use resolver::{Format, Resolved, Resolver};

#[cfg(test)]
mod tests;
