//! Password import: whether the password is right.

use hookbox_hooks::hook_type::InvalidResponse;
use hookbox_host_api::Decision;

use super::command::Said;

const VERIFIED: &str = "VERIFIED";
const UNVERIFIED: &str = "UNVERIFIED";

/// The decision of the last command. Without one, the password is not imported.
pub(super) fn decide(said: &[Said<'_>]) -> Result<Decision, InvalidResponse> {
    let mut decision = Decision::Deny;
    for command in said {
        decision = match command.word("credential", &[VERIFIED, UNVERIFIED])? {
            VERIFIED => Decision::Allow,
            _ => Decision::Deny,
        };
    }
    Ok(decision)
}
