//! `/api/2/hooks` for OneLogin's own clients: bare arrays and objects, paging in headers, hooks of OneLogin's types only. Where two clients
//! need different answers, the table of [`Client`] decides.

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

/// The kind of the calling client, which selects the form of answers that not all clients read alike.
fn client(core: &Core, call: &Call<'_>) -> Result<Client, ApiError> {
    let set = account::client(&core.service.settings(call.account()?)?.dialects);
    Ok(set.unwrap_or_else(|| call.head.user_agent().map(Client::of_user_agent).unwrap_or_default()))
}

/// The list that the caller asks for, without the page.
fn list(call: &Call<'_>) -> String {
    call.query.without_page(call.head.path)
}
