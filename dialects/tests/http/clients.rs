//! What OneLogin's clients are shown that not all of them read alike.

use serde_json::{Value, json};

use super::*;

const PYTHON: &str = "OpenAPI-Generator/3.1.5/python";
const GO: &str = "Go-http-client/1.1";

/// A server with a hook that is linked to an env var, and the ids of both.
async fn linked() -> (TestServer, String, String, String) {
    let server = start().await;
    let admin = server.admin().await;
    let env = server.call(&admin, "POST /api/2/hooks/envs", json!({"name": "API_KEY", "value": "hunter2"})).await.expect(201);
    let mut hook: Value = serde_json::to_value(new_hook("echo")).unwrap();
    hook["env_vars"] = json!([{"name": "API_KEY"}]);
    let hook = server.call(&admin, "POST /api/2/hooks", hook).await.expect(201);
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let ids = (id(&hook), id(&env));
    (server, admin, ids.0, ids.1)
}

async fn get(server: &TestServer, token: &str, agent: &str, target: &str) -> Value {
    let authorization = format!("Bearer {token}");
    server.raw(target, &[("authorization", authorization.as_str()), ("user-agent", agent)], "").await.expect(200)
}

#[tokio::test]
async fn each_client_is_shown_what_it_reads() {
    let (server, admin, hook, env) = linked().await;
    let (hook, env) = (format!("GET /api/2/hooks/{hook}"), format!("GET /api/2/hooks/envs/{env}"));
    let plain = get(&server, &admin, "curl/8", &env).await;
    assert_eq!(plain.get("value"), None);
    for agent in ["curl/8", PYTHON] {
        assert_eq!(get(&server, &admin, agent, &hook).await["env_vars"], json!(["API_KEY"]));
    }
    assert_eq!(get(&server, &admin, GO, &hook).await["env_vars"], json!([plain]));
    assert_eq!(get(&server, &admin, GO, "GET /api/2/hooks").await[0]["env_vars"], json!([plain]));
    assert_eq!(get(&server, &admin, GO, &env).await, plain);
    assert_eq!(get(&server, &admin, PYTHON, &env).await["value"], "");
    assert_eq!(get(&server, &admin, PYTHON, "GET /api/2/hooks/envs").await[0]["value"], "");
    assert_eq!(get(&server, &admin, GO, "GET /v1/hooks").await["items"][0]["env_vars"], json!(["API_KEY"]), "our own API has one form");
    server.stop().await;
}

#[tokio::test]
async fn an_account_may_say_how_its_clients_read() {
    let (server, admin, hook, env) = linked().await;
    let (hook, env) = (format!("GET /api/2/hooks/{hook}"), format!("GET /api/2/hooks/envs/{env}"));
    for (setting, with_value, value) in
        [("go", false, false), ("dotnet", true, false), ("python", false, true), ("documented", false, false)]
    {
        server.call(&admin, "PUT /v1/accounts/1", json!({"settings": {"client": setting}})).await.expect(200);
        let links = get(&server, &admin, GO, &hook).await["env_vars"].clone();
        assert_eq!(links[0].is_object(), matches!(setting, "go" | "dotnet"), "{setting}");
        assert_eq!(links[0].get("value"), with_value.then(|| json!("")).as_ref(), "{setting}");
        assert_eq!(get(&server, &admin, GO, &env).await.get("value").is_some(), value, "{setting}");
    }
    server.call(&admin, "PUT /v1/accounts/1", json!({"client": null})).await.expect(200);
    assert!(get(&server, &admin, GO, &hook).await["env_vars"][0].is_object());
    server.stop().await;
}
