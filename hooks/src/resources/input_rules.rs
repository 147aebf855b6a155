//! The rules that a hook's body must follow.

use crate::hook_type::HookType;
use crate::limits::ServiceLimits;

/// The least fuel that a hook may ask for.
pub(super) const MIN_FUEL: u64 = 10_000;

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
