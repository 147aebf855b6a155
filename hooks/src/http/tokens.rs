//! The token endpoints, `/auth/oauth2`: client credentials in, an access token out, and back again.
//!
//! Clients send id and secret in a header or in the body, and the body as JSON or as a form, whatever they say its type is.

use std::fmt;

use hookbox_host_api::Secret;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::errors::ApiError;
use super::gateway::{Call, Gateway};
use super::respond::{self, Reply};
use crate::auth::{ClientCredentials, LIFETIME};
use crate::clock::Timestamp;
use crate::ids::AccountId;
use crate::resources::Client;

/// What a body may say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    access_token: Option<String>,
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("grant_type", &self.grant_type).finish_non_exhaustive()
    }
}

impl Fields {
    /// A body that is neither JSON nor a form says nothing.
    fn parse(body: &[u8]) -> Self {
        if body.trim_ascii_start().starts_with(b"{") {
            return serde_json::from_slice(body).unwrap_or_default();
        }
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "grant_type" => &mut fields.grant_type,
                "client_id" => &mut fields.client_id,
                "client_secret" => &mut fields.client_secret,
                "access_token" => &mut fields.access_token,
                _ => continue,
            };
            *field = Some(value.into_owned());
        }
        fields
    }

    fn client(&mut self) -> Option<ClientCredentials> {
        let (id, secret) = (self.client_id.take()?, self.client_secret.take()?);
        Some(ClientCredentials { id, secret: Secret::new(secret) })
    }
}

/// What a client shows: a header goes before the body.
fn shown(call: &Call<'_>, fields: &mut Fields) -> Option<ClientCredentials> {
    match call.authorization {
        Some(header) => ClientCredentials::from_header(header),
        None => fields.client(),
    }
}

#[derive(Serialize)]
struct Token {
    access_token: String,
    created_at: Timestamp,
    expires_in: u64,
    token_type: &'static str,
    account_id: AccountId,
}

/// `POST /auth/oauth2/v2/token`.
pub(super) fn generate(gateway: &Gateway, call: &Call<'_>) -> Result<Reply, ApiError> {
    Ok(unstored(respond::ok(&token(gateway, call)?)))
}

/// `POST /auth/oauth2/token`: the same in the envelope of the first version. There a new token ends the ones before it; here they stay good,
/// because clients ask for several at a time.
pub(super) fn generate_v1(gateway: &Gateway, call: &Call<'_>) -> Result<Reply, ApiError> {
    Ok(unstored(respond::ok(&Envelope { status: SUCCESS, data: [token(gateway, call)?] })))
}

fn token(gateway: &Gateway, call: &Call<'_>) -> Result<Token, ApiError> {
    let mut fields = Fields::parse(&call.body);
    if fields.grant_type.as_deref() != Some("client_credentials") {
        return Err(ApiError::GrantType);
    }
    let record = gateway.auth.client(&*gateway.service, shown(call, &mut fields), call.peer)?;
    let now = gateway.service.now();
    let issued = gateway.auth.issue(&record, now).map_err(|error| ApiError::Internal(format!("no random bytes: {error}")))?;
    Ok(Token {
        expires_in: LIFETIME.as_secs(),
        created_at: issued.at.into(),
        access_token: issued.token,
        token_type: "bearer",
        account_id: record.account,
    })
}

/// An answer that holds a secret.
fn unstored(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

const SUCCESS: Status = Status { error: false, code: 200, r#type: "success", message: "Success" };

#[derive(Serialize)]
struct Status {
    error: bool,
    code: u16,
    r#type: &'static str,
    message: &'static str,
}

/// The first version's envelope.
#[derive(Serialize)]
struct Envelope<T> {
    status: Status,
    data: T,
}

/// Done: in the envelope and, for the client that reads none here, beside it.
#[derive(Serialize)]
struct Done {
    status: Status,
    #[serde(flatten)]
    flat: Option<Status>,
}

/// `GET /auth/rate_limit`: nothing is counted against an account, so what it may do in an hour is always still to be done.
pub(super) fn rate_limit() -> Reply {
    const CALLS: u32 = 5000;
    const SECONDS: u32 = 3600;
    let data = json!({"X-RateLimit-Limit": CALLS, "X-RateLimit-Remaining": CALLS, "X-RateLimit-Reset": SECONDS});
    respond::ok(&Envelope { status: SUCCESS, data })
}

/// `POST /auth/oauth2/revoke`: the token must be a good one of the caller's. All of the credential's tokens end with it, since they
/// are told apart by nothing that is kept.
pub(super) async fn revoke(gateway: &Gateway, call: &Call<'_>) -> Result<Reply, ApiError> {
    let mut fields = Fields::parse(&call.body);
    let record = gateway.auth.client(&*gateway.service, shown(call, &mut fields), call.peer)?;
    let token = fields.access_token.unwrap_or_default();
    let owner = gateway.auth.owner(&*gateway.service, &token, gateway.service.now());
    if owner.is_none_or(|owner| owner.client_id != record.client_id) {
        return Err(ApiError::ForeignToken);
    }
    gateway.service.bump_generation(&record.client_id).await?;
    let flat = call.user_agent.map(Client::of_user_agent) == Some(Client::Python);
    Ok(respond::ok(&Done { status: SUCCESS, flat: flat.then_some(SUCCESS) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_json_or_forms() {
        for body in [
            r#" {"grant_type":"client_credentials","client_id":"a","client_secret":"b+c","other":1}"#,
            "grant_type=client_credentials&client_id=a&client_secret=b%2Bc&other=1",
        ] {
            let mut fields = Fields::parse(body.as_bytes());
            let client = fields.client().unwrap();
            assert_eq!((fields.grant_type.as_deref(), &*client.id, client.secret.expose()), (Some("client_credentials"), "a", "b+c"));
        }
        for body in ["", "{", "{\"grant_type\":1}", "\u{0}", "[]"] {
            assert!(Fields::parse(body.as_bytes()).grant_type.is_none(), "{body}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let fields = Fields::parse(b"client_secret=hunter2&access_token=hunter2");
        assert!(!format!("{fields:?}").contains("hunter2"));
    }
}
