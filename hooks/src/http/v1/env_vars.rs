//! `/v1/env-vars`: the env vars of an account. Their values are never returned.

use http::{Method, StatusCode};

use crate::api::{Access, Answered, BodyKind, Call, Core, Doc, Endpoint, PAGE, respond};
use crate::resources::Scope;

pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::GET,
        path: "/v1/env-vars",
        id: "listEnvVars",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(list(core, call)),
        doc: Doc {
            tag: "env vars",
            summary: "List the account's env vars, oldest first, without their values",
            query: PAGE,
            answers: &[(200, "A page of env vars", Some("EnvPage"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::POST,
        path: "/v1/env-vars",
        id: "createEnvVar",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(create(core, call)),
        doc: Doc {
            tag: "env vars",
            summary: "Make an env var, which hooks of the account may be linked to",
            request: Some("EnvInput"),
            answers: &[(201, "The env var", Some("Env"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::GET,
        path: "/v1/env-vars/{id}",
        id: "getEnvVar",
        access: Access::Scope(Scope::Read),
        body: BodyKind::None,
        handler: |core, call| Box::pin(get(core, call)),
        doc: Doc {
            tag: "env vars",
            summary: "Get an env var, without its value",
            answers: &[(200, "The env var", Some("Env"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::PUT,
        path: "/v1/env-vars/{id}",
        id: "updateEnvVar",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::Fields,
        handler: |core, call| Box::pin(update(core, call)),
        doc: Doc {
            tag: "env vars",
            summary: "Give an env var a new value",
            request: Some("EnvValue"),
            answers: &[(200, "The env var", Some("Env"))],
            ..Doc::NONE
        },
    },
    Endpoint {
        method: Method::DELETE,
        path: "/v1/env-vars/{id}",
        id: "deleteEnvVar",
        access: Access::Scope(Scope::Manage),
        body: BodyKind::None,
        handler: |core, call| Box::pin(delete(core, call)),
        doc: Doc {
            tag: "env vars",
            summary: "Delete an env var, also from the hooks that are linked to it",
            answers: &[(204, "It is deleted", None)],
            errors: &[503],
            ..Doc::NONE
        },
    },
];

async fn list(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::page(&core.service.list_envs(call.account()?, call.query.page()?).await?))
}

async fn create(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::created(&core.service.create_env(call.account()?, call.body).await?))
}

async fn get(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::ok(&core.service.get_env(call.account()?, call.id()).await?))
}

async fn update(core: &Core, call: Call<'_>) -> Answered {
    Ok(respond::ok(&core.service.update_env(call.account()?, call.id(), call.body).await?))
}

async fn delete(core: &Core, call: Call<'_>) -> Answered {
    core.service.delete_env(call.account()?, call.id()).await?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}
