//! `/api/2/hooks`, as OneLogin's own clients know it: bare arrays and objects, paging in headers, hooks of OneLogin's types only. Where the
//! clients exclude each other, the table of [`Client`] decides.

mod env_vars;
mod hooks;
mod input;
mod logs;
mod page;

use hookbox_hooks::api::{ApiError, Call, Core};

use super::account;
use super::client::Client;

pub(super) use env_vars::ENDPOINTS as ENV_VARS;
pub(super) use hooks::ENDPOINTS as HOOKS;
pub(super) use logs::ENDPOINTS as LOGS;

/// How the caller reads what not all clients read alike.
fn client(core: &Core, call: &Call<'_>) -> Result<Client, ApiError> {
    let set = account::client(&core.service.settings(call.account()?)?.dialects);
    Ok(set.unwrap_or_else(|| call.head.user_agent().map(Client::of_user_agent).unwrap_or_default()))
}

/// What the caller asks for, whatever the page.
fn list(call: &Call<'_>) -> String {
    call.query.without_page(call.head.path)
}
