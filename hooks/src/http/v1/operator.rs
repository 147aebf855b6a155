//! `/v1/accounts`, `/v1/credentials` and `/v1/backup`: the operations of an operator.

use http::{HeaderValue, Method, Response, StatusCode, header};

use crate::api::{Access, Answered, BINARY, BodyKind, Call, Core, Doc, Endpoint, PAGE, ReplyBody, respond};
use crate::resources::{NewCredentialView, Scope};
use crate::service::Backup;

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/v1/accounts",
        id: "listAccounts",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list_accounts(core, call)),
        doc: Doc {
            tag: "accounts",
            summary: "List the accounts of the server",
            query: PAGE,
            answers: &[(200, "A page of accounts", Some("AccountPage"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/v1/accounts",
        id: "createAccount",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(create_account(core, call)),
        doc: Doc {
            tag: "accounts",
            summary: "Make an account",
            request: Some("AccountInput"),
            optional: true,
            answers: &[(201, "The account", Some("Account"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/v1/accounts/{id}",
        id: "getAccount",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(get_account(core, call)),
        doc: Doc { tag: "accounts", summary: "Get an account", answers: &[(200, "The account", Some("Account"))], ..Doc::NONE },
    },
    Endpoint {
        method: Method::PUT,
        path: "/v1/accounts/{id}",
        id: "updateAccount",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(update_account(core, call)),
        doc: Doc {
            tag: "accounts",
            summary: "Change an account's name or settings",
            request: Some("AccountInput"),
            optional: true,
            answers: &[(200, "The account", Some("Account"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/v1/credentials",
        id: "listCredentials",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list_credentials(core, call)),
        doc: Doc {
            tag: "accounts",
            summary: "List the credentials of the server, without their secrets",
            query: &["account_id", "limit", "page", "cursor"],
            answers: &[(200, "A page of credentials", Some("CredentialPage"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/v1/credentials",
        id: "createCredential",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(create_credential(core, call)),
        doc: Doc {
            tag: "accounts",
            summary: "Make a credential; its secret is in this answer and nowhere else",
            request: Some("CredentialInput"),
            answers: &[(201, "The credential with its secret", Some("NewCredential"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::DELETE,
        path: "/v1/credentials/{id}",
        id: "deleteCredential",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(delete_credential(core, call)),
        doc: Doc {
            tag: "accounts",
            summary: "Delete a credential; its tokens are worthless at once",
            answers: &[(204, "It is deleted", None)],
            errors: &[409, 503],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/v1/backup",
        id: "backup",
        access: Access::Scope(Scope::Operate),
        body: BodyKind::None,
        handler: |core, call| Box::pin(backup(core, call)),
        doc: Doc {
            tag: "server",
            summary: "Get everything that the server keeps, as of one moment, in a file that `hookbox restore` reads; the master key is not in it",
            query: &["logs"],
            answers: &[(200, "The backup", Some(BINARY))],
            errors: &[409, 503],
            ..Doc::NONE
        },
    },
];

async fn list_accounts(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::page(&core.service.list_accounts(call.query.page()?).await?))
}

async fn create_account(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::created(&core.service.create_account(call.body).await?))
}

async fn get_account(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::ok(&core.service.get_account(call.id()).await?))
}

async fn update_account(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::ok(&core.service.update_account(call.id(), call.body).await?))
}

async fn list_credentials(core: &Core, call: Call<'_>) -> Answered {
    let account = call.query.parsed("account_id", "is not the id of an account")?;
    Ok(respond::page(&core.service.list_credentials(account, call.query.page()?).await?))
}

async fn create_credential(core: &Core, call: Call<'_>) -> Answered {
    let (credential, client_secret) = core.service.create_credential(call.account()?, call.body).await?;
    let mut reply = respond::created(&NewCredentialView { credential, client_secret });
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply)
}

async fn delete_credential(core: &Core, call: Call<'_>) -> Answered {
    core.service.delete_credential(call.id()).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}

async fn backup(core: &Core, call: Call<'_>) -> Answered {
    let with_logs = call.query.parsed("logs", "is not of a type(s) boolean")?.unwrap_or(true);
    let Backup { file, length, permit } = core.service.backup(with_logs).await?;
    let mut reply = Response::new(ReplyBody::file(file, length, permit));
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply)
}
