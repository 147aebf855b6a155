//! What vendors' hooks look like: a folder for each vendor, and the list of them.
//!
//! A dialect is a value behind [`Dialect`]. To add one, write its folder, add a line to [`ALL`], and describe it on a page in `docs/`; the
//! service does not change.

mod okta;
mod onelogin;

pub use hookbox_hooks::dialect::Dialect;
use hookbox_hooks::hook_type::{Registry, RegistryError};

/// Every dialect of a server.
pub static ALL: &[&dyn Dialect] = &[&onelogin::OneLogin, &okta::Okta];

/// The hook types of all dialects.
///
/// # Errors
/// The dialects contradict each other, which a test rules out.
pub fn registry() -> Result<Registry, RegistryError> {
    hookbox_hooks::dialect::registry(ALL)
}
