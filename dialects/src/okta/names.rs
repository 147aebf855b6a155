//! The names of the settings that hooks of Okta's types have.

/// How Okta authenticates at the hook's door.
pub(super) const AUTHENTICATION: &str = "authentication";
/// The path that an app has which listens, where a door's URL names none.
pub(super) const APP_PATH: &str = "app_path";
/// What Okta's own API keeps of the hook.
pub(super) const INLINE_HOOK: &str = "inline_hook";
