//! The clocks of preview 1.

use std::time::UNIX_EPOCH;

use super::errno::{Called, Errno};
use crate::execution::CallState;

/// Reads a clock of the specification. The clocks of processor time give the time since the execution started.
pub(super) fn clock(state: &CallState, id: i32) -> Called<u64> {
    let nanos = match id {
        0 => state.wall_clock().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos(),
        1..=3 => state.age().as_nanos(),
        _ => return Err(Errno::Inval),
    };
    Ok(u64::try_from(nanos).unwrap_or(u64::MAX))
}
