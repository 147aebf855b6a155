//! Who may call: the bearer of an access token, or a client that sends `SSWS` with an access token, or with its client id and secret with a
//! colon between.

use hookbox_hooks::Scope;
use hookbox_hooks::api::{ApiError, Authenticating, Caller, ClientCredentials, Core, Head};
use hookbox_host_api::Secret;

/// The scheme of Okta's API tokens.
const SSWS: &str = "SSWS";

/// For callers that read.
pub(super) fn reads<'a>(core: &'a Core, head: &'a Head<'a>) -> Authenticating<'a> {
    Box::pin(std::future::ready(admit(core, head, Scope::Read)))
}

/// For callers that change hooks, or run them.
pub(super) fn manages<'a>(core: &'a Core, head: &'a Head<'a>) -> Authenticating<'a> {
    Box::pin(std::future::ready(admit(core, head, Scope::Manage)))
}

fn admit(core: &Core, head: &Head<'_>, scope: Scope) -> Result<Caller, ApiError> {
    let caller = match head.authorization().and_then(|sent| sent.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SSWS) => of_token(core, head, token.trim())?,
        _ => core.bearer(head)?,
    };
    core.require(&caller, scope, head)?;
    Ok(caller)
}

fn of_token(core: &Core, head: &Head<'_>, token: &str) -> Result<Caller, ApiError> {
    match token.split_once(':') {
        Some((id, secret)) => {
            let sent = ClientCredentials { id: id.to_owned(), secret: Secret::new(secret) };
            Ok(core.caller(&core.credential(head, Some(sent))?))
        }
        None => core.token(head, token),
    }
}
