//! What may be reached: entries, lists of them, the addresses that are no part of the public Internet, and the layers of lists that must all
//! agree.

mod entry;
mod layers;
mod list;
mod ranges;
mod target;

pub use layers::Layers;
pub use list::{Policy, PolicyError};
pub use target::{Host, Scheme, Target};
