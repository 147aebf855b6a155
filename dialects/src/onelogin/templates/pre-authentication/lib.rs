//! Runs at every login, after the user name and before the password. What it returns decides about the login.

use hookbox_guest_sdk::log;
use hookbox_guest_sdk::pre_authentication::{Context, Decision};

#[hookbox_guest_sdk::hook]
fn handle(context: Context) -> Result<Decision, String> {
    let name = &context.user.user_identifier;
    if name.starts_with("blocked@") {
        log::warn!("denied {name}");
        return Ok(Decision::deny());
    }
    log::info!("allowed {name} with policy {}", context.user.policy_id);
    Ok(Decision::allow(context.user))
}
