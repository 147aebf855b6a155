//! Triggers and their errors, as an identity provider meets them.

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_answer_has_every_field_and_no_other() {
    let server = start().await;
    let admin = server.admin().await;
    let answer = server.call(&admin, "POST /v1/triggers/pre-authentication", login()).await.expect(200);
    assert_eq!((&answer["outcome"], &answer["decision"], &answer["hook_id"]), (&json!("no_hook"), &json!("allow"), &json!(null)));
    deploy(&server.service, ONE, new_hook("fail trap unreachable")).await;
    let answer = server
        .call(&admin, "POST /v1/triggers/pre-authentication", {
            let mut context = login();
            context["request_id"] = "bad id".into();
            context
        })
        .await
        .expect(200);
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("failed"), &json!("deny")));
    assert_eq!(answer["error"], json!({"kind": "trap", "message": "unreachable"}));
    assert_ne!(answer["request_id"], "bad id");
}

#[tokio::test]
async fn only_who_may_look_is_told_where_it_failed_and_what_the_function_says_of_it() {
    let server = start().await;
    let admin = server.admin().await;
    let id = deploy(&server.service, ONE, new_javascript("throw boom")).await.id;
    let whole =
        json!({"kind": "exception", "message": "boom", "stack": "Error: boom\n    at handler (hook.js:2:3)", "place": "hook.js:2:3"});
    let general = json!({"kind": "exception", "message": "the function threw an exception that nothing caught"});
    let short = json!({"kind": "exception", "message": "boom"});
    for (exposed, short) in [(false, &general), (true, &short)] {
        if exposed {
            server.call(&admin, &format!("PUT /v1/hooks/{id}"), json!({"expose_errors": true})).await.expect(200);
            settled(&server.service, ONE, &id.to_string()).await;
        }
        for (scopes, error) in [(&["fire"][..], short), (&["fire", "operate"], short), (&["fire", "read"], &whole), (&["manage"], &whole)] {
            let token = server.token_for(&admin, 1, scopes).await;
            let answer = server.call(&token, "POST /v1/triggers/pre-authentication", login()).await.expect(200);
            assert_eq!(&answer["error"], error, "{scopes:?}");
        }
    }
    let fired = server.call(&admin, &format!("POST /v1/hooks/{id}/fire"), json!({"context": login()})).await.expect(200);
    assert_eq!(fired["error"], whole);
    let executions = server.call(&admin, &format!("GET /v1/hooks/{id}/executions"), None).await.expect(200);
    let errors: Vec<&Value> = executions["items"].as_array().unwrap().iter().map(|one| &one["error"]).collect();
    assert_eq!(errors, [&whole; 9]);
}

#[tokio::test]
async fn a_javascript_hook_tells_when_its_top_level_is_evaluated() {
    let server = start().await;
    let admin = server.admin().await;
    let id = deploy(&server.service, ONE, new_javascript("clock")).await.id;
    let detail = server.call(&admin, &format!("GET /v1/hooks/{id}"), None).await.expect(200);
    assert_eq!(
        ["runtime", "kind", "top_level", "top_level_reason"].map(|name| &detail[name]),
        [&json!("nodejs20.x"), &json!("javascript"), &json!("evaluated"), &json!("the clock")]
    );
}

#[tokio::test]
async fn an_overloaded_server_says_so_with_the_whole_answer() {
    let server = start().await;
    let admin = server.admin().await;
    deploy(&server.service, ONE, new_hook("fail overloaded no slot")).await;
    let answered = server.call(&admin, "POST /v1/triggers/pre-authentication", login()).await;
    assert_eq!(answered.header("retry-after"), Some("1"));
    let answer = answered.expect(503);
    assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("overloaded"), &json!("deny")));
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_by_name() {
    let server = start().await;
    let admin = format!("Bearer {}", server.admin().await);
    let long = json!({"pad": "x".repeat(server.world.limits.context_bytes)}).to_string();
    for (target, body, status, name) in [
        ("POST /v1/triggers/login", "{}", 404, "NotFoundError"),
        ("POST /v1/triggers/pre-authentication", long.as_str(), 413, "PayloadTooLargeError"),
        ("POST /v1/triggers/pre-authentication", r#"{"a":1,"a":2}"#, 422, "UnprocessableEntityError"),
        ("POST /v1/hooks/nothing/fire", r#"{"context":{}}"#, 404, "NotFoundError"),
        ("GET /v1/triggers/pre-authentication", "", 405, "MethodNotAllowedError"),
        ("GET /v1/nothing", "", 404, "NotFoundError"),
        ("GET /v1/hooks?limit=0", "", 422, "UnprocessableEntityError"),
        ("GET /v1/hooks?disabled=maybe", "", 422, "UnprocessableEntityError"),
        ("GET /api/2/hooks?page=x", "", 422, "UnprocessableEntityError"),
        ("POST /api/2/hooks", "{", 400, "BadRequestError"),
        ("POST /api/2/hooks/envs", "", 400, "BadRequestError"),
        ("PATCH /api/2/hooks/x", "{}", 405, "MethodNotAllowedError"),
    ] {
        let answered = server.raw(target, &[("authorization", &admin)], body).await;
        let error = answered.expect(status);
        assert_eq!((&error["name"], &error["statusCode"]), (&json!(name), &json!(status)), "{target}");
        assert!(error.get("status").is_none());
        assert_eq!(answered.header("allow").is_some(), status == 405, "{target}");
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_serves_events() {
    let server = start().await;
    let admin = server.admin().await;
    deploy(&server.service, ONE, new_hook(r#"return {"user":{"policy_id":5}}"#)).await;
    server.world.store.set_full(true);
    let refused = server.call(&admin, "POST /api/2/hooks/envs", json!({"name": "AB", "value": "v"})).await;
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.expect(503);
    let answer = server.call(&admin, "POST /v1/triggers/pre-authentication", login()).await.expect(200);
    assert_eq!(answer["outcome"], "completed");
}

#[tokio::test]
async fn a_request_keeps_its_id_where_it_is_a_safe_one() {
    let server = start().await;
    assert_eq!(server.raw("GET /healthz", &[("x-request-id", "a:b-1")], "").await.header("x-request-id"), Some("a:b-1"));
    let long = "a".repeat(129);
    for unsafe_id in ["a b", "a\"b", "", &long] {
        let answered = server.raw("GET /healthz", &[("x-request-id", unsafe_id)], "").await;
        assert_eq!(answered.header("x-request-id").unwrap().len(), 36, "{unsafe_id}");
    }
}
