//! Facts that stay the same while a service runs.

use std::path::PathBuf;
use std::time::SystemTime;

/// Facts that stay the same while the service runs.
#[derive(Clone, Debug)]
pub(super) struct ServerFacts {
    pub(super) data: PathBuf,
    pub(super) engine: &'static str,
    pub(super) slots: usize,
    pub(super) started: SystemTime,
}
