//! Every route once, on its happy path, in the order in which somebody would use them.

use std::collections::BTreeSet;
use std::time::Duration;

use hookbox_hooks::check_backup;
use serde_json::{Value, json};

use super::*;

/// Waits until a hook's status is no longer a waiting one.
async fn settled(server: &TestServer, token: &str, id: &str) -> Value {
    loop {
        let hook = server.call(token, &format!("GET /api/2/hooks/{id}"), None).await.expect(200);
        if !text(&hook["status"]).ends_with("queued") && !text(&hook["status"]).ends_with("running") {
            return hook;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn health(server: &TestServer) {
    assert_eq!(server.raw("GET /healthz", &[], "").await.expect(200), json!({"status": "ok"}));
    assert_eq!(server.raw("GET /readyz", &[], "").await.expect(200), json!({"status": "ready", "troubles": []}));
}

async fn accounts(server: &TestServer, admin: &str) -> u64 {
    let made = server.call(admin, "POST /v1/accounts", json!({"name": "Acme"})).await.expect(201);
    let id = made["id"].as_u64().unwrap();
    assert_eq!(server.call(admin, &format!("GET /v1/accounts/{id}"), None).await.expect(200), made);
    let settings = json!({"settings": {"on_no_hook": "deny"}});
    let changed = server.call(admin, &format!("PUT /v1/accounts/{id}"), settings).await.expect(200);
    assert_eq!((&changed["name"], &changed["settings"]["on_no_hook"]), (&json!("Acme"), &json!("deny")));
    let all = server.call(admin, "GET /v1/accounts", None).await.expect(200);
    assert_eq!((all["items"].as_array().unwrap().len(), &all["next_cursor"]), (2, &Value::Null));
    id
}

async fn credentials(server: &TestServer, admin: &str, account: u64) {
    let made = server.call(admin, "POST /v1/credentials", json!({"account_id": account, "scopes": ["read"], "name": "x"})).await;
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let made = made.expect(201);
    let listed = server.call(admin, &format!("GET /v1/credentials?account_id={account}"), None).await.expect(200);
    assert_eq!(listed["items"][0]["client_id"], made["client_id"]);
    assert!(!listed.to_string().contains(&text(&made["client_secret"])));
    server.call(admin, &format!("DELETE /v1/credentials/{}", text(&made["client_id"])), None).await.expect(204);
}

async fn envs(server: &TestServer, token: &str) {
    let made = server.call(token, "POST /api/2/hooks/envs", json!({"name": "API_KEY", "value": "hunter2hunter2"})).await.expect(201);
    let path = format!("/api/2/hooks/envs/{}", text(&made["id"]));
    assert_eq!(server.call(token, &format!("GET {path}"), None).await.expect(200), made);
    let changed = server.call(token, &format!("PUT {path}"), json!({"value": "hunter3hunter3"})).await.expect(200);
    assert_eq!(changed["name"], "API_KEY");
    let listed = server.call(token, "GET /api/2/hooks/envs", None).await;
    assert_eq!((listed.header("total-count"), listed.header("after-cursor")), (Some("1"), None));
    assert_eq!(listed.expect(200), json!([changed]));
    server.call(token, &format!("DELETE {path}"), None).await.expect(204);
    server.call(token, &format!("GET {path}"), None).await.expect(404);
}

async fn hooks(server: &TestServer, token: &str) -> String {
    let made = server.call(token, "POST /api/2/hooks", new_hook(r#"return {"user":{"policy_id":5}}"#)).await.expect(201);
    assert_eq!(made["status"], "create-queued");
    let id = text(&made["id"]);
    assert_eq!(settled(server, token, &id).await["status"], "ready");
    let changed = server.call(token, &format!("PUT /api/2/hooks/{id}"), json!({"timeout": 3})).await.expect(200);
    assert_eq!((&changed["timeout"], &changed["version"]), (&json!(3), &json!(2)));
    let hook = settled(server, token, &id).await;
    assert_eq!(server.call(token, "GET /api/2/hooks", None).await.expect(200), json!([hook]));
    assert_eq!(server.call(token, "GET /v1/hooks?type=user-migration", None).await.expect(200)["items"], json!([]));
    let detail = server.call(token, &format!("GET /v1/hooks/{id}"), None).await.expect(200);
    assert_eq!((&detail["serving_version"], &detail["kind"]), (&json!(2), &json!("command")));
    id
}

/// The forms that other clients know.
async fn other_forms(server: &TestServer, admin: &str) {
    let body = json!({"grant_type": "client_credentials"}).to_string();
    let first = server.raw("POST /auth/oauth2/token", &[("authorization", &basic(ADMIN, SECRET))], &body).await.expect(200);
    assert_eq!(
        (&first["status"]["message"], &first["data"][0]["access_token"]),
        (&json!("Success"), &json!(admin)),
        "the same token again"
    );
    let limit = server.call(admin, "GET /auth/rate_limit", None).await.expect(200);
    assert_eq!(limit["data"]["X-RateLimit-Limit"], limit["data"]["X-RateLimit-Remaining"]);
}

async fn events(server: &TestServer, token: &str, id: &str) {
    let context = json!({"request_id": "r-1", "correlation_id": "c-1", "user": {"user_identifier": "jim", "policy_id": 1}, "device": {}});
    let answer = server.call(token, "POST /v1/triggers/pre-authentication", context.clone()).await.expect(200);
    assert_eq!((&answer["outcome"], &answer["decision"], &answer["request_id"]), (&json!("completed"), &json!("allow"), &json!("r-1")));
    // The log is in the order of time, and the clock stands still.
    server.world.clock.advance(Duration::from_secs(1));
    let fired = server.call(token, &format!("POST /v1/hooks/{id}/fire"), json!({"context": context})).await.expect(200);
    assert_eq!(fired["hook_id"], id);

    let logs = server.call(token, &format!("GET /api/2/hooks/{id}/logs?limit=1"), None).await;
    assert_eq!((logs.header("page-items"), logs.header("total-count")), (Some("1"), None), "a log is not counted");
    let next = logs.header("after-cursor").unwrap().to_owned();
    assert_eq!(logs.expect(200)[0]["request_id"], "r-1");
    let last = server.call(token, &format!("GET /api/2/hooks/{id}/logs?Cursor={next}"), None).await;
    assert_eq!((last.header("after-cursor"), last.expect(200).as_array().unwrap().len()), (None, 1));
    let none = server.call(token, &format!("GET /api/2/hooks/{id}/logs?request_id=other"), None).await.expect(200);
    assert_eq!(none, json!([]));

    let executions = server.call(token, &format!("GET /v1/hooks/{id}/executions?outcome=completed"), None).await.expect(200);
    assert_eq!(executions["items"][1]["execution_id"], answer["execution_id"]);
    let none = server.call(token, &format!("GET /v1/hooks/{id}/executions?outcome=failed"), None).await.expect(200);
    assert_eq!(none["items"], json!([]));
}

/// One that there was, and one that ends while the stream is read; then the stream ends, as it does when the server stops.
async fn follow(server: &TestServer, token: &str, id: &str) {
    let target = format!("/v1/hooks/{id}/executions/stream?limit=1&since=3600");
    let mut stream = server.stream(token, &target).await;
    let there = stream.line().await;
    let context = json!({"context": login()});
    let fired = server.call(token, &format!("POST /v1/hooks/{id}/fire"), context).await.expect(200);
    let ended = stream.line().await;
    assert_eq!(ended["execution_id"], fired["execution_id"]);
    assert_ne!(there["execution_id"], fired["execution_id"]);
    server.service.end_streams();
    stream.end(server, &target).await;
}

/// An empty account is left, after it was told what that would mean.
async fn apply(server: &TestServer, token: &str) {
    let mut body = json!({"hooks": [], "env_vars": [], "dry_run": true});
    let told = server.call(token, "POST /v1/apply", body.clone()).await.expect(200);
    assert_eq!((&told["changed"], &told["hooks"][0]["action"]), (&json!(true), &json!("delete")));
    assert_eq!(server.call(token, "POST /v1/apply", body.clone()).await.expect(200), told, "nothing was done");
    body["dry_run"] = json!(false);
    body["hooks"] = json!([new_hook(r#"return {"user":{"policy_id":6}}"#)]);
    let done = server.call(token, "POST /v1/apply", body.clone()).await.expect(200);
    assert_eq!(done["hooks"][0]["action"], "update");
    settled(server, token, &text(&done["hooks"][0]["id"])).await;
    assert_eq!(server.call(token, "POST /v1/apply", body).await.expect(200)["changed"], false);
}

/// The same resources in the server's own form.
async fn own_form(server: &TestServer, token: &str) {
    let env = server.call(token, "POST /v1/env-vars", json!({"name": "OWN_KEY", "value": "hunter2hunter2"})).await.expect(201);
    let env = format!("/v1/env-vars/{}", text(&env["id"]));
    server.call(token, &format!("PUT {env}"), json!({"value": "hunter3hunter3"})).await.expect(200);
    assert_eq!(server.call(token, &format!("GET {env}"), None).await.expect(200)["name"], "OWN_KEY");
    let listed = server.call(token, "GET /v1/env-vars?limit=1", None).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let mut hook = new_hook("echo");
    hook["type"] = "user-migration".into();
    hook["settings"] = json!({});
    hook["env_vars"] = json!(["OWN_KEY"]);
    let made = server.call(token, "POST /v1/hooks", hook.clone()).await.expect(201);
    assert_eq!(made["function"], hook["function"]);
    let id = text(&made["id"]);
    let listed = server.call(token, "GET /v1/hooks?type=user-migration", None).await.expect(200);
    assert_eq!(listed["items"][0].get("function"), None, "lists leave functions out");
    let changed = server.call(token, &format!("PUT /v1/hooks/{id}"), json!({"timeout": 3})).await.expect(200);
    assert_eq!(changed["timeout"], 3);
    server.call(token, "GET /v1/hooks?type=other", None).await.expect(422);
    server.call(token, "PUT /v1/hooks/nothing", json!({"timeout": 0})).await.expect(404);
    server.call(token, &format!("PUT /v1/hooks/{id}"), json!({"timeout": 0})).await.expect(422);
    assert!(server.call(token, &format!("DELETE /v1/hooks/{id}"), None).await.body.is_empty());
    server.call(token, &format!("DELETE {env}"), None).await.expect(204);
}

async fn backup(server: &TestServer, admin: &str) {
    let all = server.call(admin, "GET /v1/backup", None).await;
    assert_eq!((all.status.as_u16(), all.header("cache-control")), (200, Some("no-store")));
    let contents = check_backup(&*all.body).unwrap();
    assert_eq!((contents.bytes, all.header("content-length")), (all.body.len() as u64, Some(&*all.body.len().to_string())));
    let without = server.call(admin, "GET /v1/backup?logs=false", None).await;
    assert!(check_backup(&*without.body).unwrap().records < contents.records);
    server.call(admin, "GET /v1/backup?logs=no", None).await.expect(422);
}

#[tokio::test]
async fn every_route_does_what_it_is_for() {
    let server = start().await;
    health(&server).await;
    let admin = server.admin().await;
    let account = accounts(&server, &admin).await;
    credentials(&server, &admin, account).await;
    let manager = server.token_for(&admin, account, &["manage"]).await;
    envs(&server, &manager).await;
    let id = hooks(&server, &manager).await;
    events(&server, &manager, &id).await;
    follow(&server, &manager, &id).await;
    own_form(&server, &manager).await;
    apply(&server, &manager).await;
    other_forms(&server, &admin).await;
    okta::every_route(&server, &admin).await;
    backup(&server, &admin).await;
    let deleted = server.call(&manager, &format!("DELETE /api/2/hooks/{id}"), None).await;
    assert!(deleted.body.is_empty() && deleted.status == 202);
    let grant = r#"{"grant_type":"client_credentials"}"#;
    server.raw("POST /auth/oauth2/v2/token", &[("authorization", &basic(ADMIN, SECRET))], grant).await.expect(200);
    let body = json!({"access_token": admin}).to_string();
    server.raw("POST /auth/oauth2/revoke", &[("authorization", &basic(ADMIN, SECRET))], &body).await.expect(200);
    server.call(&admin, "GET /v1/accounts", None).await.expect(401);

    let seen = server.seen.lock().unwrap().clone();
    let missing: BTreeSet<_> = server.endpoints().into_iter().map(|one| one.id).filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "routes without a test: {missing:?}");
    server.stop().await;
}
