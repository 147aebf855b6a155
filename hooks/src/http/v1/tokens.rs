//! `POST /v1/tokens`: issues an access token for client credentials. They stand in a header or in the body.

use hookbox_host_api::Secret;
use http::{HeaderValue, Method, header};
use serde::Deserialize;

use crate::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, respond};
use crate::auth::{ClientCredentials, LIFETIME};
use crate::resources::AccessTokenView;

pub(super) static ENDPOINTS: &[Endpoint] = &[Endpoint {
    method: Method::POST,
    path: "/v1/tokens",
    id: "createToken",
    access: Access::Client,
    body: BodyKind::Fields,
    handler: |core, call| Box::pin(create(core, call)),
    doc: Doc {
        tag: "tokens",
        summary: "Exchange a client id and secret, in a header or in the body, for an access token",
        request: Some("ClientCredentials"),
        optional: true,
        answers: &[(200, "The token, good for ten hours", Some("AccessToken"))],
        ..Doc::NONE
    },
}];

/// The fields of a body.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    client_id: Option<String>,
    client_secret: Option<String>,
}

async fn create(core: &Core, call: Call<'_>) -> Answered {
    let credential = core.credential(&call.head, credentials_from(&call))?;
    let issued = core.issue(&credential)?;
    let mut reply = respond::ok(&AccessTokenView {
        access_token: Secret::new(issued.token),
        token_type: "bearer".into(),
        expires_in: LIFETIME.as_secs(),
        created_at: issued.at.into(),
        account_id: credential.account(),
    });
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply)
}

/// The credentials that the client sends. A header takes precedence over the body.
fn credentials_from(call: &Call<'_>) -> Option<ClientCredentials> {
    match call.head.authorization() {
        Some(header) => ClientCredentials::from_header(header),
        None => {
            let fields: Fields = serde_json::from_slice(&call.body).unwrap_or_default();
            Some(ClientCredentials { id: fields.client_id?, secret: Secret::new(fields.client_secret?) })
        }
    }
}
