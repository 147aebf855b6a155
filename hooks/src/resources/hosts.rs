//! Lists of hosts, as callers write them.

use hookbox_egress::{Policy, PolicyError};

use crate::error::ServiceError;
use crate::fields::Fields;

/// The most hosts of a list.
const MOST: usize = 100;

/// Reads a list of hosts, which the policy keeps in its own spelling.
pub(super) fn hosts(fields: &mut Fields, name: &str) -> Result<Option<Policy>, ServiceError> {
    let Some(hosts) = fields.strings(name)? else { return Ok(None) };
    if hosts.len() > MOST {
        return Err(fields.wrong(name, format_args!("does not meet maximum length of {MOST}")));
    }
    let wrong = |error: PolicyError| fields.wrong(&format!("{name}[{}]", error.index), format_args!("is no host: {}", error.reason));
    Policy::parse(&hosts).map(Some).map_err(wrong)
}
