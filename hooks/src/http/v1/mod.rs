//! Hookbox's own API: `/v1`, and the health checks. Each file holds the endpoints and handlers of one sort of resource; the schemas of
//! their bodies are in `schemas.json`.

mod env_vars;
mod events;
mod executions;
mod follow;
mod health;
mod hooks;
mod operator;
mod tokens;

use crate::api::Endpoint;

/// Every endpoint of the server, without those of dialects.
pub(crate) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    let tables = [
        health::ENDPOINTS,
        tokens::ENDPOINTS,
        hooks::ENDPOINTS,
        env_vars::ENDPOINTS,
        events::ENDPOINTS,
        executions::ENDPOINTS,
        operator::ENDPOINTS,
    ];
    tables.into_iter().flatten()
}
