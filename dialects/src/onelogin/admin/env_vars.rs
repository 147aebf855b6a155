//! The env vars. Their values are never returned.

use hookbox_hooks::api::{Access, Answered, ApiError, BodyKind, Call, Core, Doc, Endpoint, PAGE, respond};
use hookbox_hooks::{EnvId, EnvView, Scope, Timestamp};
use http::{Method, StatusCode};
use serde::Serialize;

use super::page::bare_page;
use super::{client, list};

pub(in crate::onelogin) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/api/2/hooks/envs",
        id: "oneLoginListEnvs",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list_envs(core, call)),
        doc: Doc {
            tag: "OneLogin: env vars",
            summary: "List the account's env vars, oldest first, without their values",
            query: PAGE,
            answers: &[(200, "A page of env vars", Some("OneLoginEnvList"))],
            paged: true,
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/api/2/hooks/envs",
        id: "oneLoginCreateEnv",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(create(core, call)),
        doc: Doc {
            tag: "OneLogin: env vars",
            summary: "Make an env var, which hooks of the account may be linked to",
            request: Some("OneLoginEnvInput"),
            answers: &[(201, "The env var", Some("OneLoginEnv"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/api/2/hooks/envs/{id}",
        id: "oneLoginGetEnv",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(get(core, call)),
        doc: Doc {
            tag: "OneLogin: env vars",
            summary: "Get an env var, without its value",
            answers: &[(200, "The env var", Some("OneLoginEnv"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::PUT,
        path: "/api/2/hooks/envs/{id}",
        id: "oneLoginUpdateEnv",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(update(core, call)),
        doc: Doc {
            tag: "OneLogin: env vars",
            summary: "Give an env var a new value",
            request: Some("OneLoginEnvValue"),
            answers: &[(200, "The env var", Some("OneLoginEnv"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::DELETE,
        path: "/api/2/hooks/envs/{id}",
        id: "oneLoginDeleteEnv",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::None,
        handler: |core, call| Box::pin(delete(core, call)),
        doc: Doc {
            tag: "OneLogin: env vars",
            summary: "Delete an env var, also from the hooks that are linked to it",
            answers: &[(204, "It is deleted", None)],
            errors: &[503],
            ..Doc::NONE
        },
    },
];

/// An env var as these clients read it.
#[derive(Serialize)]
pub(super) struct EnvVar {
    id: EnvId,
    name: String,
    /// Never the value: a placeholder for a client that cannot read an env var without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'static str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl EnvVar {
    pub(super) fn new(env: EnvView, value: Option<&'static str>) -> Self {
        Self { id: env.id, name: env.name, value, created_at: env.created_at, updated_at: env.updated_at }
    }
}

/// An env var in the form that the caller's client reads.
fn client_view(core: &Core, call: &Call<'_>, env: EnvView) -> Result<EnvVar, ApiError> {
    Ok(EnvVar::new(env, client(core, call)?.env_value()))
}

async fn list_envs(core: &Core, call: Call<'_>) -> Answered {
    let page = core.service.list_envs(call.account()?, call.query.page()?).await?;
    Ok(bare_page(&page.try_map(|env| client_view(core, &call, env))?, &list(&call)))
}

async fn create(core: &Core, call: Call<'_>) -> Answered {
    let env = core.service.create_env(call.account()?, call.body.clone()).await?;
    Ok(respond::created(&client_view(core, &call, env)?))
}

async fn get(core: &Core, call: Call<'_>) -> Answered {
    let env = core.service.get_env(call.account()?, call.id()).await?;
    Ok(respond::ok(&client_view(core, &call, env)?))
}

async fn update(core: &Core, call: Call<'_>) -> Answered {
    let env = core.service.update_env(call.account()?, call.id(), call.body.clone()).await?;
    Ok(respond::ok(&client_view(core, &call, env)?))
}

async fn delete(core: &Core, call: Call<'_>) -> Answered {
    core.service.delete_env(call.account()?, call.id()).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}
