//! The log of one execution: what the function writes, masked, made into events and cut, in that order.

mod beginnings;
mod buffer;
mod events;
mod line;
mod mask;
mod spellings;

pub use buffer::{Log, LogBuffer, Stream};
pub use events::Events;
pub use line::Level;
pub use mask::Mask;
