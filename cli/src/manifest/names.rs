//! The keys of a manifest that are not the API's, and those that a deployment may leave alone.

use hookbox_hooks::bodies::HookBody;
use hookbox_hooks::hook_type::HookType;

/// The keys that are the project's own: `main`, `samples`, `$schema`, `keep`, `files`, `request`.
pub(super) const OWN: [&str; 6] = ["main", "samples", "$schema", "keep", "files", "request"];
/// Keys of the API that are never kept: they are what the project is.
const NEVER_KEPT: [&str; 6] = ["type", "function", "main", "files", "runtime", "settings"];

/// What a deployment may leave as it is, in hooks of these types.
pub(super) fn keepable(types: &[HookType]) -> impl Iterator<Item = &'static str> {
    let common = HookBody::KEYS.into_iter().filter(|name| !NEVER_KEPT.contains(name));
    let mut settings: Vec<&'static str> = types.iter().flat_map(|one| one.rules.setting_names()).copied().collect();
    settings.sort_unstable();
    settings.dedup();
    common.chain(settings)
}
