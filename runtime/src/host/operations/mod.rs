//! The operations of one execution: what a guest begins and hears of later. Each has a handle and, when it is done, an answer that is given
//! once. js-engine/OPERATIONS.md lists them.

mod error;
mod request;
mod table;

pub(super) use error::OperationError;
pub(super) use request::{Operation, split};
pub(super) use table::{MAX_OPERATIONS, Operations};
