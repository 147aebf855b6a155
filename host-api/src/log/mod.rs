//! The log of one execution: what the function writes, masked, split into lines and cut, in that order.

mod buffer;
mod line;
mod lines;
mod mask;

pub use buffer::{Log, LogBuffer, Stream};
pub use line::Level;
pub use lines::Lines;
pub use mask::Mask;
