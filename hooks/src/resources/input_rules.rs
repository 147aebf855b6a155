//! The rules that bodies must follow: a hook's, and those of names.

use crate::error::ServiceError;
use crate::fields::Fields;
use crate::hook_type::HookType;
use crate::limits::ServiceLimits;

/// The least fuel that a hook may ask for.
pub(super) const MIN_FUEL: u64 = 10_000;

/// Refuses a name for people that is too long.
pub(super) fn check_name(fields: &Fields, name: Option<&str>, limits: &ServiceLimits) -> Result<(), ServiceError> {
    match name.is_none_or(|name| name.chars().count() <= limits.name_length) {
        true => Ok(()),
        false => Err(fields.wrong("name", format_args!("does not meet maximum length of {}", limits.name_length))),
    }
}

/// The rules that a hook's body must follow.
#[derive(Clone, Debug)]
pub struct InputRules {
    /// The server's limits.
    pub limits: ServiceLimits,
    /// The hook types that the caller may name.
    pub types: Vec<HookType>,
    /// Whether a function may be plain source instead of base64, and an env var an object with a name.
    pub lenient: bool,
}
