//! The token endpoints, `/auth/oauth2`: they issue access tokens for client credentials, and revoke them.
//!
//! Clients send id and secret in a header or in the body. The body is JSON or a form, whatever its `Content-Type` says.

use std::fmt;

use hookbox_hooks::api::{Access, Answered, ApiError, BodyKind, Call, ClientCredentials, Core, Doc, Endpoint, LIFETIME, Reply, respond};
use hookbox_hooks::{AccountId, Timestamp};
use hookbox_host_api::Secret;
use http::{HeaderValue, Method, header};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::Client;

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::POST,
        path: "/auth/oauth2/v2/token",
        id: "oneLoginGenerateToken",
        access: Access::Client,
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(generate(core, call)),
        doc: Doc {
            tag: "OneLogin: tokens",
            summary: "Exchange a client id and secret for an access token",
            request: Some("TokenInput"),
            answers: &[(200, "The token, good for ten hours", Some("Token"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/auth/oauth2/token",
        id: "oneLoginGenerateTokenV1",
        access: Access::Client,
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(generate_v1(core, call)),
        doc: Doc {
            tag: "OneLogin: tokens",
            summary: "The same in the envelope of the first version",
            request: Some("TokenInput"),
            answers: &[(200, "The token, good for ten hours", Some("TokenEnvelope"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/auth/oauth2/revoke",
        id: "oneLoginRevokeToken",
        access: Access::Client,
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(revoke(core, call)),
        doc: Doc {
            tag: "OneLogin: tokens",
            summary: "Make all tokens of the caller's credential worthless; the caller shows one of them",
            request: Some("RevokeInput"),
            answers: &[(200, "They are", Some("Revoked"))],
            errors: &[503],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/auth/rate_limit",
        id: "oneLoginGetRateLimit",
        access: Access::Token,
        body: BodyKind::None,
        handler: |core, call| Box::pin(rate_limit(core, call)),
        doc: Doc {
            tag: "OneLogin: tokens",
            summary: "What a client may still do in this hour: nothing is counted, so all of it",
            answers: &[(200, "The limit", Some("RateLimit"))],
            ..Doc::NONE
        },
    },
];

/// The fields of a body.
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
    /// A body that is neither JSON nor a form has no fields. In a form that has one twice, RFC 6749 has it refused.
    fn parse(body: &[u8]) -> Result<Self, ApiError> {
        if body.trim_ascii_start().starts_with(b"{") {
            return Ok(serde_json::from_slice(body).unwrap_or_default());
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
            if field.replace(value.into_owned()).is_some() {
                return Err(ApiError::Malformed("invalid_request: a parameter stands in the form twice"));
            }
        }
        Ok(fields)
    }

    fn client(&mut self) -> Option<ClientCredentials> {
        let (id, secret) = (self.client_id.take()?, self.client_secret.take()?);
        Some(ClientCredentials { id, secret: Secret::new(secret) })
    }
}

/// The credentials that a client sends. A header takes precedence over the body.
fn credentials_from(call: &Call<'_>, fields: &mut Fields) -> Option<ClientCredentials> {
    match call.head.authorization() {
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
async fn generate(core: &Core, call: Call<'_>) -> Answered {
    Ok(unstored(respond::ok(&token(core, &call)?)))
}

/// `POST /auth/oauth2/token`: the same in the envelope of the first version. OneLogin revokes the earlier tokens here. Hookbox keeps them
/// valid, because clients request several at a time.
async fn generate_v1(core: &Core, call: Call<'_>) -> Answered {
    Ok(unstored(respond::ok(&Envelope { status: SUCCESS, data: [token(core, &call)?] })))
}

fn token(core: &Core, call: &Call<'_>) -> Result<Token, ApiError> {
    let mut fields = Fields::parse(&call.body)?;
    if fields.grant_type.as_deref() != Some("client_credentials") {
        return Err(ApiError::GrantType);
    }
    let credential = core.credential(&call.head, credentials_from(call, &mut fields))?;
    let issued = core.issue(&credential)?;
    Ok(Token {
        expires_in: LIFETIME.as_secs(),
        created_at: issued.at.into(),
        access_token: issued.token,
        token_type: "bearer",
        account_id: credential.account(),
    })
}

/// Marks an answer that holds a secret, so that no cache stores it.
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

/// Success: in the envelope and, for the client that reads no envelope here, beside it.
#[derive(Serialize)]
struct Done {
    status: Status,
    #[serde(flatten)]
    flat: Option<Status>,
}

/// `GET /auth/rate_limit`: calls of an account are not counted, so the answer always reports a full allowance for the hour.
async fn rate_limit(_: &Core, _: Call<'_>) -> Answered {
    const CALLS: u32 = 5000;
    const SECONDS: u32 = 3600;
    let data = json!({"X-RateLimit-Limit": CALLS, "X-RateLimit-Remaining": CALLS, "X-RateLimit-Reset": SECONDS});
    Ok(respond::ok(&Envelope { status: SUCCESS, data }))
}

/// `POST /auth/oauth2/revoke`: the token must be a valid one of the caller's. All tokens of the credential are revoked with it, because
/// single tokens are not stored.
async fn revoke(core: &Core, call: Call<'_>) -> Answered {
    let mut fields = Fields::parse(&call.body)?;
    let credential = core.credential(&call.head, credentials_from(&call, &mut fields))?;
    let owner = core.owner(&fields.access_token.unwrap_or_default());
    if owner.is_none_or(|owner| owner != *credential.client_id()) {
        return Err(ApiError::ForeignToken);
    }
    core.service.bump_generation(credential.client_id()).await?;
    let flat = call.head.user_agent().map(Client::of_user_agent) == Some(Client::Python);
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
            let mut fields = Fields::parse(body.as_bytes()).unwrap();
            let client = fields.client().unwrap();
            assert_eq!((fields.grant_type.as_deref(), &*client.id, client.secret.expose()), (Some("client_credentials"), "a", "b+c"));
        }
        for body in ["", "{", "{\"grant_type\":1}", "\u{0}", "[]"] {
            assert!(Fields::parse(body.as_bytes()).unwrap().grant_type.is_none(), "{body}");
        }
    }

    #[test]
    fn a_parameter_stands_once_in_a_form() {
        for name in ["grant_type", "client_id", "client_secret", "access_token"] {
            let twice = format!("other=1&{name}=a&other=2&{name}=a");
            assert!(matches!(Fields::parse(twice.as_bytes()), Err(ApiError::Malformed(_))), "{name}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let fields = Fields::parse(b"client_secret=hunter2&access_token=hunter2").unwrap();
        assert!(!format!("{fields:?}").contains("hunter2"));
    }
}
