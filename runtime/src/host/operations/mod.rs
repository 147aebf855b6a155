//! The operations of one execution: what a guest begins and hears of later. Each has a handle and, when it is done, an answer that is given
//! once. js-engine/OPERATIONS.md lists them.

mod opened;
mod request;
mod table;

pub(super) use opened::{Begun, Opened};
pub(super) use request::{BodyKind, Fetch, Operation, split};
pub(super) use table::{Answer, MAX_OPERATIONS, Operations};
